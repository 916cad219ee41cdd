// SPDX-License-Identifier: Apache-2.0

package store

import (
	"iter"
	"maps"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// A Batch is a list for [Tx.Replace] while it is being read: a growing sequence
// of items, and of keys without an item. What is said last of a key counts:
//
//   - [Batch.Append] gives it a state;
//   - [Batch.Keep] says that it is listed, but in a state that cannot be used;
//   - [Batch.Drop] says that it is not listed after all.
//
// What is not listed is gone, unless [Batch.KeepUnlisted] says that one cannot
// know.
//
// Unlike a slice it is kept in pieces, so that growing it never copies what it
// already holds; and a store that is empty makes them its own, so that a list of
// 100,000 objects costs the room of its items once. So [Tx.Replace] and
// [Tx.ReplaceAmong] leave the batch empty. The zero Batch is empty and ready.
//
// A Batch is not safe for concurrent use.
type Batch[T any] struct {
	items slots.Sequence[Key, header, T]
	kept  map[Key]struct{}
	// dropped has, by key, how many items had been appended when it was dropped:
	// those of them with the key are void. Servers hardly ever take something
	// back while they list, so what that costs is paid in lists where it happens.
	dropped map[Key]int
	// partial says that what is not listed stays.
	partial bool
}

// Append adds an item at the end. O(1).
func (b *Batch[T]) Append(item Item[T]) {
	b.items.Append(item.Key, headerOf(&item), item.Object)
	if len(b.kept) > 0 {
		delete(b.kept, item.Key)
	}
}

// Keep lists a key without a state, for an object that is there but cannot be
// used: it was not decoded, say. It stays in its last good state, which is that
// of an item appended before for the key or else what the store holds when the
// batch gets there; if there is neither, it stays absent. A key that no store
// takes does no harm. O(1).
func (b *Batch[T]) Keep(key Key) {
	if b.kept == nil {
		b.kept = map[Key]struct{}{}
	}
	b.kept[key] = struct{}{}
}

// Drop takes back what was said of a key before: it is not listed, unless it is
// appended or kept later on. O(1); reading the batch then takes a look-up an
// item.
func (b *Batch[T]) Drop(key Key) {
	delete(b.kept, key)
	if b.dropped == nil {
		b.dropped = map[Key]int{}
	}
	b.dropped[key] = b.items.Len()
}

// KeepUnlisted says that the list is not complete: there is an object in it whose
// key cannot be read, and so what is not listed may be that one. It stays. O(1).
func (b *Batch[T]) KeepUnlisted() { b.partial = true }

// Len returns the number of items, as All yields them. O(1) unless something
// was dropped.
func (b *Batch[T]) Len() int {
	if len(b.dropped) == 0 {
		return b.items.Len()
	}
	length := 0
	for range b.All() {
		length++
	}
	return length
}

// All iterates over the items in the order in which they were appended, without
// those that were dropped. Of kept keys see [Batch.Kept].
func (b *Batch[T]) All() iter.Seq[Item[T]] {
	return func(yield func(Item[T]) bool) {
		at := -1
		b.items.All(func(key *Key, header *header, object T) bool {
			at++
			if len(b.dropped) > 0 && at < b.dropped[*key] {
				return true
			}
			return yield(Item[T]{Key: *key, UID: header.uid, Version: header.version, Object: object})
		})
	}
}

// Kept iterates over the keys of which [Batch.Keep] was the last word, in no
// particular order.
func (b *Batch[T]) Kept() iter.Seq[Key] { return maps.Keys(b.kept) }
