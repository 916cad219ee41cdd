// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
)

// FactoryInstalled is [FactoryBefore] with an informer of this library under the
// factory: everything that asks the factory for pods runs on it, unchanged.
func FactoryInstalled(clientset kubernetes.Interface, tell func(what string)) (Program, error) {
	factory := informers.NewSharedInformerFactory(clientset, 0)
	typedPods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
	if err := clientgo.Install(factory, typedPods); err != nil {
		return Program{}, err
	}
	pods := factory.Core().V1().Pods()
	lister := pods.Lister()
	if _, err := pods.Informer().AddEventHandler(untyped(tell)); err != nil {
		return Program{}, err
	}
	return Program{
		Run: func(ctx context.Context) error {
			factory.Start(ctx.Done())
			<-ctx.Done()
			factory.Shutdown()
			return nil
		},
		OnNode: func(node string) ([]*corev1.Pod, error) {
			all, err := lister.List(labels.Everything())
			return slices.DeleteFunc(all, func(pod *corev1.Pod) bool { return pod.Spec.NodeName != node }), err
		},
	}, nil
}
