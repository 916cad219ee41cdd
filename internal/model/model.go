// SPDX-License-Identifier: Apache-2.0

package model

import (
	"slices"

	"github.com/typedinformer/typedinformer/store"
)

// Model is the content of a store.
type Model[T any] struct {
	items   []store.Item[T] // in the order of their keys
	refuses func(item store.Item[T]) error
}

// New returns an empty model. refuses says which items observers do not take,
// and with which error; nil refuses none.
func New[T any](refuses func(item store.Item[T]) error) *Model[T] {
	if refuses == nil {
		refuses = func(store.Item[T]) error { return nil }
	}
	return &Model[T]{refuses: refuses}
}

// Put is what [store.Tx.Put] is to do.
func (m *Model[T]) Put(item store.Item[T]) (old store.Item[T], existed bool, err error) {
	at, existed := m.place(item.Key)
	if existed {
		old = m.items[at]
	}
	switch err = m.refuses(item); {
	case err != nil:
	case existed:
		m.items[at] = item
	default:
		m.items = slices.Insert(m.items, at, item)
	}
	return old, existed, err
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
func (m *Model[T]) Replace(list *List[T], report store.Replacement[T]) {
	for _, item := range m.Items() {
		if !list.lists(item.Key) {
			m.Delete(item.Key)
			report.Removed(item)
		}
	}
	for _, item := range list.Items() {
		held, existed := m.Get(item.Key)
		if existed && item.Version != "" && item.Version == held.Version {
			continue // the same state: the held object stays
		}
		switch _, _, err := m.Put(item); {
		case err != nil:
			report.Refused(item, err)
		case existed:
			report.Updated(held, item)
		default:
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
