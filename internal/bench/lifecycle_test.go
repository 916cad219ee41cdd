// SPDX-License-Identifier: Apache-2.0

package main

import "testing"

// BenchmarkLifecycle makes an informer over a hundred objects with a handler,
// waits until that is synced, and stops it.
func BenchmarkLifecycle(b *testing.B) {
	for _, name := range []string{ours, peer} {
		b.Run(name, func(b *testing.B) {
			listed := newPods(100)
			b.ReportAllocs()
			for b.Loop() {
				all := newTally(1)
				all.expect(len(listed))
				synced, stop := starters[name](b, newScript(listed), all.counters)
				<-synced
				stop()
				if adds := all.counters[0].adds; adds != len(listed) {
					b.Fatalf("%d adds, want %d", adds, len(listed))
				}
			}
		})
	}
}
