// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// RawSwapped is [RawBefore] with another constructor.
func RawSwapped(clientset kubernetes.Interface, tell func(what string)) (Program, error) {
	source := cache.NewListWatchFromClient(clientset.CoreV1().RESTClient(), "pods", corev1.NamespaceAll, fields.Everything())
	pods := clientgo.NewSharedIndexInformer(source, &corev1.Pod{}, 0, cache.Indexers{"node": nodeOf})
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
