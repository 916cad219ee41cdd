// SPDX-License-Identifier: Apache-2.0

package slots

import (
	"slices"
	"sync/atomic"
)

// PageSize is the number of slots in a page: as many as a word has bits. A
// writer that touches a page after a freeze copies the page, and one that
// touches the first after a freeze copies the table of pages, 8 bytes a page.
// Pages of 64 were measured against 256 (BenchmarkPutFrozen in package store):
// that table for 100,000 objects is 12.5 KB instead of 3 KB, and a random write
// copies 2.5 KB instead of 10 KB.
const PageSize = 64

type page[K, M, T any] struct {
	epoch   uint64 // of the Pages that may write to it; any other copies it first
	used    uint64 // a bit for each slot that is taken
	entries [PageSize]entry[K, T]
	notes   *[PageSize]M // shared with the copies of this page: the writer's alone
}

func newPage[K, M, T any]() *page[K, M, T] { return &page[K, M, T]{notes: new([PageSize]M)} }

// Key and object lie together: a look-up that has read the key has the object
// in the same cache line, which was measured to make a cold one a quarter
// faster than two arrays do, and costs an iteration next to nothing.
type entry[K, T any] struct {
	key    K
	object T
}

// Pages holds a key K and an object T by slot number, and beside them a note M
// that only the writer sees: it is not part of what is frozen, so that a page
// copy does not copy notes.
//
// Freeze and what [Content] has may be called concurrently with each other; a
// method that changes something needs to be alone.
type Pages[K, M, T any] struct {
	Content[K, M, T]
	numbers
	own   uint64        // the epoch in which the table of pages was made
	epoch atomic.Uint64 // moved on by Freeze, which runs beside other readers
}

// Note returns the note of a taken slot.
func (p *Pages[K, M, T]) Note(slot uint32) *M { return &p.pages[slot/PageSize].notes[slot%PageSize] }

// Insert puts key, note and object into a free slot and returns its number.
func (p *Pages[K, M, T]) Insert(key K, note M, object T) uint32 {
	slot := p.take()
	page := p.page(slot)
	page.used |= 1 << (slot % PageSize)
	page.entries[slot%PageSize] = entry[K, T]{key, object}
	page.notes[slot%PageSize] = note
	p.length++
	return slot
}

// Set puts another note and object into a taken slot and returns the object
// before.
func (p *Pages[K, M, T]) Set(slot uint32, note M, object T) (old T) {
	page := p.page(slot)
	place := &page.entries[slot%PageSize].object
	old = *place
	*place = object
	page.notes[slot%PageSize] = note
	return old
}

// Remove frees a taken slot and returns what it held.
func (p *Pages[K, M, T]) Remove(slot uint32) (old T) {
	page := p.page(slot)
	old = page.entries[slot%PageSize].object
	var nothing M
	page.entries[slot%PageSize], page.notes[slot%PageSize] = entry[K, T]{}, nothing
	page.used &^= 1 << (slot % PageSize)
	p.giveBack(slot)
	p.length--
	// An empty page is given back once most slots are free. The condition
	// keeps a store that swings around one size from allocating each time.
	// That the page may be written to means that its place in the table may.
	if page.used == 0 && len(p.free) > p.length+PageSize {
		p.pages[slot/PageSize] = nil
	}
	return old
}

// page returns the page of a slot for writing: a new one if there is none, a
// copy if it may be read in what was frozen.
func (p *Pages[K, M, T]) page(slot uint32) *page[K, M, T] {
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
		// Nothing that was frozen reaches as far: this needs no table of our own.
		p.pages = append(p.pages, nil)
	} else if p.own != epoch {
		p.pages, p.own = slices.Clone(p.pages), epoch
	}
	var fresh *page[K, M, T]
	if held := p.pages[number]; held != nil {
		copied := *held
		fresh = &copied
	} else {
		fresh = newPage[K, M, T]()
	}
	fresh.epoch = epoch
	p.pages[number] = fresh
	return fresh
}

// Freeze returns the content at this moment. It copies nothing and allocates
// nothing; what is written to afterwards is copied then.
func (p *Pages[K, M, T]) Freeze() Content[K, M, T] {
	p.epoch.Add(1)
	return p.Content
}
