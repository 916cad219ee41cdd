// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
)

var cached = []item{named("a", "1", "a@1"), named("b", "1", "b@1")}

func TestResync(t *testing.T) {
	tests := []struct {
		name  string
		taken []delta // given to a consumer that has not come back
		push  []delta
		want  []string
	}{
		{"each item is repeated", nil, nil,
			[]string{"Sync shop/a a@1", "Sync shop/b b@1"}},
		{"but for a key with a pending change", nil, []delta{updated("a", "2")},
			[]string{"Updated shop/a a@2", "Sync shop/b b@1"}},
		{"and for one that is being applied", []delta{deleted("b", "2")}, nil,
			[]string{"Sync shop/a a@1"}},
		{"a bookmark is no change", []delta{bookmark("2")}, []delta{bookmark("3")},
			[]string{"Bookmark 3", "Sync shop/a a@1", "Sync shop/b b@1"}},
		{"a pending list says it all", nil, []delta{replaced("2", cached[1])},
			[]string{"Replaced 2 b@1"}},
		{"so does one that is being applied", []delta{replaced("2", cached[1])}, []delta{bookmark("3")},
			[]string{"Bookmark 3"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q := queue.NewDeltaFIFO[string](queue.Options{})
			if test.taken != nil {
				push(t, q, test.taken...)
				pop(t, q)
			}
			push(t, q, test.push...)
			if err := q.Resync(t.Context(), slices.Values(cached)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, text(pop(t, q))); diff != "" {
				t.Errorf("batch (-want +got):\n%s", diff)
			}
		})
	}
}

// The cache is read while it stands still. Were a change queued between reading
// an item and queueing its repetition, then the old state would come last.
func TestResyncNeverBringsAnOldStateBack(t *testing.T) {
	q := queue.NewDeltaFIFO[string](queue.Options{})
	pushed := make(chan struct{})
	err := q.Resync(t.Context(), func(yield func(item) bool) {
		go func() {
			push(t, q, updated("a", "2"))
			close(pushed)
		}()
		for range 1000 {
			runtime.Gosched() // chances for the push, were it let in
		}
		slices.Values(cached)(yield)
	})
	if err != nil {
		t.Fatal(err)
	}
	<-pushed
	want := []string{"Sync shop/a a@1", "Sync shop/b b@1", "Updated shop/a a@2"}
	if diff := cmp.Diff(want, text(pop(t, q))); diff != "" {
		t.Errorf("batch (-want +got):\n%s", diff)
	}
}

func TestResyncWaitsForRoomOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{Limit: 1})
		push(t, q, added("c", "1"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := q.Resync(ctx, slices.Values(cached)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v, want the context's", err)
		}
		pop(t, q)
		if err := q.Resync(t.Context(), slices.Values(cached)); err != nil {
			t.Errorf("with room: %v", err)
		}
		if got := len(pop(t, q)); got != 2 {
			t.Errorf("%d deltas, want both", got)
		}
	})
}

func TestResyncWakesTheConsumer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
		time.AfterFunc(time.Minute, func() {
			if err := q.Resync(t.Context(), slices.Values(cached)); err != nil {
				t.Error(err)
			}
		})
		want := []string{"Sync shop/a a@1", "Sync shop/b b@1"}
		if diff := cmp.Diff(want, text(pop(t, q))); diff != "" {
			t.Errorf("batch (-want +got):\n%s", diff)
		}
	})
}
