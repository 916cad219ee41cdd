// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"math/bits"
	"unsafe"
)

const (
	defaultSharedValues = 8_192
	largestShared       = 2 << 10 // bytes
)

// value is something in memory that others can share: a text, what a pointer
// points to, the array of a slice, or a map.
type value struct {
	hash   uint64
	of     *kind
	at     unsafe.Pointer
	length int // how many elements there are; 1 for a map
}

// kind is what values have in common that can be one: there is one for each type.
type kind struct {
	size int // of an element, in bytes
	// equal compares maps. It is nil for all else, which is compared bit by bit:
	// what is in it is shared already, so that equal parts are at equal places.
	equal func(a, b unsafe.Pointer) bool
	// copy makes a value that has its memory for itself. It is nil for strings.
	copy func(v value) unsafe.Pointer
}

// equals reports whether two values whose hashes are the same can be one. Those of
// different types cannot, though their bits may be alike.
func (v value) equals(other value) bool {
	switch {
	case v.of != other.of || v.length != other.length:
		return false
	case v.at == other.at:
		return true
	case v.of.equal != nil:
		return v.of.equal(v.at, other.at)
	}
	size := v.length * v.of.size
	return unsafe.String((*byte)(v.at), size) == unsafe.String((*byte)(other.at), size)
}

// mix adds to a hash.
func mix(hash, word uint64) uint64 {
	high, low := bits.Mul64(hash^0x9e3779b97f4a7c15, word^0xe7037ed1a0b428db)
	return high ^ low
}
