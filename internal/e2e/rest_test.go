// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

var (
	podsResource       = corev1.SchemeGroupVersion.WithResource("pods")
	configMapsResource = corev1.SchemeGroupVersion.WithResource("configmaps")
)

// The source that decodes itself follows a server, whatever it decodes to.
func testREST(t *testing.T, server *server) {
	t.Run("protobuf", func(t *testing.T) {
		testRESTFollows[*corev1.ConfigMap](t, server, listwatch.RESTOptions{}, runtime.ContentTypeProtobuf)
	})
	t.Run("JSON", func(t *testing.T) {
		testRESTFollows[*corev1.ConfigMap](t, server, listwatch.RESTOptions{Format: listwatch.FormatJSON}, runtime.ContentTypeJSON)
	})
	t.Run("with managedFields", func(t *testing.T) {
		testRESTFollows[*corev1.ConfigMap](t, server, listwatch.RESTOptions{KeepManagedFields: true}, runtime.ContentTypeProtobuf)
	})
	t.Run("unstructured", func(t *testing.T) {
		testRESTFollows[*unstructured.Unstructured](t, server, listwatch.RESTOptions{}, runtime.ContentTypeJSON)
	})
	t.Run("metadata", func(t *testing.T) {
		testRESTFollows[*metav1.PartialObjectMetadata](t, server, listwatch.RESTOptions{}, runtime.ContentTypeProtobuf)
	})
	t.Run("struct", func(t *testing.T) { t.Parallel(); testRESTStruct(t, server) })
	t.Run("shards", func(t *testing.T) { t.Parallel(); testRESTShards(t, server) })
}

func testRESTFollows[T metav1.Object](t *testing.T, server *server, options listwatch.RESTOptions, contentType string) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		namespace := server.namespace(deadline(t), t)
		options.Namespace = namespace
		var asked requests
		config := rest.CopyConfig(server.config)
		asked.record(config)
		configMaps := server.clientset(t).CoreV1().ConfigMaps(namespace)
		inf := restInformer[T](t, config, configMapsResource, options, plain)
		checkFollows(t, inf, configMaps, metav1.ListOptions{}, newTraffic(configMaps, newConfigMap, 21))
		want := []request{{"streaming list", http.StatusOK, contentType}}
		if plain {
			want = []request{{"list", http.StatusOK, contentType}, {"watch", http.StatusOK, contentType}}
		}
		if diff := cmp.Diff(want, asked.reads(), cmp.AllowUnexported(request{})); diff != "" {
			t.Errorf("the informer asked (-want +got):\n%s", diff)
		}
		for key, object := range inf.Reader().Items() {
			if kept := len(object.GetManagedFields()) > 0; kept != options.KeepManagedFields {
				t.Errorf("%s has managedFields: %t", key, kept)
			}
		}
	}
}

func restInformer[T any](t *testing.T, config *rest.Config, resource schema.GroupVersionResource, options listwatch.RESTOptions, plain bool) *informer.Informer[T] {
	t.Helper()
	source, err := listwatch.REST[T](config, resource, options)
	if err != nil {
		t.Fatal(err)
	}
	informerOptions := flawless(t)
	informerOptions.NoStreamingList = plain
	return informer.New(source, informerOptions)
}

// slimPod is what a program could want of a pod.
type slimPod struct {
	listwatch.Meta
	Spec struct{ Containers []struct{ Image string } }
}

func testRESTStruct(t *testing.T, server *server) {
	ctx := deadline(t)
	namespace := server.namespace(ctx, t)
	pods := server.clientset(t).CoreV1().Pods(namespace)
	run(ctx, t, 50, newTraffic(pods, newPod, 22))
	inf := restInformer[slimPod](t, server.config, podsResource, listwatch.RESTOptions{Namespace: namespace}, false)
	go inf.Run(ctx)
	if err := inf.WaitForSync(ctx); err != nil {
		t.Fatal(err)
	}
	all, err := pods.List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[store.Key]string{}
	for _, pod := range all.Items {
		want[store.Key{Namespace: pod.Namespace, Name: pod.Name}] = pod.ResourceVersion + " " + pod.Spec.Containers[0].Image
	}
	got := map[store.Key]string{}
	for key, pod := range inf.Reader().Items() {
		got[key] = pod.ResourceVersion + " " + pod.Spec.Containers[0].Image
	}
	if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
		t.Errorf("%d pods (-want +got):\n%s", len(got), diff)
	}
}

// Two shards have each object once, of a server that divides and of one that does
// not, which this one is by default.
func testRESTShards(t *testing.T, server *server) {
	ctx := deadline(t)
	namespace := server.namespace(ctx, t)
	configMaps := server.clientset(t).CoreV1().ConfigMaps(namespace)
	run(ctx, t, 50, newTraffic(configMaps, newConfigMap, 23))
	got := versions{}
	for index := range 2 {
		inf := restInformer[listwatch.Meta](t, server.config, configMapsResource,
			listwatch.RESTOptions{Namespace: namespace, Shard: listwatch.Shard{Index: index, Of: 2}}, false)
		go inf.Run(ctx)
		if err := inf.WaitForSync(ctx); err != nil {
			t.Fatal(err)
		}
		part := versions{}
		for key, object := range inf.Reader().Items() {
			part[key] = object.ResourceVersion
			if _, twice := got[key]; twice {
				t.Errorf("%s is in both shards", key)
			}
		}
		maps.Copy(got, part)
	}
	equal(t, "the shards", latest(ctx, t, configMaps, metav1.ListOptions{}), got)
}

// A server that divides says which shard it sends.
func TestShardsOfServer(t *testing.T) {
	t.Parallel()
	testRESTShards(t, startServer(t, "--feature-gates=ShardedListAndWatch=true"))
}
