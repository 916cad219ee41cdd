// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"testing"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/store"
)

// TestAnEmptyStoreTakesABatchOver replaces the content of empty stores, new ones
// and such as have been in use, with lists in which keys come twice, are taken
// back, are kept, and are refused, and goes on writing.
func TestAnEmptyStoreTakesABatchOver(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for round := range 500 {
		var log []string
		s := limited(t, &log) // takes loads up to 10
		want := map[store.Key]host{}
		put := func(h host) {
			if h.Load <= 10 {
				want[hostKey(h)] = h
			}
		}
		before := s.Snapshot()
		if round%2 > 0 {
			for i := range random.IntN(200) {
				if err := s.Add(host{fmt.Sprint("used-", i), 1}); err != nil {
					t.Fatal(err)
				}
			}
			before = s.Snapshot()
			for key := range before.Keys() {
				s.DeleteKey(key)
			}
		}
		size := before.Len()

		items := new(store.Batch[host])
		for range random.IntN(300) {
			h := host{fmt.Sprint(random.IntN(250)), random.IntN(12)}
			switch random.IntN(20) {
			case 0:
				items.Drop(hostKey(h))
			case 1:
				items.Keep(hostKey(h))
			default:
				items.Append(store.Item[host]{Key: hostKey(h), Object: h})
			}
		}
		for item := range items.All() {
			put(item.Object)
		}
		s.Apply(func(tx store.Tx[host]) { tx.Replace(items, nil) })
		compare := func(what string) {
			t.Helper()
			if diff := cmp.Diff(want, maps.Collect(s.Items())); diff != "" || s.Len() != len(want) {
				t.Fatalf("round %d, %s: %d objects (-want +got):\n%s", round, what, s.Len(), diff)
			}
			for key, h := range want {
				if got, found := s.Get(key); !found || got != h {
					t.Fatalf("round %d, %s: Get(%v) = %v, %t", round, what, key, got, found)
				}
			}
		}
		compare("after the list")
		if items.Len() != 0 {
			t.Fatalf("%d items are left in the batch", items.Len())
		}
		for range 200 {
			h := host{fmt.Sprint(random.IntN(400)), random.IntN(10)}
			if random.IntN(3) > 0 {
				put(h)
				if err := s.Add(h); err != nil {
					t.Fatal(err)
				}
				continue
			}
			delete(want, hostKey(h))
			s.DeleteKey(hostKey(h))
		}
		compare("after more")
		if got := len(before.List()); got != size {
			t.Fatalf("round %d: a snapshot of before has %d objects, want %d", round, got, size)
		}
	}
}

func TestWhatABatchHasBesidesWhatIsTakenIsNotKept(t *testing.T) {
	type object struct{ _ [64]byte }
	var replaced []weak.Pointer[object]
	s := store.New[*object](nil)
	s.Apply(func(tx store.Tx[*object]) {
		items := new(store.Batch[*object])
		for i := range 300 {
			o := new(object)
			if i%3 < 2 { // the next one has its key
				replaced = append(replaced, weak.Make(o))
			}
			items.Append(store.Item[*object]{Key: store.Key{Name: fmt.Sprint(i / 3)}, Object: o})
		}
		tx.Replace(items, nil)
	})
	if s.Len() != 100 {
		t.Fatalf("%d objects, want 100", s.Len())
	}
	runtime.GC()
	for i, o := range replaced {
		if o.Value() != nil {
			t.Fatalf("object %d of those that were replaced is still there", i)
		}
	}
	runtime.KeepAlive(s)
}

func TestTakingABatchOverAllocatesNoPages(t *testing.T) {
	var stores []*store.Store[host]
	var batches []*store.Batch[host]
	for range 3 {
		s, items := newHosts(t), new(store.Batch[host])
		s.Snapshot() // of nothing
		for i := range 64 * 100 {
			items.Append(store.Item[host]{Key: store.Key{Name: fmt.Sprint(i)}})
		}
		stores, batches = append(stores, s), append(batches, items)
	}
	at := 0
	got := testing.AllocsPerRun(len(stores)-1, func() {
		stores[at].Apply(func(tx store.Tx[host]) { tx.Replace(batches[at], nil) })
		at++
	})
	if got > 10 {
		t.Errorf("%v allocations to take over 100 pages", got)
	}
}
