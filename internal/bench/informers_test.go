// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A starter makes an informer with two indexes, by namespace and by node, and
// one handler for each counter, and runs it. stop ends it and returns when all
// of it has ended; synced is closed when every handler has had the first list.
type starter func(tb testing.TB, s *script, counters []*counter) (synced <-chan struct{}, stop func())

// starters are the implementations that can be compared.
var starters = map[string]starter{
	ours: func(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
		return startTyped(tb, typedSource{s}, counters, informer.EveryEvent())
	},
	oursChannel: func(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
		return startTyped(tb, listwatch.FromCache[*corev1.Pod](clientGoSource(s)), counters, informer.EveryEvent())
	},
	oursCoalescing: func(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
		// The limit is that of a handler that keeps up: nothing is merged.
		return startTyped(tb, typedSource{s}, counters, informer.Coalesce(*objects))
	},
	oursAwaited: startAwaited,
	oursShared: func(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
		// What a user has who has replaced client-go's constructor, and nothing else.
		return startShared(tb, clientgo.NewSharedIndexInformer(clientGoSource(s), &corev1.Pod{}, 0, clientGoIndexers()), counters)
	},
	oursBridged: func(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
		// Beside oursChannel, this is what the interface costs.
		pods := informer.New(listwatch.FromCache[*corev1.Pod](clientGoSource(s)), informer.Options{Logger: slog.New(slog.DiscardHandler)})
		observe(tb, pods, nil, informer.HandlerOptions[*corev1.Pod]{})
		return startShared(tb, clientgo.Shared(pods), counters)
	},
	peer:              startClientGo,
	ours + sourceOnly: startTypedSource,
	peer + sourceOnly: startClientGoSource,
}

func startTyped(tb testing.TB, source listwatch.ListWatcher[*corev1.Pod], counters []*counter, backlog informer.Backlog) (<-chan struct{}, func()) {
	// What the scripts do to an informer is reported by it as it should be,
	// which need not be seen here.
	pods := informer.New(source, informer.Options{Logger: slog.New(slog.DiscardHandler)})
	registrations := observe(tb, pods, counters, informer.HandlerOptions[*corev1.Pod]{Backlog: backlog})
	stop := run(tb, pods.Run)
	return registrations[0].Synced(), stop
}

// observed is an informer or a handle of a group.
type observed interface {
	Indexer() *index.Indexer[*corev1.Pod]
	informer.Registrar[*corev1.Pod]
}

// observe adds what each of our informers has here: the index, and a handler for
// each counter.
func observe(tb testing.TB, pods observed, counters []*counter, options informer.HandlerOptions[*corev1.Pod]) []*informer.Registration {
	if _, err := index.Add(pods.Indexer(), nodeIndex, byNode); err != nil {
		tb.Fatal(err)
	}
	registrations := make([]*informer.Registration, len(counters))
	for i, c := range counters {
		registration, err := pods.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{
			OnAdd:    func(*corev1.Pod, bool) { c.add() },
			OnUpdate: func(_, _ *corev1.Pod) { c.update() },
			OnDelete: func(*corev1.Pod, bool) { c.remove() },
		}, options)
		if err != nil {
			tb.Fatal(err)
		}
		registrations[i] = registration
	}
	return registrations
}

func startClientGo(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
	return startShared(tb, newClientGo(s), counters)
}

func startShared(tb testing.TB, pods cache.SharedIndexInformer, counters []*counter) (<-chan struct{}, func()) {
	registrations := observeClientGo(tb, pods, counters)
	return registrations[0].HasSyncedChecker().Done(), runClientGo(tb, pods)
}

func newClientGo(s *script) cache.SharedIndexInformer {
	return cache.NewSharedIndexInformer(clientGoSource(s), &corev1.Pod{}, 0, clientGoIndexers())
}

func runClientGo(tb testing.TB, pods cache.SharedIndexInformer) (stop func()) {
	return run(tb, func(ctx context.Context) error {
		pods.RunWithContext(ctx)
		return nil
	})
}

// observeClientGo adds a handler for each counter.
func observeClientGo(tb testing.TB, pods cache.SharedIndexInformer, counters []*counter) []cache.ResourceEventHandlerRegistration {
	registrations := make([]cache.ResourceEventHandlerRegistration, len(counters))
	for i, c := range counters {
		registration, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
			AddFunc:    func(object any) { _ = object.(*corev1.Pod); c.add() },
			UpdateFunc: func(old, object any) { _, _ = old.(*corev1.Pod), object.(*corev1.Pod); c.update() },
			DeleteFunc: func(any) { c.remove() },
		})
		if err != nil {
			tb.Fatal(err)
		}
		registrations[i] = registration
	}
	return registrations
}

// run runs f until stop is called, which returns when f has.
func run(tb testing.TB, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := f(ctx); err != nil && !errors.Is(err, context.Canceled) {
			tb.Error(err)
		}
	})
	return func() {
		cancel()
		running.Wait()
	}
}

// startTypedSource hands what our source brings straight to the counters.
func startTypedSource(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
	synced := make(chan struct{})
	return synced, run(tb, func(ctx context.Context) error {
		source := typedSource{s}
		page, err := source.List(ctx, listwatch.ListOptions{}, func(store.Item[*corev1.Pod], error) {
			for _, c := range counters {
				c.add()
			}
		})
		if err != nil {
			return err
		}
		close(synced)
		for _, err := range source.Watch(ctx, listwatch.WatchOptions{Version: page.Version}) {
			if err != nil {
				return err
			}
			for _, c := range counters {
				c.update()
			}
		}
		return nil
	})
}

// startClientGoSource is the same with client-go's.
func startClientGoSource(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
	synced := make(chan struct{})
	return synced, run(tb, func(ctx context.Context) error {
		source := clientGoSource(s)
		list, err := cache.ToListerWatcherWithContext(source).ListWithContext(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		eachPointer(list, func() {
			for _, c := range counters {
				c.add()
			}
		})
		close(synced)
		watch, err := cache.ToListerWatcherWithContext(source).WatchWithContext(ctx, metav1.ListOptions{})
		if err != nil {
			return err
		}
		defer watch.Stop()
		for {
			select {
			case <-watch.ResultChan():
				for _, c := range counters {
					c.update()
				}
			case <-ctx.Done():
				return nil
			}
		}
	})
}

func eachPointer(list runtime.Object, each func()) {
	for range list.(*podPointers).Items {
		each()
	}
}
