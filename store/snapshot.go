// SPDX-License-Identifier: Apache-2.0

package store

import (
	"iter"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// Snapshot is the state of a store at one moment. It does not change while it
// is read, for as long as it is kept, and writers do not wait for it. Safe for
// concurrent use by multiple goroutines. The zero Snapshot is empty.
//
// Taking one copies 8 bytes for every 64 objects (12.5 KB for 100,000) and
// nothing at all if the store has not changed since the last one. Keeping one
// costs what has changed since: a writer copies a page of 64 objects the first
// time it touches it, and replaced objects stay reachable.
type Snapshot[T any] struct {
	frozen *slots.Frozen[Key, header, T]
}

// Len returns the number of objects. O(1).
func (s Snapshot[T]) Len() int {
	if s.frozen == nil {
		return 0
	}
	return s.frozen.Len()
}

// All iterates over the objects, in no particular order.
func (s Snapshot[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		if s.frozen != nil {
			s.frozen.Objects(yield)
		}
	}
}

// Items iterates over keys and objects, in no particular order.
func (s Snapshot[T]) Items() iter.Seq2[Key, T] {
	return func(yield func(Key, T) bool) {
		if s.frozen != nil {
			s.frozen.All(yield)
		}
	}
}

// Keys iterates over the keys, in no particular order.
func (s Snapshot[T]) Keys() iter.Seq[Key] {
	return func(yield func(Key) bool) {
		for key := range s.Items() {
			if !yield(key) {
				return
			}
		}
	}
}

// List returns the objects in a slice of the caller's own. O(n).
func (s Snapshot[T]) List() []T {
	objects := make([]T, 0, s.Len())
	for object := range s.All() {
		objects = append(objects, object)
	}
	return objects
}
