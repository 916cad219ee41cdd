// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"testing"
)

// BenchmarkInitialSync makes an informer over objects that exist already, and
// runs it until its one handler has returned from the add of each.
func BenchmarkInitialSync(b *testing.B) {
	for _, name := range []string{ours, peer, ours + sourceOnly, peer + sourceOnly} {
		b.Run(name, func(b *testing.B) {
			listed := pods()
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				runtime.GC() // what the iteration before has left behind
				b.StartTimer()
				all := newTally(1)
				all.expect(len(listed))
				_, stop := starters[name](b, newScript(listed), all.counters)
				all.wait(b)
				b.StopTimer()
				stop()
				b.StartTimer()
			}
			b.ReportMetric(float64(len(listed)), unitObjects)
		})
	}
}
