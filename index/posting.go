// SPDX-License-Identifier: Apache-2.0

package index

import (
	"errors"
	"hash/maphash"
	"slices"

	"github.com/typedinformer/typedinformer/internal/slots"
	"github.com/typedinformer/typedinformer/store"
)

// A posting is the set of slots that share one index value. It has a number,
// which is one more than its place in [postings]; 0 is none. The members of a set
// know their place in it, so that taking one out is O(1): the last one moves into
// the gap.
type posting uint32

const noPosting posting = 0

// postings holds the postings of an index and finds them by value. Empty ones are
// removed (G30).
//
// It is made of what the store is made of, so that it can be frozen as the store
// can. A Go map from values to pointers was there before: it cannot be frozen, and
// with pointers in the members a copy of a posting would have to be told to all of
// them.
type postings[K comparable] struct {
	seed  maphash.Seed
	table slots.Table
	// pages has the value and the slots of each posting, and as a note the epoch
	// in which the memory of its slots was made. Whatever was frozen since may be
	// reading that. Appending is no matter to those, who have a shorter slice of
	// it; for anything else it is copied first.
	pages slots.Pages[K, uint64, []store.Slot]
	// recent is the posting that getOrAdd returned last, or none if that has been
	// dropped. Lists come sorted by namespace, and so is most of what is inserted.
	recent posting
}

func newPostings[K comparable]() postings[K] { return postings[K]{seed: maphash.MakeSeed()} }

// frozen is what postings have held at one moment.
type frozen[K comparable] struct {
	seed    maphash.Seed
	entries slots.Entries
	content slots.Content[K, uint64, []store.Slot]
}

// freeze copies nothing and may be called by several readers at once.
func (ps *postings[K]) freeze() frozen[K] {
	return frozen[K]{seed: ps.seed, entries: ps.table.Freeze(), content: ps.pages.Freeze()}
}

// slots returns the slots of the objects that have a value, nil if none has.
func (f *frozen[K]) slots(value K) []store.Slot {
	if f.content.Len() == 0 {
		return nil // also of the zero frozen, which has no seed
	}
	p := find(&f.entries, &f.content, hashOf(f.seed, value), value)
	if p == noPosting {
		return nil
	}
	return f.content.Object(uint32(p) - 1)
}

func (ps *postings[K]) len() int { return ps.pages.Len() }

// value returns the value of a posting.
func (ps *postings[K]) value(p posting) *K { return ps.pages.Key(uint32(p) - 1) }

// members returns the slots of a posting.
func (ps *postings[K]) members(p posting) []store.Slot { return ps.pages.Object(uint32(p) - 1) }

// slots returns the slots of the objects that have a value, nil if none has.
func (ps *postings[K]) slots(value K) []store.Slot {
	if p := ps.find(hashOf(ps.seed, value), value); p != noPosting {
		return ps.members(p)
	}
	return nil
}

func (ps *postings[K]) find(hash uint32, value K) posting {
	return find(&ps.table.Entries, &ps.pages.Content, hash, value)
}

func find[K comparable](entries *slots.Entries, content *slots.Content[K, uint64, []store.Slot], hash uint32, value K) posting {
	for position := entries.Start(hash); ; {
		slot, next, more := entries.Next(hash, position)
		if !more {
			return noPosting
		}
		if *content.Key(slot) == value {
			return posting(slot + 1)
		}
		position = next
	}
}

// hashOf panics on what cannot be hashed, as a map does.
func hashOf[K comparable](seed maphash.Seed, value K) uint32 {
	return uint32(maphash.Comparable(seed, value))
}

var errNotEqualToItself = errors.New("the value is not equal to itself, as NaN is not, and could never be looked up")

// getOrAdd returns the posting of a value, and makes it if there is none. It
// panics, before anything has changed, if the value cannot be hashed, or not be
// found again.
func (ps *postings[K]) getOrAdd(value K) posting {
	if ps.recent == noPosting || *ps.value(ps.recent) != value {
		ps.recent = ps.findOrAdd(value)
	}
	return ps.recent
}

func (ps *postings[K]) findOrAdd(value K) posting {
	hash := hashOf(ps.seed, value)
	if p := ps.find(hash, value); p != noPosting {
		return p
	}
	if again := value; again != value {
		panic(errNotEqualToItself)
	}
	slot := ps.pages.Insert(value, ps.pages.Epoch(), nil)
	ps.table.Insert(hash, slot)
	return posting(slot + 1)
}

// add appends a slot to a posting and returns its place.
func (ps *postings[K]) add(p posting, slot store.Slot) (place uint32) {
	members, made := ps.pages.Edit(uint32(p) - 1)
	if len(*members) == cap(*members) {
		*made = ps.pages.Epoch()
	}
	*members = append(*members, slot)
	return uint32(len(*members) - 1)
}

// remove takes the slot at a place out of a posting. If another one has moved
// into that place it is returned.
func (ps *postings[K]) remove(p posting, place uint32) (moved store.Slot, hasMoved bool) {
	members, made := ps.pages.Edit(uint32(p) - 1)
	held := *members
	if epoch := ps.pages.Epoch(); *made != epoch {
		held, *made = slices.Clone(held), epoch
	}
	last := uint32(len(held) - 1)
	moved = held[last]
	held[place] = moved
	*members = shrunk(held[:last])
	return moved, place != last
}

// shrunk gives memory back when a large set has become a small one. At 1/4 it
// leaves room both ways, so that a swinging set does not allocate each time.
func shrunk(held []store.Slot) []store.Slot {
	if cap(held) > 64 && len(held)*4 < cap(held) {
		return append(make([]store.Slot, 0, 2*len(held)), held...)
	}
	return held
}

func (ps *postings[K]) dropIfEmpty(p posting) {
	if len(ps.members(p)) > 0 {
		return
	}
	if ps.recent == p {
		ps.recent = noPosting
	}
	slot := uint32(p) - 1
	ps.table.Remove(hashOf(ps.seed, *ps.value(p)), slot)
	ps.pages.Remove(slot)
}
