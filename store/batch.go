// SPDX-License-Identifier: Apache-2.0

package store

import "iter"

// A Batch is a growing sequence of items. Unlike a slice it is kept in chunks,
// so that growing it never copies what it already holds: a list of 100,000
// objects costs the room of its items once. The zero Batch is empty and ready.
//
// A Batch is not safe for concurrent use.
type Batch[T any] struct {
	chunks [][]Item[T]
	length int
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
	b.length++
}

// Len returns the number of items. O(1).
func (b *Batch[T]) Len() int { return b.length }

// All iterates over the items in the order in which they were appended.
func (b *Batch[T]) All() iter.Seq[Item[T]] {
	return func(yield func(Item[T]) bool) {
		for _, chunk := range b.chunks {
			for i := range chunk {
				if !yield(chunk[i]) {
					return
				}
			}
		}
	}
}
