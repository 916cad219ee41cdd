// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"

	"github.com/typedinformer/typedinformer/store"
)

// Model is the content of a store.
type Model[T any] struct {
	items []store.Item[T] // in the order of their keys
}

// New returns an empty model.
func New[T any]() *Model[T] { return &Model[T]{} }

// Put is what [store.Tx.Put] is to do.
func (m *Model[T]) Put(item store.Item[T]) (old store.Item[T], existed bool) {
	at, existed := m.place(item.Key)
	if !existed {
		m.items = slices.Insert(m.items, at, item)
		return old, false
	}
	old, m.items[at] = m.items[at], item
	return old, true
}

// Delete is what [store.Tx.Delete] is to do.
func (m *Model[T]) Delete(key store.Key) (old store.Item[T], existed bool) {
	at, existed := m.place(key)
	if existed {
		old = m.items[at]
		m.items = slices.Delete(m.items, at, at+1)
	}
	return old, existed
}

// place returns where the item of a key is, or would be.
func (m *Model[T]) place(key store.Key) (at int, found bool) {
	return slices.BinarySearchFunc(m.items, key, func(item store.Item[T], key store.Key) int {
		return item.Key.Compare(key)
	})
}

// Replace is what [store.Tx.Replace] is to do. Removals are reported in the
// order of keys; each report is made right after the change.
func (m *Model[T]) Replace(items []store.Item[T], report store.Replacement[T]) {
	listed := map[store.Key]bool{}
	for _, item := range items {
		listed[item.Key] = true
	}
	for _, item := range m.Items() {
		if !listed[item.Key] {
			m.Delete(item.Key)
			report.Removed(item)
		}
	}
	for _, item := range items {
		held, existed := m.Get(item.Key)
		if existed && item.Version != "" && item.Version == held.Version {
			continue // the same state: the held object stays
		}
		m.Put(item)
		if existed {
			report.Updated(held, item)
		} else {
			report.Inserted(item)
		}
	}
}

// Get returns the item of a key, and whether there is one.
func (m *Model[T]) Get(key store.Key) (item store.Item[T], found bool) {
	at, found := m.place(key)
	if found {
		item = m.items[at]
	}
	return item, found
}

// Len returns the number of items.
func (m *Model[T]) Len() int { return len(m.items) }

// Items returns all items in the order of their keys, in a slice that stays as
// it is: a snapshot.
func (m *Model[T]) Items() []store.Item[T] { return slices.Clone(m.items) }

// Where returns the items that match, in the order of their keys.
func (m *Model[T]) Where(match func(store.Item[T]) bool) []store.Item[T] {
	var matching []store.Item[T]
	for _, item := range m.items {
		if match(item) {
			matching = append(matching, item)
		}
	}
	return matching
}

// ByValue returns the items for which values holds value: what an index is to
// find.
func ByValue[K comparable, T any](m *Model[T], values func(T) []K, value K) []store.Item[T] {
	return m.Where(func(item store.Item[T]) bool { return slices.Contains(values(item.Object), value) })
}

// Like returns the items that share a value with the given object.
func Like[K comparable, T any](m *Model[T], values func(T) []K, object T) []store.Item[T] {
	wanted := values(object)
	return m.Where(func(item store.Item[T]) bool {
		return slices.ContainsFunc(values(item.Object), func(value K) bool { return slices.Contains(wanted, value) })
	})
}

// Counts returns the number of items for each value that any has.
func Counts[K comparable, T any](m *Model[T], values func(T) []K) map[K]int {
	counts := map[K]int{}
	for _, item := range m.items {
		different := map[K]bool{}
		for _, value := range values(item.Object) {
			different[value] = true
		}
		for value := range different {
			counts[value]++
		}
	}
	return counts
}
