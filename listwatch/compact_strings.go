// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
)

const (
	defaultSharedStrings = 8_192
	// A longer string is seldom the same in two objects.
	longestShared = 512
	fewestSets    = 32
)

// sharedStrings remembers strings, so that equal ones can be one. It is bounded,
// in number and in length, and forgets first what is not asked for.
//
// A string is taken in when it comes for the second time, as a copy. Of one that
// comes once, such as a UID, there remains a mark of two bytes: taking it in would
// push out what is worth sharing, and keep the buffer alive that it is a part of.
//
// A map with a list of uses was set aside: it costs several times as much for
// each string, and there are a hundred in an object.
type sharedStrings struct {
	seed maphash.Seed
	sets []stringSet // their number is a power of two; none if nothing is shared
	most int         // sets, however many strings there are
	// Strings pushed out, and marks, since it has grown.
	pushed, forgotten int
}

// stringSet holds the strings of some hashes. What is asked for again moves
// forward, and what comes new pushes out the last.
type stringSet struct {
	held [4]string
	seen [8]uint16 // marks of the last strings that have come once
}

func newSharedStrings(limit int) *sharedStrings {
	if limit < 0 {
		return &sharedStrings{}
	}
	if limit == 0 {
		limit = defaultSharedStrings
	}
	most := 1 << (bits.Len(uint(max(limit/len(stringSet{}.held), 1))) - 1)
	return &sharedStrings{
		seed: maphash.MakeSeed(),
		sets: make([]stringSet, min(most, fewestSets)),
		most: most,
	}
}

// share returns a string that is equal to text, and whether it is a shared one;
// if not, it is text.
func (s *sharedStrings) share(text string) (equal string, shared bool) {
	if !s.fits(text) {
		return text, false
	}
	hash := maphash.String(s.seed, text)
	set := s.set(hash)
	if i, found := set.find(text); found {
		return set.forward(i), true
	}
	if mark := uint16(hash >> 48); !slices.Contains(set.seen[:], mark) {
		copy(set.seen[1:], set.seen[:])
		set.seen[0] = mark
		s.forgotten++
		s.growIfNeeded()
		return text, false
	}
	// Two strings may have the same mark: then one is taken in too early.
	equal = strings.Clone(text)
	if last := &set.held[len(set.held)-1]; *last != "" {
		s.pushed++
	}
	set.held[set.room()] = equal
	s.growIfNeeded()
	return equal, true
}

// held returns the shared string that is equal to text, or text if there is none,
// and changes nothing.
func (s *sharedStrings) held(text string) string {
	if !s.fits(text) {
		return text
	}
	set := s.set(maphash.String(s.seed, text))
	if i, found := set.find(text); found {
		return set.held[i]
	}
	return text
}

func (s *sharedStrings) fits(text string) bool {
	return len(text) > 0 && len(text) <= longestShared && len(s.sets) > 0
}

func (s *sharedStrings) set(hash uint64) *stringSet {
	return &s.sets[hash&uint64(len(s.sets)-1)]
}

func (set *stringSet) find(text string) (i int, found bool) {
	for i := range set.held {
		if set.held[i] == text {
			return i, true
		}
	}
	return 0, false
}

// forward moves a string one place forward and returns it.
func (set *stringSet) forward(i int) string {
	text := set.held[i]
	if i > 0 {
		set.held[i-1], set.held[i] = text, set.held[i-1]
	}
	return text
}

// room returns the place for a new string: the first that is free, or the last.
func (set *stringSet) room() int {
	last := len(set.held) - 1
	for i := range last {
		if set.held[i] == "" {
			return i
		}
	}
	return last
}

// growIfNeeded divides each set into two when strings have been pushed out that
// were worth holding. Marks that are pushed out may be of strings that come again
// after a while, or of those that never do, which is most of what there is: so
// that takes many, and goes on for a quarter of the way.
func (s *sharedStrings) growIfNeeded() {
	const many = 64 // a set
	sets := len(s.sets)
	if sets < s.most && s.pushed > sets/4 || sets < s.most/4 && s.forgotten > many*sets {
		s.grow()
	}
}

func (s *sharedStrings) grow() {
	before := s.sets
	s.sets, s.pushed, s.forgotten = make([]stringSet, 2*len(before)), 0, 0
	for i, set := range before {
		// Which of the two a mark belongs to is not known: in the wrong one it
		// does no harm.
		s.sets[i].seen, s.sets[i+len(before)].seen = set.seen, set.seen
		for _, text := range set.held {
			if text != "" {
				into := s.set(maphash.String(s.seed, text))
				into.held[into.room()] = text
			}
		}
	}
}
