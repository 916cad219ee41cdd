// SPDX-License-Identifier: Apache-2.0

package index

import (
	"errors"

	"github.com/typedinformer/typedinformer/store"
)

// A posting is the set of slots that share one index value. The members of a
// set know their place in it, so that taking one out is O(1): the last one
// moves into the gap.
type posting[K comparable] struct {
	value K
	slots []store.Slot
	// first is what slots starts as, so that a value with few objects, the
	// common case of an owner or a unique index, is one allocation.
	first [4]store.Slot
}

func newPosting[K comparable](value K) *posting[K] {
	p := &posting[K]{value: value}
	p.slots = p.first[:0]
	return p
}

// add appends a slot and returns its place.
func (p *posting[K]) add(slot store.Slot) (place uint32) {
	p.slots = append(p.slots, slot)
	return uint32(len(p.slots) - 1)
}

// remove takes out the slot at a place. If another one has moved into that
// place it is returned.
func (p *posting[K]) remove(place uint32) (moved store.Slot, hasMoved bool) {
	last := uint32(len(p.slots) - 1)
	moved = p.slots[last]
	p.slots[place] = moved
	p.slots = p.slots[:last]
	p.shrink()
	return moved, place != last
}

// shrink gives memory back when a large set has become a small one. At 1/4 it
// leaves room both ways, so that a swinging set does not allocate each time.
func (p *posting[K]) shrink() {
	if cap(p.slots) > 64 && len(p.slots)*4 < cap(p.slots) {
		p.slots = append(make([]store.Slot, 0, 2*len(p.slots)), p.slots...)
	}
}

// postings finds the posting of a value. Empty ones are removed (G30).
type postings[K comparable] map[K]*posting[K]

func (ps postings[K]) dropIfEmpty(p *posting[K]) {
	if len(p.slots) == 0 {
		delete(ps, p.value)
	}
}

// restore puts a posting back that may have been dropped; nil is none.
func (ps postings[K]) restore(p *posting[K]) {
	if p != nil {
		ps[p.value] = p
	}
}

var errNotEqualToItself = errors.New("the value is not equal to itself, as NaN is not, and could never be looked up")

// getOrAdd returns the posting of a value, and makes it if there is none. It
// panics, before anything has changed, if the value cannot be a key of a map: if
// it cannot be hashed, or not be found again.
func (ps postings[K]) getOrAdd(value K) *posting[K] {
	p := ps[value]
	if p == nil {
		if again := value; again != value {
			panic(errNotEqualToItself)
		}
		p = newPosting(value)
		ps[value] = p
	}
	return p
}
