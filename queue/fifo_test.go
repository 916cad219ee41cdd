// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

type job struct {
	name  string
	state int
}

func jobKey(j job) store.Key { return store.Key{Name: j.name} }

func newFIFO(t *testing.T, jobs ...job) *queue.FIFO[job] {
	t.Helper()
	q := queue.NewFIFO(store.WithKey(jobKey))
	for _, j := range jobs {
		if err := q.Add(j); err != nil {
			t.Fatal(err)
		}
	}
	return q
}

func popAll(t *testing.T, q *queue.FIFO[job]) (all []job) {
	t.Helper()
	q.Close()
	for {
		item, err := q.Pop(t.Context())
		if errors.Is(err, queue.ErrClosed) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, item.Object)
	}
}

func TestFIFOKeepsThePlaceAndTheLatestState(t *testing.T) {
	q := newFIFO(t, job{"a", 1}, job{"b", 1}, job{"c", 1}, job{"a", 2})
	for _, put := range []error{
		q.AddIfNotPresent(job{"b", 9}), // keeps what has come since
		q.AddIfNotPresent(job{"d", 1}),
		q.Update(job{"c", 2}),
	} {
		if put != nil {
			t.Fatal(put)
		}
	}
	if !q.Delete(store.Key{Name: "b"}) || q.Delete(store.Key{Name: "b"}) {
		t.Error("Delete does not say whether the key was queued")
	}
	if item, queued := q.Get(store.Key{Name: "a"}); !queued || item.Object.state != 2 || q.Len() != 3 {
		t.Errorf("Get = %v, %v of %d", item, queued, q.Len())
	}
	if diff := cmp.Diff([]job{{"a", 2}, {"c", 2}, {"d", 1}}, popAll(t, q), cmp.AllowUnexported(job{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFIFORejectsBadInput(t *testing.T) {
	q := newFIFO(t, job{"a", 1})
	var keyError *store.KeyError
	if err := q.Add(job{}); !errors.As(err, &keyError) {
		t.Errorf("Add without a name: %v", err)
	}
	if err := q.Replace(slices.Values([]job{{"b", 1}, {}})); !errors.As(err, &keyError) {
		t.Errorf("Replace without a name: %v", err)
	}
	if q.Len() != 1 {
		t.Errorf("%d queued, want what was", q.Len())
	}
	q.Close()
	if err := q.Add(job{"b", 1}); !errors.Is(err, queue.ErrClosed) {
		t.Errorf("Add after Close: %v", err)
	}
}

func TestFIFOPopWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newFIFO(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.Pop(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Pop = %v, want the deadline", err)
		}
		got := make(chan job, 2)
		for range 2 { // two consumers
			go func() {
				if item, err := q.Pop(t.Context()); err == nil {
					got <- item.Object
				}
			}()
		}
		synctest.Wait()
		for _, name := range []string{"a", "b"} {
			if err := q.Add(job{name, 1}); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		if len(got) != 2 || q.Len() != 0 {
			t.Errorf("%d popped, %d queued", len(got), q.Len())
		}
	})
}

func TestFIFOSynced(t *testing.T) {
	pop := func(q *queue.FIFO[job]) {
		if _, err := q.Pop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	q := newFIFO(t)
	if isClosed(q.Synced()) {
		t.Error("an untouched queue has synced")
	}
	if err := q.Replace(slices.Values([]job{{"a", 1}, {"b", 1}})); err != nil {
		t.Fatal(err)
	}
	pop(q)
	if isClosed(q.Synced()) {
		t.Error("synced before the last of the first list was popped")
	}
	q.Delete(store.Key{Name: "b"})
	if !isClosed(q.Synced()) {
		t.Error("not synced though all of the first list are gone")
	}
	empty := newFIFO(t)
	if err := empty.Replace(slices.Values([]job(nil))); err != nil || !isClosed(empty.Synced()) {
		t.Errorf("not synced by an empty list, or %v", err)
	}
	added := newFIFO(t, job{"a", 1})
	pop(added)
	if !isClosed(added.Synced()) {
		t.Error("not synced though what was added was popped")
	}
}
