// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime/metrics"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A meter takes the processor time of this process, in user and system, and the
// most that its heap has had of one figure of runtime/metrics, which it reads
// every millisecond.
type meter struct {
	began   time.Duration
	stop    chan struct{}
	reading sync.WaitGroup
	peak    uint64 // of the figure; to be read when reading has ended
}

const (
	// occupied is what objects occupy, those included that are garbage and have
	// not been swept yet: what the process needs.
	occupied = "/memory/classes/heap/objects:bytes"
	// reachable is what the last collection has found to be in use.
	reachable = "/gc/heap/live:bytes"
)

func startMeter(tb testing.TB, figure string) *meter {
	m := &meter{stop: make(chan struct{}), began: processorTime(tb)}
	sample := []metrics.Sample{{Name: figure}}
	m.reading.Go(func() {
		ticker := time.NewTicker(time.Millisecond)
		defer ticker.Stop()
		for {
			metrics.Read(sample)
			m.peak = max(m.peak, sample[0].Value.Uint64())
			select {
			case <-m.stop:
				return
			case <-ticker.C:
			}
		}
	})
	return m
}

// end returns what was taken since the start.
func (m *meter) end(tb testing.TB) (processor time.Duration, peak float64) {
	processor = processorTime(tb) - m.began
	close(m.stop)
	m.reading.Wait()
	return processor, float64(m.peak)
}

// processorTime is that of this process; its children count when they have ended,
// and elsewhere.
func processorTime(tb testing.TB) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
