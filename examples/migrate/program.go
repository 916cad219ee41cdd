// SPDX-License-Identifier: Apache-2.0

// Package migrate has one small program in pairs: as it is with client-go or with
// controller-runtime, and with informers of this library. It follows pods, tells what
// becomes of them, and finds those of a node.
//
//	factory_before.go   a factory of client-go
//	factory_install.go  the same, with an informer of this library under it
//	raw_before.go       informers that are made one by one
//	raw_swap.go         the same, with another constructor
//	after.go            where both of them end: typed all through
//	runtime_before.go   the cache of controller-runtime's manager
//	runtime_after.go    the same, with another constructor
//
// Before and the step after it differ in the lines that a program has to change and
// in nothing else. The test has all of them follow the same pods, and compares what
// they say.
package migrate

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// Program is what each of them is.
type Program struct {
	// Run follows the pods until ctx is done.
	Run func(ctx context.Context) error
	// OnNode finds the pods of a node.
	OnNode func(node string) ([]*corev1.Pod, error)
}

// untyped is a handler as client-go takes it: it has to know what else than a pod
// may come.
func untyped(tell func(what string)) cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) {
			if pod, ok := object.(*corev1.Pod); ok {
				tell("add " + pod.Name)
			}
		},
		UpdateFunc: func(old, object any) {
			before, ok := old.(*corev1.Pod)
			pod, alsoOK := object.(*corev1.Pod)
			if ok && alsoOK && before.ResourceVersion != pod.ResourceVersion {
				tell("update " + pod.Name)
			}
		},
		DeleteFunc: func(object any) {
			if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
				object = tombstone.Obj
			}
			if pod, ok := object.(*corev1.Pod); ok {
				tell("delete " + pod.Name)
			}
		},
	}
}

// typed is the same handler as this library takes it.
func typed(tell func(what string)) informer.Handler[*corev1.Pod] {
	return informer.HandlerFuncs[*corev1.Pod]{
		OnAdd:    func(pod *corev1.Pod, _ bool) { tell("add " + pod.Name) },
		OnUpdate: func(_, pod *corev1.Pod) { tell("update " + pod.Name) },
		OnDelete: func(pod *corev1.Pod, _ bool) { tell("delete " + pod.Name) },
	}
}
