// SPDX-License-Identifier: Apache-2.0

package index

import (
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// IndexView is an [Index] in a [View]: it finds the objects that had a value K
// when the view was taken. It is safe for concurrent use by multiple goroutines and
// does not change. A look-up waits for what is being written, as those of an Index
// do. Objects come in no particular order and are shared: treat them as read-only.
// The zero IndexView is empty.
type IndexView[K comparable, T any] struct {
	state store.Snapshot[T]
	index *Index[K, T]
	held  *frozen[K] // nil in the zero IndexView
}

func (v IndexView[K, T]) slots(value K) []store.Slot {
	if v.held == nil {
		return nil
	}
	return v.held.slots(value, func(read func()) {
		v.index.store.Read(func(store.Objects[T]) { read() })
	})
}

// Get iterates over the objects that have the value. O(result), and it keeps
// nothing but the view.
func (v IndexView[K, T]) Get(value K) iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, slot := range v.slots(value) {
			if !yield(v.state.At(slot)) {
				return
			}
		}
	}
}

// List returns the objects that have the value in a slice of the caller's own;
// nil if there are none. O(result), one allocation.
func (v IndexView[K, T]) List(value K) (found []T) {
	slots := v.slots(value)
	if len(slots) == 0 {
		return nil
	}
	found = make([]T, len(slots))
	for i, slot := range slots {
		found[i] = v.state.At(slot)
	}
	return found
}

// First returns one of the objects that have the value, and whether there is
// one. O(1), no allocation.
func (v IndexView[K, T]) First(value K) (object T, found bool) {
	slots := v.slots(value)
	if len(slots) == 0 {
		return object, false
	}
	return v.state.At(slots[0]), true
}

// Count returns the number of objects that have the value. O(1).
func (v IndexView[K, T]) Count(value K) int { return len(v.slots(value)) }

// Len returns the number of different values. O(1).
func (v IndexView[K, T]) Len() int {
	if v.held == nil {
		return 0
	}
	return v.held.sets.Len()
}

// Keys iterates over the values that at least one object has, in no particular
// order. O(values).
func (v IndexView[K, T]) Keys() iter.Seq[K] {
	return func(yield func(K) bool) {
		for value := range v.Counts() {
			if !yield(value) {
				return
			}
		}
	}
}

// Counts iterates over the values and the number of objects of each, in no
// particular order. O(values).
func (v IndexView[K, T]) Counts() iter.Seq2[K, int] {
	return func(yield func(K, int) bool) {
		if v.held == nil {
			return
		}
		for set := range v.held.sets.All {
			if !yield(set.of.value, len(set.slots)) {
				return
			}
		}
	}
}
