// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"strings"
	"unsafe"
)

const (
	defaultSharedStrings = 8_192
	// A longer string is seldom the same in two objects.
	longestShared = 512
)

// sharedStrings remembers strings, so that equal ones can be one.
type sharedStrings struct {
	pool
	seed maphash.Seed
	kind kind
}

func newSharedStrings(limit int) *sharedStrings {
	return &sharedStrings{
		pool: newPool(limit, defaultSharedStrings),
		seed: maphash.MakeSeed(),
		kind: kind{size: 1},
	}
}

// share returns a string that is equal to text, its hash, and whether it is a
// shared one; if not, it is text.
func (s *sharedStrings) share(text string) (equal string, hash uint64, shared bool) {
	if !fits(text) {
		return text, 0, false
	}
	v := s.value(text)
	if at, found := s.find(v); found {
		return unsafe.String((*byte)(at), len(text)), v.hash, true
	}
	if !s.again(v.hash) {
		return text, v.hash, false
	}
	text = strings.Clone(text)
	v.at = unsafe.Pointer(unsafe.StringData(text))
	s.take(v)
	return text, v.hash, true
}

// held returns the shared string that is equal to text, or text if there is none.
func (s *sharedStrings) held(text string) string {
	if fits(text) {
		if at, found := s.find(s.value(text)); found {
			return unsafe.String((*byte)(at), len(text))
		}
	}
	return text
}

func fits(text string) bool { return len(text) > 0 && len(text) <= longestShared }

func (s *sharedStrings) value(text string) value {
	return value{maphash.String(s.seed, text), &s.kind, unsafe.Pointer(unsafe.StringData(text)), len(text)}
}
