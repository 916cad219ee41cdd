// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"strconv"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkRelist ends the watch of a synced informer with 410 and lists again:
// all objects are new copies, as after a decode, and one in a hundred has a new
// version. The clock runs from the list request, after the informer's backoff,
// to the return of the handler's last call. How many calls there are is part of
// what is checked: one for each change from ours, one for each object from
// client-go.
func BenchmarkRelist(b *testing.B) {
	for name, deliveries := range map[string]func(listed, changed int) int{
		ours: func(_, changed int) int { return changed },
		peer: func(listed, _ int) int { return listed },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			relist(b, starters[name], pods(), deliveries)
		})
	}
}

func relist(b *testing.B, start starter, listed []*corev1.Pod, deliveries func(listed, changed int) int) {
	all := newTally(1)
	s := newScript(listed)
	s.gate = make(chan struct{})
	all.expect(len(listed))
	synced, stop := start(b, s, all.counters)
	defer stop()
	<-s.gate
	all.wait(b)
	<-synced

	want, relists := 0, 0
	for b.Loop() {
		b.StopTimer()
		relists++
		again, changed := relisted(listed, relists)
		want = deliveries(len(again), changed)
		s.relist(again)
		runtime.GC()
		all.expect(want)
		s.expire <- struct{}{}
		<-s.gate
		b.StartTimer()
		all.wait(b)
	}
	// One more change shows that nothing else was on its way.
	all.expect(1)
	s.changes <- []*corev1.Pod{successor(listed[0], "9000000")}
	all.wait(b)
	if c := all.counters[0]; c.adds != len(listed) || c.updates != relists*want+1 || c.deletes != 0 {
		b.Errorf("%d adds, %d updates, %d deletes; want %d, %d and none", c.adds, c.updates, c.deletes, len(listed), relists*want+1)
	}
	b.ReportMetric(float64(want), unitDeliveries)
}

// relisted returns new copies of all and gives every hundredth a new version.
func relisted(listed []*corev1.Pod, relist int) (again []*corev1.Pod, changed int) {
	again = make([]*corev1.Pod, len(listed))
	for i, pod := range listed {
		version := pod.ResourceVersion
		if i%100 == 0 {
			version = strconv.Itoa(relist*1_000_000 + i)
			changed++
		}
		again[i] = successor(pod, version)
	}
	return again, changed
}
