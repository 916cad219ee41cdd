// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"math/bits"
	"slices"
	"unsafe"
)

const fewestSets = 32

// pool remembers values, so that equal ones can be one. It is bounded in number,
// and forgets first what is not asked for.
//
// A value is taken in when it comes for the second time, as a copy. Of one that
// comes once, such as a UID, there remains a mark of two bytes: taking it in would
// push out what is worth sharing, and keep the buffer alive that it is a part of.
//
// A map with a list of uses was set aside: it costs several times as much for
// each value, and there are a hundred in an object.
type pool struct {
	sets []poolSet // their number is a power of two; none if nothing is shared
	most int       // sets, however many values there are
	// Values pushed out, and marks, since it has grown.
	pushed, forgotten int
}

// poolSet holds the values of some hashes. What is asked for again moves forward,
// and what comes new pushes out the last.
type poolSet struct {
	held [4]value
	seen [8]uint16 // marks of the last values that have come once
}

// newPool makes a pool of at most limit values: of usual many if limit is zero,
// of none if it is less.
func newPool(limit, usual int) pool {
	if limit < 0 {
		return pool{}
	}
	if limit == 0 {
		limit = usual
	}
	most := 1 << (bits.Len(uint(max(limit/len(poolSet{}.held), 1))) - 1)
	return pool{sets: make([]poolSet, min(most, fewestSets)), most: most}
}

func (p *pool) set(hash uint64) *poolSet {
	return &p.sets[hash&uint64(len(p.sets)-1)]
}

// find returns the value that is held and equal to v, and moves it one place
// forward.
func (p *pool) find(v value) (at unsafe.Pointer, found bool) {
	if len(p.sets) == 0 {
		return nil, false
	}
	set := p.set(v.hash)
	for i := range set.held {
		if set.held[i].hash != v.hash || !v.equals(set.held[i]) {
			continue
		}
		at = set.held[i].at
		if i > 0 {
			set.held[i-1], set.held[i] = set.held[i], set.held[i-1]
		}
		return at, true
	}
	return nil, false
}

// again reports whether a value of that hash, which is not held, has come before.
// Two may have the same mark: then one is taken in too early.
func (p *pool) again(hash uint64) bool {
	if len(p.sets) == 0 {
		return false
	}
	set, mark := p.set(hash), uint16(hash>>48)
	if slices.Contains(set.seen[:], mark) {
		return true
	}
	copy(set.seen[1:], set.seen[:])
	set.seen[0] = mark
	p.forgotten++
	p.growIfNeeded()
	return false
}

// take holds a value from now on, which nothing else may change.
func (p *pool) take(v value) {
	if p.set(v.hash).hold(v) {
		p.pushed++
		p.growIfNeeded()
	}
}

// hold puts a value into the first place that is free, or in place of the last.
func (set *poolSet) hold(v value) (pushed bool) {
	last := len(set.held) - 1
	for i := range set.held {
		if set.held[i].of == nil || i == last {
			pushed = set.held[i].of != nil
			set.held[i] = v
			break
		}
	}
	return pushed
}

// growIfNeeded divides each set into two when values have been pushed out that
// were worth holding. Marks that are pushed out may be of values that come again
// after a while, or of those that never do, which is most of what there is: so
// that takes many, and goes on for a quarter of the way.
func (p *pool) growIfNeeded() {
	const many = 64 // a set
	sets := len(p.sets)
	if sets < p.most && p.pushed > sets/4 || sets < p.most/4 && p.forgotten > many*sets {
		p.grow()
	}
}

func (p *pool) grow() {
	before := p.sets
	p.sets, p.pushed, p.forgotten = make([]poolSet, 2*len(before)), 0, 0
	for i, set := range before {
		// Which of the two a mark belongs to is not known: in the wrong one it
		// does no harm.
		p.sets[i].seen, p.sets[i+len(before)].seen = set.seen, set.seen
		for _, v := range set.held {
			if v.of != nil {
				p.set(v.hash).hold(v)
			}
		}
	}
}
