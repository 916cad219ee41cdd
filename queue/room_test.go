// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"weak"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

func TestFIFORoom(t *testing.T) {
	q := newFIFO(t)
	for i := range 1000 {
		if err := q.Add(job{strconv.Itoa(i), i}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			q.Delete(jobKey(job{name: strconv.Itoa(i)}))
		} else if _, err := q.Pop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := q.Room(); got > 1 {
		t.Errorf("room for %d objects after there was one at a time", got)
	}
	for i := range 2 * queue.KeptDeltas {
		if err := q.Add(job{strconv.Itoa(i), i}); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.Replace(func(func(job) bool) {}); err != nil {
		t.Fatal(err)
	}
	if got := q.Room(); got > queue.KeptDeltas {
		t.Errorf("room for %d objects after a burst", got)
	}
	if err := q.Add(job{"after", 1}); err != nil || q.Len() != 1 {
		t.Errorf("%d objects after a burst and one more, error %v", q.Len(), err)
	}
}

func TestDeltaFIFORoomAfterABurst(t *testing.T) {
	for _, burst := range []int{1000, 2 * queue.KeptDeltas} {
		t.Run(fmt.Sprintf("burst=%d", burst), func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{})
			push(t, q, updates(burst)...)
			pop(t, q)
			for range 4 {
				push(t, q, added("a", "1"))
				pop(t, q)
			}
			if got := q.Room(); got > 128 {
				t.Errorf("room for %d deltas when there is one at a time", got)
			}
		})
	}
	q := queue.NewDeltaFIFO[string](queue.Options{})
	for range 2 { // bursts follow each other: none is mostly empty
		push(t, q, updates(2*queue.KeptDeltas)...)
		pop(t, q)
	}
	push(t, q, added("a", "1"))
	pop(t, q)
	if got := q.Room(); got > queue.KeptDeltas {
		t.Errorf("room for %d deltas after two bursts", got)
	}
}

// held returns how many of the objects are still referred to.
func held(objects []weak.Pointer[job]) (n int) {
	runtime.GC()
	for _, object := range objects {
		if object.Value() != nil {
			n++
		}
	}
	return n
}

// Buffers are used again, what was in them must not stay with them.
func TestObjectsThatWereTakenAreNotHeld(t *testing.T) {
	const count = 40
	t.Run("DeltaFIFO", func(t *testing.T) {
		q := queue.NewDeltaFIFO[*job](queue.Options{})
		var objects []weak.Pointer[job]
		for i := range count + 1 {
			object := &job{strconv.Itoa(i), i}
			objects = append(objects, weak.Make(object))
			if i == count {
				if _, err := q.PopBatch(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if err := q.Push(t.Context(), queue.Delta[*job]{Type: queue.Added, Item: store.Item[*job]{Object: object}}); err != nil {
				t.Fatal(err)
			}
		}
		if got := held(objects); got != count+1 {
			t.Errorf("%d objects are held before the consumer is done with its batch, want %d", got, count+1)
		}
		if _, err := q.PopBatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := held(objects); got != 1 {
			t.Errorf("%d objects are held when there is one in the batch", got)
		}
		runtime.KeepAlive(q)
	})
	t.Run("FIFO", func(t *testing.T) {
		q := queue.NewFIFO(store.WithKey(func(j *job) store.Key { return jobKey(*j) }))
		var objects []weak.Pointer[job]
		for i := range count {
			object := &job{strconv.Itoa(i), i}
			objects = append(objects, weak.Make(object))
			if err := q.Add(object); err != nil {
				t.Fatal(err)
			}
		}
		for i := range count - 1 {
			if i%2 == 0 {
				q.Delete(jobKey(job{name: strconv.Itoa(count - 1 - i/2)}))
			} else if _, err := q.Pop(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := held(objects); got != 1 {
			t.Errorf("%d objects are held when one waits", got)
		}
		runtime.KeepAlive(q)
	})
}

// The keys of a burst, that is, in the map that compression looks them up in.
func TestKeysOfABurstAreNotHeld(t *testing.T) {
	for burst, allowed := range map[int]uint64{
		4 * queue.KeptDeltas: 1 << 20,   // the map alone has some 6 MB
		queue.KeptDeltas:     512 << 10, // and 1.5 MB
	} {
		t.Run(fmt.Sprintf("burst=%d", burst), func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
			before := inUse()
			push(t, q, updates(burst)...)
			pop(t, q)
			for range 4 {
				push(t, q, added("a", "1"))
				pop(t, q)
			}
			if after := inUse(); after > before+allowed {
				t.Errorf("%d KB are in use after a burst, %d before", after>>10, before>>10)
			}
			runtime.KeepAlive(q)
		})
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC() // sweeps what the first one has found
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
