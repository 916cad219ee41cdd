// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// After is the program with neither: the pods of a node come out of a typed
// index, and nothing is asserted.
func After(clientset kubernetes.Interface, tell func(what string)) (Program, error) {
	pods := informer.New(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), informer.Options{})
	byNode, err := index.Add(pods.Indexer(), "node", func(pod *corev1.Pod) (string, bool) {
		return pod.Spec.NodeName, pod.Spec.NodeName != ""
	})
	if err != nil {
		return Program{}, err
	}
	if _, err := pods.AddHandler(typed(tell)); err != nil {
		return Program{}, err
	}
	return Program{
		Run:    pods.Run,
		OnNode: func(node string) ([]*corev1.Pod, error) { return byNode.List(node), nil },
	}, nil
}
