// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/typedinformer/typedinformer/queue"
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
