// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkLatency takes the time that one change needs from its source to the
// handler while the informer has nothing else to do: from the moment in which
// the watch hands it over to the one in which the handler is called. What is
// reported for an operation is the middle of all, and the 99th percentile.
//
// The next change is sent when the handler has had the last one, and after some
// turns in which the goroutines of the informer go to sleep.
func BenchmarkLatency(b *testing.B) {
	for _, name := range []string{ours, oursChannel, oursAwaited, peer, ours + sourceOnly, peer + sourceOnly} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			latency(b, starters[name])
		})
	}
}

// turns are some microseconds, many times what a goroutine needs to go to sleep.
const turns = 64

func latency(b *testing.B, start starter) {
	listed := newPods(*objects / 10)
	changes := make([][]*corev1.Pod, len(listed))
	for i := range changes {
		changes[i] = []*corev1.Pod{successor(listed[i], "")}
	}
	all, s := newTally(1), newScript(listed)
	all.expect(len(listed))
	synced, stop := start(b, s, all.counters)
	defer stop()
	all.wait(b)
	<-synced

	var handed time.Time
	var delays histogram
	// The one is called before the other, and both before the next change.
	s.handing = func() { handed = time.Now() }
	all.heard = func() { delays.add(time.Since(handed)) }
	sent := 0
	send := func() {
		change := changes[sent%len(changes)]
		sent++
		renumber(change, 1_000_000+sent)
		all.expect(1)
		s.changes <- change
		all.wait(b)
		for range turns {
			runtime.Gosched()
		}
	}
	for range 1_000 { // until queues and buffers have the size that they need
		send()
	}
	delays = histogram{}
	for b.Loop() {
		send()
	}
	b.ReportMetric(float64(delays.quantile(0.5)), "ns/op")
	b.ReportMetric(float64(delays.quantile(0.99)), unitTail)
}
