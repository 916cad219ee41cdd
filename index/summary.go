// SPDX-License-Identifier: Apache-2.0

package index

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/typedinformer/typedinformer/store"
)

// Summary is what an index holds, as text: for tools that show it to people.
type Summary struct {
	Name string
	// ByKey says that values are made of keys alone; see [AddByKey]. Those of
	// another index may be any part of the objects.
	ByKey   bool
	Values  int          // how many different ones there are
	Largest []ValueCount // those with the most objects, the largest first
}

// ValueCount is a value of an index, as text, and how many objects have it.
type ValueCount struct {
	Value string
	Count int
}

// Summaries returns what each index holds, in the order in which they were added,
// with no more than so many of its largest values. O(values), without a lock; with
// none of the values O(indexes).
func (ix *Indexer[T]) Summaries(largest int) []Summary {
	var all []Summary
	for _, index := range ix.all() {
		all = append(all, index.summary(largest))
	}
	return all
}

// ValuesOf returns the values that the object of a key has in each index, as text
// and by the name of the index; nil if there is no such object. What it has no value
// in is left out. O(values of the object); it calls no function of an index.
func (ix *Indexer[T]) ValuesOf(key store.Key) map[string][]string {
	indexes := ix.all()
	texts := make([]func() []string, len(indexes))
	found := false
	ix.store.Read(func(objects store.Objects[T]) {
		var slot store.Slot
		if slot, found = objects.Find(key); !found {
			return
		}
		for i, index := range indexes {
			texts[i] = index.textsAt(slot)
		}
	})
	if !found {
		return nil
	}
	values := map[string][]string{}
	for i, index := range indexes {
		if of := texts[i](); len(of) > 0 {
			values[index.Name()] = of
		}
	}
	return values
}

// all returns the indexes there are, all of them filled.
func (ix *Indexer[T]) all() []named[T] {
	ix.Namespaces()
	ix.mu.Lock()
	defer ix.mu.Unlock()
	return ix.indexes
}

func (x *Index[K, T]) summary(largest int) Summary {
	summary := Summary{Name: x.name, ByKey: x.byKey}
	if largest <= 0 {
		summary.Values = x.Len()
		return summary
	}
	now := x.now()
	summary.Values = now.Len()
	for _, found := range mostOf(now, largest) {
		summary.Largest = append(summary.Largest, ValueCount{fmt.Sprint(found.value), found.count})
	}
	slices.SortFunc(summary.Largest, func(a, b ValueCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return summary
}

// counted is a value and how many objects have it.
type counted[K comparable] struct {
	value K
	count int
}

// mostOf returns the n values with the most objects, the largest first. Only those
// are made text of: there may be a million others.
func mostOf[K comparable, T any](view IndexView[K, T], n int) []counted[K] {
	most := make([]counted[K], 0, n+1)
	for value, count := range view.Counts() {
		if len(most) == n && count <= most[n-1].count {
			continue
		}
		place, _ := slices.BinarySearchFunc(most, count, func(held counted[K], count int) int {
			if held.count >= count {
				return -1
			}
			return 1
		})
		most = slices.Insert(most, place, counted[K]{value, count})
		most = most[:min(len(most), n)]
	}
	return most
}

// textsAt returns what makes text of the values of the object in a slot. The store's
// lock is held, and a value may have a String method that needs it.
func (x *Index[K, T]) textsAt(slot store.Slot) func() []string {
	values := x.kept.valuesAt(slot)
	return func() (texts []string) {
		for _, value := range values {
			texts = append(texts, fmt.Sprint(value))
		}
		slices.Sort(texts)
		return texts
	}
}
