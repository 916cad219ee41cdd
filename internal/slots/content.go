// SPDX-License-Identifier: Apache-2.0

package slots

import (
	"iter"
	"math/bits"
)

// Content is what [Pages] hold: the reading side. That of the Pages themselves
// changes with them; one from [Pages.Freeze] does not, and is safe for concurrent
// use by multiple goroutines. The zero Content is empty.
type Content[K, M, T any] struct {
	pages  []*page[K, M, T] // nil where a page has been given back
	length int
}

// Len returns the number of slots taken.
func (c *Content[K, M, T]) Len() int { return c.length }

// Taken reports whether a slot is taken.
func (c *Content[K, M, T]) Taken(slot uint32) bool {
	number := int(slot / PageSize)
	return number < len(c.pages) && c.pages[number] != nil && c.pages[number].used&(1<<(slot%PageSize)) != 0
}

// Key returns the key in a taken slot.
func (c *Content[K, M, T]) Key(slot uint32) *K {
	return &c.pages[slot/PageSize].entries[slot%PageSize].key
}

// Object returns the object in a taken slot.
func (c *Content[K, M, T]) Object(slot uint32) T {
	return c.pages[slot/PageSize].entries[slot%PageSize].object
}

// Objects calls yield for each object, in the order of slots, until it returns
// false.
func (c *Content[K, M, T]) Objects(yield func(T) bool) {
	for _, page := range c.pages {
		if page == nil {
			continue
		}
		for used := page.used; used != 0; used &= used - 1 {
			if !yield(page.entries[bits.TrailingZeros64(used)].object) {
				return
			}
		}
	}
}

// All calls yield for each key and object, in the order of slots, until it
// returns false.
func (c *Content[K, M, T]) All(yield func(K, T) bool) {
	for _, page := range c.pages {
		if page == nil {
			continue
		}
		for used := page.used; used != 0; used &= used - 1 {
			held := &page.entries[bits.TrailingZeros64(used)]
			if !yield(held.key, held.object) {
				return
			}
		}
	}
}

// Slots iterates over the taken slots. What is yielded may be removed on the
// way; nothing else may change.
func (c *Content[K, M, T]) Slots() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for number, page := range c.pages {
			if page == nil {
				continue
			}
			for used := page.used; used != 0; used &= used - 1 {
				if !yield(uint32(number*PageSize + bits.TrailingZeros64(used))) {
					return
				}
			}
		}
	}
}
