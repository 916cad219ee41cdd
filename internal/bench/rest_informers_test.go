// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// A restClient says how an informer is to ask a server.
type restClient struct {
	config   *rest.Config
	encoding string
	streams  bool // lists are asked for as streams
}

// clientset asks in the encoding, and takes no other.
func (c restClient) clientset(tb testing.TB) kubernetes.Interface {
	config := rest.CopyConfig(c.config)
	config.ContentType = wireFormats[c.encoding].mediaType()
	config.AcceptContentTypes = config.ContentType
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		tb.Fatal(err)
	}
	return clientset
}

// A restStarter makes an informer over a server with one handler, and runs it.
type restStarter func(tb testing.TB, client restClient, c *counter) (synced <-chan struct{}, stop func())

var restStarters = map[string]restStarter{
	ours: func(tb testing.TB, client restClient, c *counter) (<-chan struct{}, func()) {
		_, synced, stop := startTypedRest[*corev1.Pod](tb, client, c)
		return synced, stop
	},
	ours + slim: func(tb testing.TB, client restClient, c *counter) (<-chan struct{}, func()) {
		_, synced, stop := startTypedRest[slimPod](tb, client, c)
		return synced, stop
	},
	peer: func(tb testing.TB, client restClient, c *counter) (<-chan struct{}, func()) {
		_, synced, stop := startClientGoRest(tb, client, c)
		return synced, stop
	},
}

// slimPod is what many a program wants to know of a pod.
type slimPod struct {
	listwatch.Meta
	Spec   struct{ NodeName string }
	Status struct{ Phase, PodIP string }
}

// startTypedRest asks in the encoding, as far as T has it.
func startTypedRest[T any](tb testing.TB, client restClient, c *counter) (*informer.Informer[T], <-chan struct{}, func()) {
	options := listwatch.RESTOptions{Format: listwatch.FormatJSON}
	if client.encoding == "protobuf" {
		options.Format = listwatch.FormatProtobuf
	}
	source, err := listwatch.REST[T](client.config, corev1.SchemeGroupVersion.WithResource("pods"), options)
	if err != nil {
		tb.Fatal(err)
	}
	// That a watch has expired need not be seen, unless nothing comes after it.
	objects := informer.New(source, informer.Options{NoStreamingList: !client.streams, OnError: func(err error) { c.failure.Store(&err) }})
	registration, err := objects.AddHandler(informer.HandlerFuncs[T]{
		OnAdd:    func(T, bool) { c.add() },
		OnUpdate: func(_, _ T) { c.update() },
		OnDelete: func(T, bool) { c.remove() },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return objects, registration.Synced(), run(tb, objects.Run)
}

// startClientGoRest makes the informer as a factory of client-go does.
func startClientGoRest(tb testing.TB, client restClient, c *counter) (cache.SharedIndexInformer, <-chan struct{}, func()) {
	clientset := client.clientset(tb)
	var semantics any = clientset
	if !client.streams {
		semantics = listsOnly{}
	}
	api := clientset.CoreV1().Pods(metav1.NamespaceAll)
	pods := cache.NewSharedIndexInformer(cache.ToListWatcherWithWatchListSemantics(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return api.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return api.Watch(ctx, options)
		},
	}, semantics), &corev1.Pod{}, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	registrations := observeClientGo(tb, pods, []*counter{c})
	return pods, registrations[0].HasSyncedChecker().Done(), runClientGo(tb, pods)
}
