// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkUpdateStream sends bursts of updates, one for each of 10,000 pods,
// through a synced informer. A burst ends with the return of the last handler's
// last call.
//
// The objects of some bursts are made beforehand and sent again and again, so
// that no garbage of the source's is collected at the informer's expense. They
// get new versions between bursts, with the clock stopped: versions that go back
// would make an informer list again.
func BenchmarkUpdateStream(b *testing.B) {
	for _, handlers := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("handlers=%d", handlers), func(b *testing.B) {
			for _, name := range []string{ours, oursCoalescing, oursChannel, oursAwaited, oursShared, oursBridged, peer, ours + sourceOnly, peer + sourceOnly} {
				b.Run(name, func(b *testing.B) {
					b.ReportAllocs()
					stream(b, starters[name], handlers)
				})
			}
		})
	}
}

func stream(b *testing.B, start starter, handlers int) {
	listed := newPods(*objects / 10)
	var made [4][]*corev1.Pod
	for i := range made {
		made[i] = successors(listed, 0)
	}
	all := newTally(handlers)
	s := newScript(listed)
	all.expect(len(listed))
	synced, stop := start(b, s, all.counters)
	defer stop()
	all.wait(b)
	<-synced

	bursts := 0
	burst := func() {
		b.StopTimer()
		next := made[bursts%len(made)]
		bursts++
		renumber(next, (bursts+1)*1_000_000)
		b.StartTimer()
		all.expect(len(listed))
		s.changes <- next
		all.wait(b)
	}
	burst() // until queues and buffers have the size that they need
	for b.Loop() {
		burst()
	}
	for _, c := range all.counters {
		if c.adds != len(listed) || c.updates != bursts*len(listed) || c.deletes != 0 {
			b.Errorf("%d adds, %d updates, %d deletes; want %d, %d and none", c.adds, c.updates, c.deletes, len(listed), bursts*len(listed))
		}
	}
	b.ReportMetric(float64(len(listed)), unitObjects)
}
