// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// The metadata client asks for headers alone, of whatever resource.
func testMetadataClient(t *testing.T, server *server) {
	namespace := server.namespace(deadline(t), t)
	client, err := metadata.NewForConfig(server.config)
	if err != nil {
		t.Fatal(err)
	}
	headers := client.Resource(corev1.SchemeGroupVersion.WithResource("pods")).Namespace(namespace)
	pods := server.clientset(t).CoreV1().Pods(namespace)
	inf := informer.New(listwatch.FromClient[*metav1.PartialObjectMetadata](headers), flawless(t))
	checkFollows(t, inf, pods, metav1.ListOptions{}, newTraffic(pods, newPod, 7))
	for key, object := range inf.Reader().Items() {
		if object.Labels["touch"] == "" {
			t.Errorf("%s has come without its labels: %+v", key, object)
		}
	}
}

func testDynamicClient(t *testing.T, server *server) {
	namespace := server.namespace(deadline(t), t)
	client, err := dynamic.NewForConfig(server.config)
	if err != nil {
		t.Fatal(err)
	}
	objects := client.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(namespace)
	configMaps := server.clientset(t).CoreV1().ConfigMaps(namespace)
	inf := informer.New(listwatch.FromClient[*unstructured.Unstructured](objects), flawless(t))
	checkFollows(t, inf, configMaps, metav1.ListOptions{}, newTraffic(configMaps, newConfigMap, 8))
	for key, object := range inf.Reader().Items() {
		if name, _, _ := unstructured.NestedString(object.Object, "data", "name"); name != key.Name {
			t.Errorf("%s has come without its data: %v", key, object.Object)
		}
	}
}
