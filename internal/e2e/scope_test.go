// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// An informer of one namespace hears nothing of the other.
func testNamespaces(t *testing.T, server *server) {
	ctx := deadline(t)
	core := server.clientset(t).CoreV1()
	here, there := server.namespace(ctx, t), server.namespace(ctx, t)
	inf := informer.New(listwatch.FromClient[*corev1.ConfigMap](core.ConfigMaps(here)), flawless(t))
	checkFollows(t, inf, core.ConfigMaps(here), metav1.ListOptions{},
		newTraffic(core.ConfigMaps(here), newConfigMap, 3),
		newTraffic(core.ConfigMaps(there), newConfigMap, 4))
	for key := range inf.Reader().Keys() {
		if key.Namespace != here {
			t.Errorf("%s is in the cache of %s", key, here)
		}
	}
}

// The traffic moves objects from one side to the other and back.
func testLabelSelector(t *testing.T, server *server) {
	const selector = "side=left"
	namespace := server.namespace(deadline(t), t)
	client := server.clientset(t).CoreV1().Pods(namespace)
	source := listwatch.FromClient[*corev1.Pod](client, listwatch.Options{LabelSelector: selector})
	checkFollows(t, informer.New(source, flawless(t)), client, metav1.ListOptions{LabelSelector: selector},
		newTraffic(client, newPod, 5))
}

func testFieldSelector(t *testing.T, server *server) {
	const selector = "metadata.name=object-1"
	namespace := server.namespace(deadline(t), t)
	client := server.clientset(t).CoreV1().ConfigMaps(namespace)
	source := listwatch.FromClient[*corev1.ConfigMap](client, listwatch.Options{FieldSelector: selector})
	checkFollows(t, informer.New(source, flawless(t)), client, metav1.ListOptions{FieldSelector: selector},
		newTraffic(client, newConfigMap, 6))
}
