// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// churned is how many informers are started and stopped in one go.
const churned = 1_000

// A churner starts a shared informer of a script for each counter, all at once.
// stop ends them, and returns when all of them have ended.
type churner func(tb testing.TB, s *script, counters []*counter) (stop func())

// BenchmarkChurn starts a thousand informers over a hundred objects each, waits
// until the handlers have had them all, and stops them, with the means to share
// informers that each library has: one group for all of ours, a factory for each
// of client-go's, since one factory has no two informers of a type.
func BenchmarkChurn(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		group := newChurnedGroup()
		stop := run(b, group.Run)
		benchmarkChurn(b, churnGroup(group))
		stop()
	})
	b.Run(peer, func(b *testing.B) { benchmarkChurn(b, churnFactories) })
}

func benchmarkChurn(b *testing.B, start churner) {
	s := newScript(newPods(100))
	b.ReportAllocs()
	for b.Loop() {
		churnOnce(b, s, start)
	}
	b.ReportMetric(churned, unitObjects)
}

func churnOnce(tb testing.TB, s *script, start churner) {
	all := newTally(churned)
	all.expect(len(s.listed))
	stop := start(tb, s, all.counters)
	all.wait(tb)
	stop()
}

// newChurnedGroup makes a group that does not ask for streaming lists, of which
// client-go's informers are told beforehand that there are none.
func newChurnedGroup() *informer.Group {
	return informer.NewGroup(informer.GroupOptions{Options: informer.Options{NoStreamingList: true}})
}

func churnGroup(group *informer.Group) churner {
	return func(tb testing.TB, s *script, counters []*counter) func() {
		provider := informer.Provider[*corev1.Pod]{
			Resource: corev1.SchemeGroupVersion.WithResource("pods"),
			Source:   func(informer.Scope) listwatch.ListWatcher[*corev1.Pod] { return typedSource{s} },
		}
		handles := make([]*informer.Handle[*corev1.Pod], len(counters))
		for i := range counters {
			handles[i] = provider.Acquire(group, informer.Scope{Namespace: strconv.Itoa(i)})
			observe(tb, handles[i], counters[i:i+1], informer.HandlerOptions[*corev1.Pod]{})
		}
		return func() {
			for _, handle := range handles {
				handle.Release()
			}
			for _, handle := range handles {
				<-handle.Done()
			}
		}
	}
}

func churnFactories(tb testing.TB, s *script, counters []*counter) func() {
	ctx, cancel := context.WithCancel(context.Background())
	factories := make([]informers.SharedInformerFactory, len(counters))
	for i := range counters {
		// The client is for informers that the factory makes itself.
		factories[i] = informers.NewSharedInformerFactoryWithOptions(nil, 0, informers.WithNamespace(strconv.Itoa(i)))
		pods := factories[i].InformerFor(&corev1.Pod{}, func(kubernetes.Interface, time.Duration) cache.SharedIndexInformer {
			return cache.NewSharedIndexInformer(clientGoSource(s), &corev1.Pod{}, 0, clientGoIndexers())
		})
		observeClientGo(tb, pods, counters[i:i+1])
		factories[i].StartWithContext(ctx)
	}
	return func() {
		cancel()
		for _, factory := range factories {
			factory.Shutdown()
		}
	}
}

// In a bubble, so that a goroutine that has ended is gone when it is looked.
func TestChurnLeavesNeitherGoroutinesNorHeap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := newChurnedGroup()
		stop := run(t, group.Run)
		s, start := newScript(newPods(100)), churnGroup(group)
		resident := func() (goroutines int, heap int64) {
			synctest.Wait()
			runtime.GC()
			var memory runtime.MemStats
			runtime.ReadMemStats(&memory)
			return runtime.NumGoroutine(), int64(memory.HeapAlloc)
		}
		churnOnce(t, s, start) // what is allocated once
		goroutines, heap := resident()
		for range 3 {
			churnOnce(t, s, start)
		}
		goroutinesAfter, heapAfter := resident()
		if goroutinesAfter != goroutines {
			t.Errorf("%d goroutines, before there were %d", goroutinesAfter, goroutines)
		}
		// A thousand informers of a hundred objects are 30 MB.
		if grown := heapAfter - heap; grown > 1<<20 {
			t.Errorf("the heap has grown by %d KB", grown>>10)
		}
		if stats := group.Stats(); len(stats) != 0 {
			t.Errorf("%d informers are left in the group", len(stats))
		}
		stop()
	})
}
