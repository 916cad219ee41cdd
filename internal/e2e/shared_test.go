// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamiclister"
	clientgoinformers "k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatalister"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/informer/clientgo/factories"
	"github.com/typedinformer/typedinformer/listwatch"
)

// A factory of client-go, its generated listers and its handlers have this library's
// informers under them, and do not notice.
func TestClientGosFactoryOnInstalledInformers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const namespace = "shop"
		checkClientGo(t, newFake().RESTConfig(), namespace, 5_000, func(factory clientgoinformers.SharedInformerFactory, clientset *kubernetes.Clientset) {
			install(t, factory, listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods(namespace)))
			install(t, factory, listwatch.FromClient[*corev1.ConfigMap](clientset.CoreV1().ConfigMaps(namespace)))
		})
	})
}

func install[T runtime.Object](t *testing.T, factory clientgoinformers.SharedInformerFactory, source listwatch.ListWatcher[T]) {
	t.Helper()
	if err := clientgo.Install(factory, informer.New(source, flawless(t))); err != nil {
		t.Fatal(err)
	}
}

// resourceFactory is a factory that makes informers by resource.
type resourceFactory interface {
	Start(stop <-chan struct{})
	ForResource(resource schema.GroupVersionResource) clientgoinformers.GenericInformer
	WaitForCacheSync(stop <-chan struct{}) map[schema.GroupVersionResource]bool
	Shutdown()
}

// checkFactory follows traffic of config maps by a factory of informers of T, and
// compares what its lister finds in the end.
func checkFactory[T metav1.Object](t *testing.T, factory resourceFactory, server *kubernetes.Clientset, list func(of clientgoinformers.GenericInformer) ([]T, error)) {
	t.Helper()
	ctx, cancel := context.WithCancel(deadline(t))
	defer factory.Shutdown()
	defer cancel()
	configMaps := server.CoreV1().ConfigMaps("shop")
	changes := newTraffic(configMaps, newConfigMap, 9)
	run(ctx, t, 100, changes)
	var told mirror
	of := factory.ForResource(corev1.SchemeGroupVersion.WithResource("configmaps"))
	if _, err := of.Informer().AddEventHandler(clientGoHandler(t, &told)); err != nil {
		t.Fatal(err)
	}
	factory.Start(ctx.Done())
	for resource, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			t.Fatalf("%s has not synced", resource)
		}
	}
	run(ctx, t, 1_000, changes)
	want := latest(ctx, t, configMaps, metav1.ListOptions{})
	told.await(ctx, t, want)
	equal(t, "the cache of the factory", want, cached(t, of.Informer()))
	found, err := list(of)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "what the lister finds", want, stateOf(found))
}

func TestDynamicFactory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := newFake().RESTConfig()
		config.QPS = -1 // no limit
		client := must(dynamic.NewForConfig(config))(t)
		factory := factories.Dynamic(client, factories.Options{Namespace: "shop", Informer: flawless(t)})
		checkFactory(t, factory, must(kubernetes.NewForConfig(config))(t), func(of clientgoinformers.GenericInformer) ([]*unstructured.Unstructured, error) {
			return dynamiclister.New(of.Informer().GetIndexer(), corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace("shop").List(labels.Everything())
		})
	})
}

func TestMetadataFactory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		config := newFake().RESTConfig()
		config.QPS = -1 // no limit
		client := must(metadata.NewForConfig(config))(t)
		factory := factories.Metadata(client, factories.Options{Namespace: "shop", Informer: flawless(t)})
		checkFactory(t, factory, must(kubernetes.NewForConfig(config))(t), func(of clientgoinformers.GenericInformer) ([]*metav1.PartialObjectMetadata, error) {
			return metadatalister.New(of.Informer().GetIndexer(), corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace("shop").List(labels.Everything())
		})
	})
}

func must[V any](value V, err error) func(*testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
