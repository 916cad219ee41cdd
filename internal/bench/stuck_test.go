// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// BenchmarkStuck updates each of 1,000 pods 1,000 times while one handler stands
// still, and reports the heap that is retained then beyond what was in use
// before. A second handler that keeps up says when all has been delivered.
func BenchmarkStuck(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		stuck(b, func(s *script, keepsUp *counter, hold <-chan struct{}) func() {
			pods := informer.New(typedSource{s}, informer.Options{})
			observe(b, pods, []*counter{keepsUp}, informer.HandlerOptions[*corev1.Pod]{})
			_, err := pods.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{
				OnUpdate: func(_, _ *corev1.Pod) { <-hold },
			}, informer.HandlerOptions[*corev1.Pod]{Backlog: informer.Coalesce(100)})
			if err != nil {
				b.Fatal(err)
			}
			return run(b, pods.Run)
		})
	})
	b.Run(peer, func(b *testing.B) {
		stuck(b, func(s *script, keepsUp *counter, hold <-chan struct{}) func() {
			pods := newClientGo(s)
			observeClientGo(b, pods, []*counter{keepsUp})
			_, err := pods.AddEventHandler(cache.ResourceEventHandlerFuncs{
				UpdateFunc: func(_, _ any) { <-hold },
			})
			if err != nil {
				b.Fatal(err)
			}
			return runClientGo(b, pods)
		})
	})
}

func stuck(b *testing.B, start func(s *script, keepsUp *counter, hold <-chan struct{}) (stop func())) {
	const rounds = 1_000
	b.ReportAllocs()
	listed := newPods(*objects / 100)
	retained := 0.0
	for b.Loop() {
		b.StopTimer()
		all, hold, s := newTally(1), make(chan struct{}), newScript(listed)
		all.expect(len(listed))
		stop := start(s, all.counters[0], hold)
		all.wait(b)
		before := heap()
		b.StartTimer()
		for round := range rounds {
			all.expect(len(listed))
			s.changes <- successors(listed, (round+2)*1_000_000)
			all.wait(b)
		}
		b.StopTimer()
		retained += heap() - before
		close(hold)
		stop()
		b.StartTimer()
	}
	b.ReportMetric(float64(rounds*len(listed)), unitObjects)
	b.ReportMetric(max(1, retained)/float64(b.N), unitRetained)
}

// heap returns the bytes that are reachable.
func heap() float64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return float64(stats.HeapAlloc)
}
