// SPDX-License-Identifier: Apache-2.0

package main

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// provide tells a group how to get at what the parts of the program read. Which
// of it there will be informers of is for them to say.
func provide(group *informer.Group, clientset kubernetes.Interface) {
	apps, core := clientset.AppsV1(), clientset.CoreV1()
	informer.Provide(group, informer.Provider[*appsv1.Deployment]{
		Resource: appsv1.SchemeGroupVersion.WithResource("deployments"),
		Source: func(scope informer.Scope) listwatch.ListWatcher[*appsv1.Deployment] {
			return listwatch.FromClient[*appsv1.Deployment](apps.Deployments(scope.Namespace), selected(scope))
		},
	})
	informer.Provide(group, informer.Provider[*appsv1.ReplicaSet]{
		Resource: appsv1.SchemeGroupVersion.WithResource("replicasets"),
		Source: func(scope informer.Scope) listwatch.ListWatcher[*appsv1.ReplicaSet] {
			return listwatch.FromClient[*appsv1.ReplicaSet](apps.ReplicaSets(scope.Namespace), selected(scope))
		},
	})
	informer.Provide(group, informer.Provider[*corev1.Pod]{
		Resource: corev1.SchemeGroupVersion.WithResource("pods"),
		Source: func(scope informer.Scope) listwatch.ListWatcher[*corev1.Pod] {
			return listwatch.FromClient[*corev1.Pod](core.Pods(scope.Namespace), selected(scope))
		},
	})
}

func selected(scope informer.Scope) listwatch.Options {
	return listwatch.Options{LabelSelector: scope.LabelSelector, FieldSelector: scope.FieldSelector}
}
