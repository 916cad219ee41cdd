// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

var batchSizes = []int{1, 16, 256}

func updates(n int) []delta {
	deltas := make([]delta, n)
	for i := range deltas {
		deltas[i] = updated(strconv.Itoa(i), "1")
	}
	return deltas
}

// round pushes deltas and takes them again.
func round(ctx context.Context, q *queue.DeltaFIFO[string], deltas []delta) error {
	for i := range deltas {
		if err := q.Push(ctx, deltas[i]); err != nil {
			return err
		}
	}
	_, err := q.PopBatch(ctx)
	return err
}

func eachSize(f func(name string, q *queue.DeltaFIFO[string], deltas []delta)) {
	for _, compress := range []bool{false, true} {
		for _, size := range batchSizes {
			name := fmt.Sprintf("compress=%v/batch=%d", compress, size)
			f(name, queue.NewDeltaFIFO[string](queue.Options{Compress: compress}), updates(size))
		}
	}
}

func TestPushAndPopDoNotAllocate(t *testing.T) {
	eachSize(func(name string, q *queue.DeltaFIFO[string], deltas []delta) {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			for range 3 { // both buffers grow
				if err := round(ctx, q, deltas); err != nil {
					t.Fatal(err)
				}
			}
			if allocs := testing.AllocsPerRun(100, func() {
				if err := round(ctx, q, deltas); err != nil {
					t.Fatal(err)
				}
			}); allocs != 0 {
				t.Errorf("%v allocations a round, want none", allocs)
			}
		})
	})
}

func TestFIFODoesNotAllocate(t *testing.T) {
	q, ctx := newFIFO(t, job{"x", 1}), t.Context()
	if allocs := testing.AllocsPerRun(100, func() {
		if err := fifoRound(ctx, q); err != nil {
			t.Fatal(err)
		}
	}); allocs != 0 {
		t.Errorf("%v allocations a round, want none", allocs)
	}
}

func fifoRound(ctx context.Context, q *queue.FIFO[job]) error {
	if err := q.Add(job{"a", 1}); err != nil {
		return err
	}
	if err := q.AddIfNotPresent(job{"b", 1}); err != nil {
		return err
	}
	q.Delete(jobKey(job{"b", 1}))
	_, err := q.Pop(ctx)
	return err
}

// One operation is a batch: divide by its size for the time of a delta.
func BenchmarkPushPop(b *testing.B) {
	eachSize(func(name string, q *queue.DeltaFIFO[string], deltas []delta) {
		b.Run(name, func(b *testing.B) {
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if err := round(ctx, q, deltas); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(deltas)), "ns/delta")
		})
	})
}

// One operation is a delta that another goroutine takes; the producer waits at
// the limit, which allocates for each wait, or never.
func BenchmarkTwoGoroutines(b *testing.B) {
	for _, limit := range []int{0, 4096} {
		b.Run(fmt.Sprintf("limit=%d", limit), func(b *testing.B) {
			q := queue.NewDeltaFIFO[string](queue.Options{Limit: limit})
			ctx, done := b.Context(), make(chan struct{})
			go func() {
				defer close(done)
				for {
					if _, err := q.PopBatch(ctx); err != nil {
						return
					}
				}
			}()
			one := updated("a", "1")
			b.ReportAllocs()
			for b.Loop() {
				if err := q.Push(ctx, one); err != nil {
					b.Fatal(err)
				}
			}
			q.Close()
			<-done
		})
	}
}

func BenchmarkFIFO(b *testing.B) {
	for _, waiting := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("waiting=%d", waiting), func(b *testing.B) {
			q, ctx := queue.NewFIFO(store.WithKey(jobKey)), b.Context()
			for i := range waiting {
				if err := q.Add(job{strconv.Itoa(i), 0}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				item, err := q.Pop(ctx)
				if err == nil {
					err = q.Add(item.Object)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
