// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strings"
	"sync"
	"testing"
	"time"
)

// A lockWatch knows how long goroutines have waited to write to what others were
// reading, from their asking for the lock to its being given back by the last
// reader. It takes that from the runtime's profile of mutexes. How long they then
// wait for a processor is not in it, which is the difference to a clock.
type lockWatch struct {
	perSecond float64 // ticks of the profile's clock
	records   []runtime.BlockProfileRecord
	known     map[[32]uintptr]bool // whether readers gave back a lock there
}

// watchLocks switches the profile on until the end of the test or benchmark.
func watchLocks(tb testing.TB) *lockWatch {
	before := runtime.SetMutexProfileFraction(1)
	tb.Cleanup(func() { runtime.SetMutexProfileFraction(before) })
	var text strings.Builder
	if err := pprof.Lookup("mutex").WriteTo(&text, 1); err != nil {
		tb.Fatal(err)
	}
	var perSecond float64
	if _, err := fmt.Sscanf(text.String(), "--- mutex:\ncycles/second=%f", &perSecond); err != nil {
		tb.Fatalf("the profile of mutexes does not begin with its clock's rate: %v\n%s", err, text.String())
	}
	return &lockWatch{perSecond: perSecond, known: map[[32]uintptr]bool{}}
}

// waited returns the sum of all that has been waited since the process began.
func (w *lockWatch) waited() time.Duration {
	n, fits := runtime.MutexProfile(w.records)
	for !fits {
		w.records = make([]runtime.BlockProfileRecord, 2*n+8)
		n, fits = runtime.MutexProfile(w.records)
	}
	var ticks int64
	for i := range w.records[:n] {
		if w.byReader(&w.records[i]) {
			ticks += w.records[i].Cycles
		}
	}
	return time.Duration(float64(ticks) / w.perSecond * float64(time.Second))
}

// byReader reports whether the lock was given back by a reader. It may be that of
// anything, but while a benchmark runs there is no other.
func (w *lockWatch) byReader(record *runtime.BlockProfileRecord) bool {
	reader, known := w.known[record.Stack0]
	if known {
		return reader
	}
	frames := runtime.CallersFrames(record.Stack())
	for more := true; more && !reader; {
		var frame runtime.Frame
		frame, more = frames.Next()
		reader = strings.HasPrefix(frame.Function, "sync.(*RWMutex).RUnlock") || strings.HasPrefix(frame.Function, "sync.(*RWMutex).rUnlock")
	}
	w.known[record.Stack0] = reader
	return reader
}

// What is contended once may by chance not be: then it is again.
func TestLockWatch(t *testing.T) {
	var mu sync.RWMutex
	watch := watchLocks(t)
	before, began := watch.waited(), time.Now()
	for watch.waited() == before {
		mu.RLock()
		asking, got := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(got)
			close(asking)
			mu.Lock()
			defer mu.Unlock()
		}()
		<-asking
		runtime.Gosched()
		mu.RUnlock()
		<-got
	}
	if waited := watch.waited() - before; waited > time.Since(began) {
		t.Errorf("a writer has waited %v in %v", waited, time.Since(began))
	}
}

// What writers wait for each other is no matter of readers.
func TestLockWatchPassesOverWriters(t *testing.T) {
	var mu sync.RWMutex
	watch := watchLocks(t)
	before, all := watch.waited(), waitedForLocks()
	for waitedForLocks() == all {
		mu.Lock()
		asking, got := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(got)
			close(asking)
			mu.Lock()
			defer mu.Unlock()
		}()
		<-asking
		runtime.Gosched()
		mu.Unlock()
		<-got
	}
	if waited := watch.waited() - before; waited != 0 {
		t.Errorf("%v of waiting for a writer are taken for waiting for readers", waited)
	}
}

// waitedForLocks is all that has been waited for locks, in seconds.
func waitedForLocks() float64 {
	sample := []metrics.Sample{{Name: "/sync/mutex/wait/total:seconds"}}
	metrics.Read(sample)
	return sample[0].Value.Float64()
}
