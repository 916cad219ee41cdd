// SPDX-License-Identifier: Apache-2.0

package store

import (
	"iter"
	"maps"
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
// Unlike a slice it is kept in chunks, so that growing it never copies what it
// already holds: a list of 100,000 objects costs the room of its items once. The
// zero Batch is empty and ready.
//
// A Batch is not safe for concurrent use.
type Batch[T any] struct {
	chunks   [][]Item[T]
	appended int
	kept     map[Key]struct{}
	// dropped has, by key, how many items had been appended when it was dropped:
	// those of them with the key are void. Servers hardly ever take something
	// back while they list, so what that costs is paid in lists where it happens.
	dropped map[Key]int
	// partial says that what is not listed stays.
	partial bool
}

const (
	firstChunk = 16   // items: a small list stays small
	lastChunk  = 1024 // items: about 70 KB, where doubling further saves nothing
)

// Append adds an item at the end. O(1).
func (b *Batch[T]) Append(item Item[T]) {
	last := len(b.chunks) - 1
	if last < 0 || len(b.chunks[last]) == cap(b.chunks[last]) {
		size := firstChunk
		if last >= 0 {
			size = min(2*cap(b.chunks[last]), lastChunk)
		}
		b.chunks = append(b.chunks, make([]Item[T], 0, size))
		last++
	}
	b.chunks[last] = append(b.chunks[last], item)
	b.appended++
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
	b.dropped[key] = b.appended
}

// KeepUnlisted says that the list is not complete: there is an object in it whose
// key cannot be read, and so what is not listed may be that one. It stays. O(1).
func (b *Batch[T]) KeepUnlisted() { b.partial = true }

// Len returns the number of items, as All yields them. O(1) unless something
// was dropped.
func (b *Batch[T]) Len() int {
	if len(b.dropped) == 0 {
		return b.appended
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
		before := 0
		for _, chunk := range b.chunks {
			for i := range chunk {
				if len(b.dropped) > 0 && before+i < b.dropped[chunk[i].Key] {
					continue
				}
				if !yield(chunk[i]) {
					return
				}
			}
			before += len(chunk)
		}
	}
}

// Kept iterates over the keys of which [Batch.Keep] was the last word, in no
// particular order.
func (b *Batch[T]) Kept() iter.Seq[Key] { return maps.Keys(b.kept) }
