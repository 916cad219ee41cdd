// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 has one kind, with the markers of kubebuilder.
// +kubebuilder:object:generate=true
// +groupName=net.example.com
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion is that of the types.
	GroupVersion = schema.GroupVersion{Group: "net.example.com", Version: "v1alpha1"}
	schemes      = runtime.NewSchemeBuilder(addKnownTypes)
	// AddToScheme registers the types.
	AddToScheme = schemes.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &Gateway{}, &GatewayList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
