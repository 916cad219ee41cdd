// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	appsv1 "k8s.io/api/apps/v1"
	appsv1beta1 "k8s.io/api/apps/v1beta1"
	appsv1beta2 "k8s.io/api/apps/v1beta2"
	batchv1 "k8s.io/api/batch/v1"
	batchv1beta1 "k8s.io/api/batch/v1beta1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	discoveryv1beta1 "k8s.io/api/discovery/v1beta1"
	networkingv1 "k8s.io/api/networking/v1"
	networkingv1beta1 "k8s.io/api/networking/v1beta1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	rbacv1 "k8s.io/api/rbac/v1"
	rbacv1alpha1 "k8s.io/api/rbac/v1alpha1"
	rbacv1beta1 "k8s.io/api/rbac/v1beta1"
	storagev1 "k8s.io/api/storage/v1"
	storagev1alpha1 "k8s.io/api/storage/v1alpha1"
	storagev1beta1 "k8s.io/api/storage/v1beta1"
)

// comparisons are of all types there are, says TestEqualityIsOfAllTypes.
var comparisons = []comparison{
	equalityOf[*appsv1.ControllerRevision](),
	equalityOf[*appsv1.DaemonSet](),
	equalityOf[*appsv1.Deployment](),
	equalityOf[*appsv1.ReplicaSet](),
	equalityOf[*appsv1.StatefulSet](),
	equalityOf[*appsv1beta1.ControllerRevision](),
	equalityOf[*appsv1beta1.Deployment](),
	equalityOf[*appsv1beta1.StatefulSet](),
	equalityOf[*appsv1beta2.ControllerRevision](),
	equalityOf[*appsv1beta2.DaemonSet](),
	equalityOf[*appsv1beta2.Deployment](),
	equalityOf[*appsv1beta2.ReplicaSet](),
	equalityOf[*appsv1beta2.StatefulSet](),
	equalityOf[*batchv1.CronJob](),
	equalityOf[*batchv1.Job](),
	equalityOf[*batchv1beta1.CronJob](),
	equalityOf[*corev1.ComponentStatus](),
	equalityOf[*corev1.ConfigMap](),
	//lint:ignore SA1019 it is deprecated and still served, so it is compared too
	equalityOf[*corev1.Endpoints](),
	equalityOf[*corev1.Event](),
	equalityOf[*corev1.LimitRange](),
	equalityOf[*corev1.Namespace](),
	equalityOf[*corev1.Node](),
	equalityOf[*corev1.PersistentVolumeClaim](),
	equalityOf[*corev1.PersistentVolume](),
	equalityOf[*corev1.PodTemplate](),
	equalityOf[*corev1.Pod](),
	equalityOf[*corev1.ReplicationController](),
	equalityOf[*corev1.ResourceQuota](),
	equalityOf[*corev1.Secret](),
	equalityOf[*corev1.ServiceAccount](),
	equalityOf[*corev1.Service](),
	equalityOf[*discoveryv1.EndpointSlice](),
	equalityOf[*discoveryv1beta1.EndpointSlice](),
	equalityOf[*networkingv1.IPAddress](),
	equalityOf[*networkingv1.IngressClass](),
	equalityOf[*networkingv1.Ingress](),
	equalityOf[*networkingv1.NetworkPolicy](),
	equalityOf[*networkingv1.ServiceCIDR](),
	equalityOf[*networkingv1beta1.IPAddress](),
	equalityOf[*networkingv1beta1.IngressClass](),
	equalityOf[*networkingv1beta1.Ingress](),
	equalityOf[*networkingv1beta1.ServiceCIDR](),
	equalityOf[*policyv1.PodDisruptionBudget](),
	equalityOf[*policyv1beta1.PodDisruptionBudget](),
	equalityOf[*rbacv1.ClusterRoleBinding](),
	equalityOf[*rbacv1.ClusterRole](),
	equalityOf[*rbacv1.RoleBinding](),
	equalityOf[*rbacv1.Role](),
	equalityOf[*rbacv1alpha1.ClusterRoleBinding](),
	equalityOf[*rbacv1alpha1.ClusterRole](),
	equalityOf[*rbacv1alpha1.RoleBinding](),
	equalityOf[*rbacv1alpha1.Role](),
	equalityOf[*rbacv1beta1.ClusterRoleBinding](),
	equalityOf[*rbacv1beta1.ClusterRole](),
	equalityOf[*rbacv1beta1.RoleBinding](),
	equalityOf[*rbacv1beta1.Role](),
	equalityOf[*storagev1.CSIDriver](),
	equalityOf[*storagev1.CSINode](),
	equalityOf[*storagev1.CSIStorageCapacity](),
	equalityOf[*storagev1.StorageClass](),
	equalityOf[*storagev1.VolumeAttachment](),
	equalityOf[*storagev1.VolumeAttributesClass](),
	equalityOf[*storagev1alpha1.CSIStorageCapacity](),
	equalityOf[*storagev1alpha1.VolumeAttachment](),
	equalityOf[*storagev1alpha1.VolumeAttributesClass](),
	equalityOf[*storagev1beta1.CSIDriver](),
	equalityOf[*storagev1beta1.CSINode](),
	equalityOf[*storagev1beta1.CSIStorageCapacity](),
	equalityOf[*storagev1beta1.StorageClass](),
	equalityOf[*storagev1beta1.VolumeAttachment](),
	equalityOf[*storagev1beta1.VolumeAttributesClass](),
}
