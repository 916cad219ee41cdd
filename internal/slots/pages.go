// SPDX-License-Identifier: Apache-2.0

package slots

import (
	"iter"
	"math/bits"
	"sync/atomic"
)

// PageSize is the number of slots in a page: as many as a word has bits. A
// frozen view costs 8 bytes a page, a writer that touches a page after a freeze
// copies the page. Pages of 64 were measured against 256 (BenchmarkPutFrozen in
// package store): the view of 100,000 objects is 12.5 KB instead of 3 KB, and a
// random write after it copies 2.5 KB instead of 10 KB.
const PageSize = 64

type page[K, M, T any] struct {
	epoch   uint64 // of the Pages that may write to it; any other copies it first
	used    uint64 // a bit for each slot that is taken
	entries [PageSize]entry[K, T]
	notes   *[PageSize]M // shared with the copies of this page: the writer's alone
}

// Key and object lie together: a look-up that has read the key has the object
// in the same cache line, which was measured to make a cold one a quarter
// faster than two arrays do, and costs an iteration next to nothing.
type entry[K, T any] struct {
	key    K
	object T
}

// Pages holds a key K and an object T by slot number, and beside them a note M
// that only the writer sees: it is not part of frozen views, so that a page
// copy does not copy notes.
//
// Freeze, Get and the like may be called concurrently with each other; a method
// that changes something needs to be alone.
type Pages[K, M, T any] struct {
	pages  []*page[K, M, T] // nil where a page has been given back
	free   []uint32         // slots below limit that are not taken, last freed first
	limit  uint32           // slots from here on have never been taken
	length int
	epoch  atomic.Uint64                   // moved on by Freeze, which runs beside other readers
	frozen atomic.Pointer[Frozen[K, M, T]] // of the state as it is; nil once something has changed
}

// Len returns the number of slots taken.
func (p *Pages[K, M, T]) Len() int { return p.length }

// Limit returns a number that all slots are below.
func (p *Pages[K, M, T]) Limit() int { return int(p.limit) }

// Key returns the key in a taken slot.
func (p *Pages[K, M, T]) Key(slot uint32) *K {
	return &p.pages[slot/PageSize].entries[slot%PageSize].key
}

// Note returns the note of a taken slot.
func (p *Pages[K, M, T]) Note(slot uint32) *M { return &p.pages[slot/PageSize].notes[slot%PageSize] }

// Object returns the object in a taken slot.
func (p *Pages[K, M, T]) Object(slot uint32) T {
	return p.pages[slot/PageSize].entries[slot%PageSize].object
}

// Insert puts key, note and object into a free slot and returns its number.
func (p *Pages[K, M, T]) Insert(key K, note M, object T) uint32 {
	slot := p.take()
	page := p.own(slot)
	page.used |= 1 << (slot % PageSize)
	page.entries[slot%PageSize] = entry[K, T]{key, object}
	page.notes[slot%PageSize] = note
	p.length++
	return slot
}

// Set puts another note and object into a taken slot and returns the object
// before.
func (p *Pages[K, M, T]) Set(slot uint32, note M, object T) (old T) {
	page := p.own(slot)
	place := &page.entries[slot%PageSize].object
	old = *place
	*place = object
	page.notes[slot%PageSize] = note
	return old
}

// Remove frees a taken slot and returns what it held.
func (p *Pages[K, M, T]) Remove(slot uint32) (old T) {
	page := p.own(slot)
	old = page.entries[slot%PageSize].object
	var nothing M
	page.entries[slot%PageSize], page.notes[slot%PageSize] = entry[K, T]{}, nothing
	page.used &^= 1 << (slot % PageSize)
	p.free = append(p.free, slot)
	p.length--
	// An empty page is given back once most slots are free. The condition
	// keeps a store that swings around one size from allocating each time.
	if page.used == 0 && len(p.free) > p.length+PageSize {
		p.pages[slot/PageSize] = nil
	}
	return old
}

// Grow makes room for n more objects in the table of pages.
func (p *Pages[K, M, T]) Grow(n int) {
	if more := (int(p.limit)+n+PageSize-1)/PageSize - cap(p.pages); more > 0 {
		p.pages = append(make([]*page[K, M, T], 0, cap(p.pages)+more), p.pages...)
	}
}

func (p *Pages[K, M, T]) take() uint32 {
	if last := len(p.free) - 1; last >= 0 {
		slot := p.free[last]
		p.free = p.free[:last]
		return slot
	}
	slot := p.limit
	p.limit++
	return slot
}

// own returns the page of a slot for writing: a new one if there is none, a
// copy if a frozen view may be reading it.
func (p *Pages[K, M, T]) own(slot uint32) *page[K, M, T] {
	if p.frozen.Load() != nil {
		p.frozen.Store(nil)
	}
	epoch := p.epoch.Load()
	if number := int(slot / PageSize); number < len(p.pages) {
		if held := p.pages[number]; held != nil && held.epoch == epoch {
			return held
		}
	}
	return p.renew(int(slot/PageSize), epoch)
}

func (p *Pages[K, M, T]) renew(number int, epoch uint64) *page[K, M, T] {
	if number == len(p.pages) {
		p.pages = append(p.pages, nil)
	}
	fresh := new(page[K, M, T])
	if held := p.pages[number]; held != nil {
		*fresh = *held
	} else {
		fresh.notes = new([PageSize]M)
	}
	fresh.epoch = epoch
	p.pages[number] = fresh
	return fresh
}

// Freeze returns the state at this moment. It copies the table of pages, 8
// bytes for 64 slots, unless nothing has changed since the last time.
func (p *Pages[K, M, T]) Freeze() *Frozen[K, M, T] {
	if frozen := p.frozen.Load(); frozen != nil {
		return frozen
	}
	frozen := &Frozen[K, M, T]{pages: append([]*page[K, M, T](nil), p.pages...), length: p.length}
	p.epoch.Add(1)
	p.frozen.Store(frozen)
	return frozen
}

// Frozen is an unchanging view of [Pages], safe for concurrent use by multiple
// goroutines.
type Frozen[K, M, T any] struct {
	pages  []*page[K, M, T]
	length int
}

// Len returns the number of objects in the view.
func (f *Frozen[K, M, T]) Len() int { return f.length }

// Objects calls yield for each object, in the order of slots, until it returns
// false.
func (f *Frozen[K, M, T]) Objects(yield func(T) bool) {
	for _, page := range f.pages {
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
func (f *Frozen[K, M, T]) All(yield func(K, T) bool) {
	for _, page := range f.pages {
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
func (p *Pages[K, M, T]) Slots() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for number, page := range p.pages {
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
