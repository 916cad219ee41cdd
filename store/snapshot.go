// SPDX-License-Identifier: Apache-2.0

package store

import (
	"iter"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// Snapshot is the state of a store at one moment. It does not change while it
// is read, for as long as it is kept, and writers do not wait for it. Safe for
// concurrent use by multiple goroutines. It is a [Reader], for code that is to
// see one state in all that it reads. The zero Snapshot is empty.
//
// Taking one copies nothing, and allocates less than a hundred bytes. Keeping one
// costs what has changed since: the first write after it copies 8 bytes for every
// 64 objects; a writer copies a page of 64 objects the first time it touches it,
// and replaced objects stay reachable.
type Snapshot[T any] struct {
	content slots.Content[Key, header, T]
	version string
	finder  *finder[T] // nil in the zero Snapshot
}

var _ Reader[int] = Snapshot[int]{}

// Version returns the version of the source that the state reflects, as
// [Tx.SetVersion] has set it last; empty if nobody has.
func (s Snapshot[T]) Version() string { return s.version }

// Get returns the object of a key, and whether there is one. It is O(1) without an
// allocation, like [Store.Get], and like that it waits for what is being written.
// But for a key that is not there, after others have been removed from the store,
// it goes once through all there is: O(n), at most once a snapshot.
func (s Snapshot[T]) Get(key Key) (object T, found bool) {
	if s.finder == nil {
		return object, false
	}
	slot, found := s.finder.find(&s.content, key)
	if found {
		object = s.content.Object(slot)
	}
	return object, found
}

// At returns the object in a slot that was taken when the snapshot was: what an
// [Observer] whose content was taken in [Store.SnapshotWith] has the numbers of.
// O(1).
func (s Snapshot[T]) At(slot Slot) T { return s.content.Object(uint32(slot)) }

// Snapshot returns the snapshot itself, so that it is a [Reader].
func (s Snapshot[T]) Snapshot() Snapshot[T] { return s }

// Len returns the number of objects. O(1).
func (s Snapshot[T]) Len() int { return s.content.Len() }

// All iterates over the objects, in no particular order.
func (s Snapshot[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) { s.content.Objects(yield) }
}

// Items iterates over keys and objects, in no particular order.
func (s Snapshot[T]) Items() iter.Seq2[Key, T] {
	return func(yield func(Key, T) bool) { s.content.All(yield) }
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
