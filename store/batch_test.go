// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/store"
)

// listing says something of hosts to a batch.
type listing struct{ store.Batch[host] }

func (l *listing) has(name string, load int) {
	l.Append(store.Item[host]{Key: store.Key{Name: name}, Object: host{name, load}})
}

func (l *listing) keeps(name string) { l.Keep(store.Key{Name: name}) }
func (l *listing) drops(name string) { l.Drop(store.Key{Name: name}) }

func TestG34_TheLastWordAboutAKeyCounts(t *testing.T) {
	// The store holds a host "a" with load 1; a load of 0 is no host.
	for _, test := range []struct {
		name       string
		say        func(*listing)
		yields     []int // loads
		kept       bool
		held, none int // what a replacement leaves if there is "a", and if not
	}{
		{"nothing", func(*listing) {}, nil, false, 0, 0},
		{"append", func(l *listing) { l.has("a", 2) }, []int{2}, false, 2, 2},
		{"keep", func(l *listing) { l.keeps("a") }, nil, true, 1, 0},
		{"drop", func(l *listing) { l.drops("a") }, nil, false, 0, 0},
		{"append, append", func(l *listing) { l.has("a", 2); l.has("a", 3) }, []int{2, 3}, false, 3, 3},
		{"append, keep", func(l *listing) { l.has("a", 2); l.keeps("a") }, []int{2}, true, 2, 2},
		{"append, drop", func(l *listing) { l.has("a", 2); l.drops("a") }, nil, false, 0, 0},
		{"keep, append", func(l *listing) { l.keeps("a"); l.has("a", 2) }, []int{2}, false, 2, 2},
		{"keep, drop", func(l *listing) { l.keeps("a"); l.drops("a") }, nil, false, 0, 0},
		{"drop, append", func(l *listing) { l.drops("a"); l.has("a", 2) }, []int{2}, false, 2, 2},
		{"drop, keep", func(l *listing) { l.drops("a"); l.keeps("a") }, nil, true, 1, 0},
		{"append, keep, drop", func(l *listing) { l.has("a", 2); l.keeps("a"); l.drops("a") }, nil, false, 0, 0},
		{"append, drop, keep", func(l *listing) { l.has("a", 2); l.drops("a"); l.keeps("a") }, nil, true, 1, 0},
		{"append, drop, append", func(l *listing) { l.has("a", 2); l.drops("a"); l.has("a", 3) }, []int{3}, false, 3, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			said := func() *listing {
				l := new(listing)
				l.has("before", 1)
				test.say(l)
				l.has("after", 1)
				return l
			}
			l := said()
			var loads []int
			for item := range l.All() {
				if item.Key.Name == "a" {
					loads = append(loads, item.Object.Load)
				}
			}
			if diff := cmp.Diff(test.yields, loads); diff != "" || l.Len() != len(loads)+2 {
				t.Errorf("All, with Len %d (-want +got):\n%s", l.Len(), diff)
			}
			if kept := slices.Collect(l.Kept()); slices.Contains(kept, store.Key{Name: "a"}) != test.kept || len(kept) > 1 {
				t.Errorf("Kept = %v, want %t", kept, test.kept)
			}
			for held, want := range map[int]int{1: test.held, 0: test.none} {
				s := newHosts(t, host{"other", 1})
				if held > 0 {
					s = newHosts(t, host{"a", held})
				}
				l := said()
				s.Apply(func(tx store.Tx[host]) { tx.Replace(&l.Batch, nil) })
				got, found := s.Get(store.Key{Name: "a"})
				if got.Load != want || found != (want > 0) || s.Len() != map[bool]int{true: 3, false: 2}[found] {
					t.Errorf("with load %d before: %v, %t of %d, want %d", held, got, found, s.Len(), want)
				}
			}
		})
	}
}

func TestG34_AKeptKeyStaysInTheStateOfThatTime(t *testing.T) {
	s := newHosts(t, host{"a", 1})
	l := new(listing)
	l.keeps("a")
	l.keeps("") // no store takes it
	if err := s.Update(host{"a", 2}); err != nil {
		t.Fatal(err)
	}
	var got replacement
	s.Apply(func(tx store.Tx[host]) { tx.Replace(&l.Batch, &got) })
	want := map[store.Key]host{{Name: "a"}: {"a", 2}}
	if diff := cmp.Diff(want, maps.Collect(s.Items())); diff != "" || len(got.log) != 0 {
		t.Errorf("reported %v (-want +got):\n%s", got.log, diff)
	}
}

func TestG34_WhatAPartialListDoesNotHaveStays(t *testing.T) {
	s := newHosts(t, host{"a", 1}, host{"b", 1}, host{"c", 1})
	l := new(listing)
	l.has("b", 2)
	l.keeps("c")
	l.KeepUnlisted()
	var got replacement
	s.Apply(func(tx store.Tx[host]) { tx.Replace(&l.Batch, &got) })
	want := map[store.Key]host{{Name: "a"}: {"a", 1}, {Name: "b"}: {"b", 2}, {Name: "c"}: {"c", 1}}
	if diff := cmp.Diff(want, maps.Collect(s.Items())); diff != "" {
		t.Errorf("content (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"unlisted a", "updated b 1→2"}, got.log); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}

func TestABatchOfManyChunksKnowsWhatWasDropped(t *testing.T) {
	l := new(listing)
	var want []int
	for i := range 5_000 {
		l.has(fmt.Sprint(i), i)
		if i%7 == 0 {
			l.drops(fmt.Sprint(i / 2))
		}
	}
	for i := range 5_000 {
		dropped := 2*i%7 == 0 && 2*i < 5_000 || (2*i+1)%7 == 0 && 2*i+1 < 5_000
		if !dropped {
			want = append(want, i)
		}
	}
	var got []int
	for item := range l.All() {
		got = append(got, item.Object.Load)
	}
	if diff := cmp.Diff(want, got); diff != "" || l.Len() != len(want) {
		t.Errorf("Len %d (-want +got):\n%s", l.Len(), diff)
	}
	for range l.All() {
		break // early
	}
}

func TestAppendingAllocatesPagesOnly(t *testing.T) {
	item := store.Item[host]{Key: store.Key{Name: "a"}}
	got := testing.AllocsPerRun(10, func() {
		var batch store.Batch[host]
		for range 64 * 100 {
			batch.Append(item)
		}
	})
	// Two for 64 items, and some growing of their list.
	if got > 200+10 {
		t.Errorf("%v allocations for 100 times 64 items", got)
	}
}
