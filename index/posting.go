// SPDX-License-Identifier: Apache-2.0

package index

import (
	"errors"
	"slices"

	"github.com/typedinformer/typedinformer/internal/slots"
	"github.com/typedinformer/typedinformer/store"
)

// A posting stands for the objects that share one index value. It does not change,
// so that an update that leaves the value alone has but to follow a pointer and
// compare; [postings] has the set of slots by its number. The members of a set know
// their place in it, so that taking one out is O(1): the last one moves into the
// gap.
type posting[K comparable] struct {
	value  K
	number uint32
}

// A set is what a posting has. What was frozen may be reading a copy of it.
type set[K comparable] struct {
	of    *posting[K]
	slots []store.Slot
	// made is the epoch in which the memory of slots was made. Whatever was frozen
	// since may be reading that. Appending is no matter to those, who have a
	// shorter slice of it; for anything else it is copied first.
	made uint64
	// first is what slots starts as, so that a value with few objects, the
	// common case of an owner or a unique index, is one allocation.
	first [4]store.Slot
}

// smallSet is the number of slots up to which the room of a set is no matter.
const smallSet = 64

// postings holds the postings of an index and finds them by value. Empty ones are
// removed (G30).
type postings[K comparable] struct {
	byValue  map[K]*posting[K]
	byNumber []*posting[K] // nil where there is none
	sets     slots.List[set[K]]
	dropped  uint64 // values, ever
	// recent is the posting that getOrAdd returned last, or nil if that has been
	// dropped. Lists come sorted by namespace, and so is most of what is inserted.
	recent *posting[K]
}

func newPostings[K comparable]() postings[K] { return postings[K]{byValue: map[K]*posting[K]{}} }

func (ps *postings[K]) len() int { return ps.sets.Len() }

// set returns what a posting has, for reading.
func (ps *postings[K]) set(p *posting[K]) *set[K] { return ps.sets.At(p.number) }

// of returns the posting that a member is of, nil if it is of none.
func (ps *postings[K]) of(m member) *posting[K] {
	if m.number == 0 {
		return nil
	}
	return ps.byNumber[m.number-1]
}

// slots returns the slots of the objects that have a value, nil if none has.
func (ps *postings[K]) slots(value K) []store.Slot {
	if p := ps.byValue[value]; p != nil {
		return ps.set(p).slots
	}
	return nil
}

var errNotEqualToItself = errors.New("the value is not equal to itself, as NaN is not, and could never be looked up")

// getOrAdd returns the posting of a value, and makes it if there is none. It
// panics, before anything has changed, if the value cannot be hashed, or not be
// found again.
func (ps *postings[K]) getOrAdd(value K) *posting[K] {
	if ps.recent == nil || ps.recent.value != value {
		ps.recent = ps.findOrAdd(value)
	}
	return ps.recent
}

func (ps *postings[K]) findOrAdd(value K) *posting[K] {
	if p := ps.byValue[value]; p != nil {
		return p
	}
	if again := value; again != value {
		panic(errNotEqualToItself)
	}
	p := &posting[K]{value: value}
	number, fresh := ps.sets.Insert(set[K]{of: p, made: ps.sets.Epoch()})
	fresh.slots, p.number = fresh.first[:0], number
	ps.byValue[value] = p
	if int(number) == len(ps.byNumber) {
		ps.byNumber = append(ps.byNumber, nil)
	}
	ps.byNumber[number] = p
	return p
}

// add appends a slot to a posting.
func (ps *postings[K]) add(p *posting[K], slot store.Slot) member {
	set := ps.sets.Edit(p.number)
	if len(set.slots) == cap(set.slots) {
		set.slots, set.made = withRoom(set.slots), ps.sets.Epoch()
	}
	set.slots = append(set.slots, slot)
	return member{number: p.number + 1, place: uint32(len(set.slots) - 1)}
}

// withRoom makes a full set one with room. A small one that grows is often on its
// way to be a large one, and gets there in fewer steps than append would take.
func withRoom(held []store.Slot) []store.Slot {
	if len(held) < smallSet {
		return slices.Grow(held, 3*len(held))
	}
	return slices.Grow(held, 1)
}

// remove takes the slot at a place out of a posting. If another one has moved
// into that place it is returned.
func (ps *postings[K]) remove(p *posting[K], place uint32) (moved store.Slot, hasMoved bool) {
	set := ps.sets.Edit(p.number)
	if epoch := ps.sets.Epoch(); set.made != epoch {
		set.slots, set.made = slices.Clone(set.slots), epoch
	}
	last := uint32(len(set.slots) - 1)
	moved = set.slots[last]
	set.slots[place] = moved
	set.slots = shrunk(set.slots[:last])
	return moved, place != last
}

// shrunk gives memory back when a large set has become a small one. At 1/4 it
// leaves room both ways, so that a swinging set does not allocate each time.
func shrunk(held []store.Slot) []store.Slot {
	if cap(held) > smallSet && len(held)*4 < cap(held) {
		return append(make([]store.Slot, 0, 2*len(held)), held...)
	}
	return held
}

func (ps *postings[K]) dropIfEmpty(p *posting[K]) {
	if len(ps.set(p).slots) > 0 {
		return
	}
	if ps.recent == p {
		ps.recent = nil
	}
	delete(ps.byValue, p.value)
	ps.byNumber[p.number] = nil
	ps.sets.Remove(p.number)
	ps.dropped++
}
