// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"log/slog"
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
		_, synced, stop := startTypedRest(tb, typedRest(tb, client), client.streams, c)
		return synced, stop
	},
	peer: func(tb testing.TB, client restClient, c *counter) (<-chan struct{}, func()) {
		_, synced, stop := startClientGoRest(tb, client, c)
		return synced, stop
	},
}

func typedRest(tb testing.TB, client restClient) listwatch.ListWatcher[*corev1.Pod] {
	pods := client.clientset(tb).CoreV1().Pods(metav1.NamespaceAll)
	return listwatch.Compact(listwatch.FromClient[*corev1.Pod](pods), listwatch.CompactOptions{DropManagedFields: true})
}

func startTypedRest[T any](tb testing.TB, source listwatch.ListWatcher[T], streams bool, c *counter) (*informer.Informer[T], <-chan struct{}, func()) {
	// That a watch has expired need not be seen here.
	objects := informer.New(source, informer.Options{NoStreamingList: !streams, Logger: slog.New(slog.DiscardHandler)})
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
