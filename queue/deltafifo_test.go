// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
)

func TestDeltaTypeString(t *testing.T) {
	var names []string
	for kind := range queue.Quarantined + 2 {
		names = append(names, kind.String())
	}
	want := []string{"DeltaType(?)", "Added", "Updated", "Deleted", "Left", "Replaced", "Sync", "Bookmark", "Quarantined", "DeltaType(?)"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestPopBatchTakesAllInOrderOfArrival(t *testing.T) {
	q := queue.NewDeltaFIFO[string](queue.Options{})
	push(t, q, added("a", "1"), added("b", "2"), updated("a", "3"), left("b", "4"), bookmark("5"), synced("a", "3"), deleted("a", "6"))
	if q.Len() != 7 {
		t.Errorf("Len is %d, want 7", q.Len())
	}
	want := []string{
		"Added shop/a a@1", "Added shop/b b@2", "Updated shop/a a@3", "Left shop/b",
		"Bookmark 5", "Sync shop/a a@3", "Deleted shop/a a@6",
	}
	if diff := cmp.Diff(want, text(pop(t, q))); diff != "" {
		t.Errorf("batch (-want +got):\n%s", diff)
	}
	if q.Len() != 0 {
		t.Errorf("Len after the pop is %d, want 0", q.Len())
	}
}

// Both ways of queueing leave what came before a list before it, also for the
// keys that change on both sides.
func TestG18_ChangesBeforeAReplaceComeFirst(t *testing.T) {
	for _, compress := range []bool{false, true} {
		t.Run(fmt.Sprintf("compress=%v", compress), func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Compress: compress})
			push(t, q,
				updated("a", "1"), added("b", "2"),
				replaced("3", named("a", "1", "a@1"), named("c", "3", "c@3")),
				updated("b", "4"), deleted("a", "5"), updated("c", "6"))
			want := []string{
				"Updated shop/a a@1", "Added shop/b b@2",
				"Replaced 3 a@1 c@3",
				"Updated shop/b b@4", "Deleted shop/a a@5", "Updated shop/c c@6",
			}
			if diff := cmp.Diff(want, text(pop(t, q))); diff != "" {
				t.Errorf("batch (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPopBatchWaitsForADelta(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{})
		var got []string
		go func() { got = text(pop(t, q)) }()
		synctest.Wait()
		if got != nil {
			t.Fatalf("popped %v of an empty queue", got)
		}
		push(t, q, added("a", "1"))
		synctest.Wait()
		if diff := cmp.Diff([]string{"Added shop/a a@1"}, got); diff != "" {
			t.Errorf("batch (-want +got):\n%s", diff)
		}
	})
}

func TestPopBatchEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		_, err := q.PopBatch(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v, want the context's", err)
		}
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("waited %v, want 1m", waited)
		}
		push(t, q, added("a", "1"))
		if diff := cmp.Diff([]string{"Added shop/a a@1"}, text(pop(t, q))); diff != "" {
			t.Errorf("batch after that (-want +got):\n%s", diff)
		}
	})
}

// A push and the end of the context at the same moment, one just before the
// other: whichever the consumer sees, no wake-up is lost and none is left over.
func TestPopBatchThatIsWokenAndEndedAtOnce(t *testing.T) {
	for _, endsFirst := range []bool{false, true} {
		t.Run(fmt.Sprintf("endsFirst=%v", endsFirst), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { checkWokenAndEnded(t, endsFirst) })
		})
	}
}

func checkWokenAndEnded(t *testing.T, endsFirst bool) {
	q := queue.NewDeltaFIFO[string](queue.Options{})
	for i := range 100 {
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		go func() {
			batch, _ := q.PopBatch(ctx)
			seen = len(batch)
		}()
		synctest.Wait()
		if endsFirst {
			cancel()
		}
		push(t, q, added("a", strconv.Itoa(i)))
		cancel()
		synctest.Wait()
		if wakeUps := q.WakeUps(); wakeUps > 0 {
			t.Fatalf("round %d: %d wake-ups are left over", i, wakeUps)
		}
		if rest := q.Len(); rest > 0 {
			seen += len(pop(t, q))
		}
		if seen != 1 {
			t.Fatalf("round %d: saw %d deltas, want 1", i, seen)
		}
	}
	waiting, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if batch, err := q.PopBatch(waiting); err == nil {
		t.Errorf("popped %v of an empty queue", text(batch))
	}
}

func TestLimit(t *testing.T) {
	t.Run("a producer waits for room", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Limit: 2})
			go push(t, q, added("a", "1"), added("b", "2"), added("c", "3"))
			synctest.Wait()
			if q.Len() != 2 {
				t.Fatalf("%d deltas pending, want the limit of 2", q.Len())
			}
			first := text(pop(t, q))
			synctest.Wait()
			got := [][]string{first, text(pop(t, q))}
			want := [][]string{{"Added shop/a a@1", "Added shop/b b@2"}, {"Added shop/c c@3"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("batches (-want +got):\n%s", diff)
			}
		})
	})
	t.Run("until its context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Limit: 1})
			push(t, q, added("a", "1"))
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := q.Push(ctx, added("b", "2")); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v, want the context's", err)
			}
			if diff := cmp.Diff([]string{"Added shop/a a@1"}, text(pop(t, q))); diff != "" {
				t.Errorf("batch (-want +got):\n%s", diff)
			}
		})
	})
	t.Run("or the queue is closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Limit: 1})
			push(t, q, added("a", "1"))
			errs := make(chan error, 2)
			for range cap(errs) {
				go func() { errs <- q.Push(t.Context(), added("b", "2")) }()
			}
			synctest.Wait()
			q.Close()
			for range cap(errs) {
				if err := <-errs; !errors.Is(err, queue.ErrClosed) {
					t.Errorf("error is %v, want ErrClosed", err)
				}
			}
		})
	})
	t.Run("many producers never pass it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Limit: 3})
			const producers, each = 8, 50
			for producer := range producers {
				go func() {
					for i := range each {
						push(t, q, added(strconv.Itoa(producer), strconv.Itoa(i)))
					}
				}()
			}
			next := map[string]int{}
			for seen := 0; seen < producers*each; {
				batch := pop(t, q)
				if len(batch) > 3 {
					t.Fatalf("a batch of %d, want the limit of 3 at most", len(batch))
				}
				for _, d := range batch {
					if name := d.Item.Key.Name; d.Item.Version != strconv.Itoa(next[name]) {
						t.Fatalf("%s came as %s, want %d", name, d.Item.Version, next[name])
					}
					next[d.Item.Key.Name]++
				}
				seen += len(batch)
			}
		})
	})
}

func TestClose(t *testing.T) {
	t.Run("what is pending can be taken", func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{})
		push(t, q, added("a", "1"))
		q.Close()
		q.Close()
		if err := q.Push(t.Context(), added("b", "2")); !errors.Is(err, queue.ErrClosed) {
			t.Errorf("push: error is %v, want ErrClosed", err)
		}
		if err := q.Resync(t.Context(), slices.Values([]item{named("c", "3", "c@3")})); !errors.Is(err, queue.ErrClosed) {
			t.Errorf("resync: error is %v, want ErrClosed", err)
		}
		if diff := cmp.Diff([]string{"Added shop/a a@1"}, text(pop(t, q))); diff != "" {
			t.Errorf("batch (-want +got):\n%s", diff)
		}
		if _, err := q.PopBatch(t.Context()); !errors.Is(err, queue.ErrClosed) {
			t.Errorf("pop: error is %v, want ErrClosed", err)
		}
	})
	t.Run("a waiting consumer is told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{})
			time.AfterFunc(time.Minute, q.Close)
			if _, err := q.PopBatch(t.Context()); !errors.Is(err, queue.ErrClosed) {
				t.Errorf("pop: error is %v, want ErrClosed", err)
			}
		})
	})
}

func TestSyncedWhenTheConsumerIsDoneWithTheFirstList(t *testing.T) {
	q := queue.NewDeltaFIFO[string](queue.Options{})
	steps := []struct {
		name string
		do   func()
		want bool
	}{
		{"a change is pushed", func() { push(t, q, added("a", "1")) }, false},
		{"and taken", func() { pop(t, q) }, false},
		{"a list is pushed", func() { push(t, q, replaced("2"), added("a", "3")) }, false},
		{"and taken", func() { pop(t, q) }, false},
		{"the consumer comes back", func() { push(t, q, bookmark("4")); pop(t, q) }, true},
		{"another list comes", func() { push(t, q, replaced("5")); pop(t, q) }, true},
	}
	for _, step := range steps {
		step.do()
		if got := isClosed(q.Synced()); got != step.want {
			t.Errorf("%s: synced is %v, want %v", step.name, got, step.want)
		}
	}
}

func TestSyncedWithAConsumerThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{})
		go func() {
			for {
				if _, err := q.PopBatch(t.Context()); err != nil {
					return
				}
			}
		}()
		push(t, q, replaced("1"))
		<-q.Synced()
		q.Close()
	})
}
