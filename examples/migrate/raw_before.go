// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// RawBefore is the program with an informer of its own, and an index.
func RawBefore(clientset kubernetes.Interface, tell func(what string)) (Program, error) {
	source := cache.NewListWatchFromClient(clientset.CoreV1().RESTClient(), "pods", corev1.NamespaceAll, fields.Everything())
	pods := cache.NewSharedIndexInformer(source, &corev1.Pod{}, 0, cache.Indexers{"node": nodeOf})
	if _, err := pods.AddEventHandler(untyped(tell)); err != nil {
		return Program{}, err
	}
	return Program{
		Run: func(ctx context.Context) error {
			pods.RunWithContext(ctx)
			return nil
		},
		OnNode: func(node string) ([]*corev1.Pod, error) {
			found, err := pods.GetIndexer().ByIndex("node", node)
			return podsOf(found), err
		},
	}, nil
}

// nodeOf is the function of an index as client-go takes it.
func nodeOf(object any) ([]string, error) {
	pod, ok := object.(*corev1.Pod)
	if !ok {
		return nil, fmt.Errorf("got %T, want a pod", object)
	}
	if pod.Spec.NodeName == "" {
		return nil, nil
	}
	return []string{pod.Spec.NodeName}, nil
}

func podsOf(objects []any) (pods []*corev1.Pod) {
	for _, object := range objects {
		if pod, ok := object.(*corev1.Pod); ok {
			pods = append(pods, pod)
		}
	}
	return pods
}
