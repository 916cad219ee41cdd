// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"math/bits"
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
	seed   maphash.Seed
	sets   []stringSet // their number is a power of two; none if nothing is shared
	most   int         // sets, however many strings there are
	pushed int         // strings that were pushed out since it has grown
}

// stringSet holds the strings of some hashes. What is asked for again becomes
// the first, and what comes new pushes out the second.
type stringSet struct {
	first, second string
	seen          [4]uint16 // marks of strings that have come once
}

func newSharedStrings(limit int) *sharedStrings {
	if limit < 0 {
		return &sharedStrings{}
	}
	if limit == 0 {
		limit = defaultSharedStrings
	}
	most := 1 << (bits.Len(uint(max(limit/2, 1))) - 1)
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
	if equal, shared = set.find(text); shared {
		return equal, true
	}
	place, mark := hash>>32%uint64(len(set.seen)), uint16(hash>>48)
	if set.seen[place] != mark {
		set.seen[place] = mark
		return text, false
	}
	// Two strings may have the same mark: then one is taken in too early.
	equal = strings.Clone(text)
	s.take(set, equal)
	return equal, true
}

// held returns the shared string that is equal to text, or text if there is none,
// and changes nothing.
func (s *sharedStrings) held(text string) string {
	if !s.fits(text) {
		return text
	}
	switch set := s.set(maphash.String(s.seed, text)); text {
	case set.first:
		return set.first
	case set.second:
		return set.second
	}
	return text
}

func (s *sharedStrings) fits(text string) bool {
	return len(text) > 0 && len(text) <= longestShared && len(s.sets) > 0
}

func (s *sharedStrings) set(hash uint64) *stringSet {
	return &s.sets[hash&uint64(len(s.sets)-1)]
}

// find returns the string that is equal to text, which becomes the first.
func (set *stringSet) find(text string) (equal string, found bool) {
	switch text {
	case set.first:
		return set.first, true
	case set.second:
		set.first, set.second = set.second, set.first
		return set.first, true
	}
	return "", false
}

// take takes a string into a set. If that has pushed out many others, there
// become more sets.
func (s *sharedStrings) take(set *stringSet, text string) {
	if set.second != "" {
		s.pushed++
	}
	set.second = text
	if s.pushed > len(s.sets)/4 && len(s.sets) < s.most {
		s.grow()
	}
}

// grow divides each set into two.
func (s *sharedStrings) grow() {
	before := s.sets
	s.sets, s.pushed = make([]stringSet, 2*len(before)), 0
	for i, set := range before {
		// Which of the two a mark belongs to is not known: in the wrong one it
		// does no harm.
		s.sets[i].seen, s.sets[i+len(before)].seen = set.seen, set.seen
		s.move(set.second)
		s.move(set.first)
	}
}

// move puts a string into its set after the number of sets has changed. What was
// there before becomes the second.
func (s *sharedStrings) move(text string) {
	if text == "" {
		return
	}
	set := s.set(maphash.String(s.seed, text))
	set.first, set.second = text, set.first
}
