// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/store"
)

func TestUndeltaPushesTheCompleteStateOnEachChange(t *testing.T) {
	var pushed []map[string]int
	u := store.NewUndelta(store.WithKey(hostKey), func(state store.Snapshot[host]) {
		loads := map[string]int{}
		for h := range state.All() {
			loads[h.Name] = h.Load
		}
		pushed = append(pushed, loads)
	})
	for _, err := range []error{
		u.Add(host{"a", 1}),
		u.Update(host{"a", 2}),
		u.Replace(slices.Values([]host{{"b", 1}, {"c", 1}})),
		u.Delete(host{Name: "b"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	var keyError *store.KeyError
	if err := u.Add(host{}); !errors.As(err, &keyError) {
		t.Errorf("Add without a name: %v", err)
	}
	want := []map[string]int{{"a": 1}, {"a": 2}, {"b": 1, "c": 1}, {"c": 1}}
	if diff := cmp.Diff(want, pushed); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if _, found := u.Get(store.Key{Name: "c"}); !found || u.Len() != 1 {
		t.Error("the Undelta does not read as the store does")
	}
}

func TestExpiringForgetsObjectsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// A host lives as many seconds as its load; one without load for ever.
		e := store.NewExpiring(store.WithKey(hostKey), func(h host) time.Duration { return time.Duration(h.Load) * time.Second })
		put := func(hosts ...host) {
			for _, h := range hosts {
				if err := e.Put(h); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := func(names ...string) {
			t.Helper()
			got := map[string]bool{}
			for _, h := range e.List() {
				got[h.Name] = true
				if _, found := e.Get(hostKey(h)); !found {
					t.Errorf("%s is listed but not found", h.Name)
				}
			}
			if sorted := slices.Sorted(maps.Keys(got)); !slices.Equal(sorted, names) {
				t.Errorf("at %v: %v, want %v", time.Now(), sorted, names)
			}
		}
		put(host{"one", 1}, host{"three", 3}, host{"ever", 0})
		want("ever", "one", "three")
		time.Sleep(time.Second - 1)
		want("ever", "one", "three")
		time.Sleep(1 * time.Nanosecond)
		want("ever", "three")
		if _, found := e.Get(store.Key{Name: "one"}); found {
			t.Error("found after its time")
		}
		if n := e.Expire(); n != 1 {
			t.Errorf("%d expired, want 1", n)
		}
		put(host{"three", 5}) // anew: until the sixth second
		time.Sleep(4 * time.Second)
		want("ever", "three")
		time.Sleep(time.Second)
		want("ever")
		if _, existed := e.Delete(store.Key{Name: "three"}); existed {
			t.Error("deleted something that had expired")
		}
		if last, existed := e.Delete(store.Key{Name: "ever"}); !existed || last.Name != "ever" {
			t.Errorf("Delete = %v, %v", last, existed)
		}
		want()
		var keyError *store.KeyError
		if err := e.Put(host{}); !errors.As(err, &keyError) {
			t.Errorf("Put without a name: %v", err)
		}
	})
}
