// SPDX-License-Identifier: Apache-2.0

package frames

import "encoding/binary"

// The kinds of values there are in CBOR (RFC 8949, section 3.1).
const (
	cborUnsigned = iota
	cborNegative
	cborBytes
	cborText
	cborArray
	cborMap
	cborTag
	cborSimple
)

const (
	// indefinite is the length of what goes on to a break.
	indefinite = -1
	// maxCBORDepth is how many arrays, maps and strings in pieces may be open at
	// once, as in encoding/json. The decoder allows fewer.
	maxCBORDepth = 10000
)

// cborFollower finds the end of one CBOR value. It is told by the lengths in it:
// a value that is none has no end that could be found, and is bad.
type cborFollower struct {
	head  []byte  // what was read of the head of a value
	bytes uint64  // of a string, that are to come
	open  []int64 // how many values are to come in each array and map around
	bad   bool
}

// reset makes it ready for another value.
func (f *cborFollower) reset() {
	*f = cborFollower{head: f.head[:0], open: f.open[:0]}
}

// next implements follower. A bad value ends where that shows.
func (f *cborFollower) next(p []byte) (n int, end bool) {
	for n < len(p) {
		if f.bytes > 0 {
			there := min(f.bytes, uint64(len(p)-n))
			n += int(there)
			if f.bytes -= there; f.bytes == 0 && f.complete() {
				return n, true
			}
			continue
		}
		f.head = append(f.head, p[n])
		n++
		if len(f.head) < cborHeadLength(f.head[0]) {
			continue
		}
		if end := f.begin(); end || f.bad {
			return n, true
		}
		f.head = f.head[:0]
	}
	return n, false
}

// cborHeadLength is how many bytes say what a value is, and how long.
func cborHeadLength(first byte) int {
	switch first & 31 {
	case 24:
		return 2
	case 25:
		return 3
	case 26:
		return 5
	case 27:
		return 9
	}
	return 1
}

// cborHead reads the head of a value. The length is indefinite for one that goes
// on to a break, and for the break.
func cborHead(head []byte) (kind byte, length int64, ok bool) {
	kind = head[0] >> 5
	var wide [8]byte
	copy(wide[9-len(head):], head[1:])
	switch short := head[0] & 31; {
	case short < 24:
		length = int64(short)
	case short < 28:
		length = int64(binary.BigEndian.Uint64(wide[:]))
		ok = length >= 0 || kind != cborBytes && kind != cborText && kind != cborArray && kind != cborMap
		return kind, length, ok
	case short == 31:
		length = indefinite
		return kind, length, kind >= cborBytes && kind != cborTag
	default:
		return kind, 0, false
	}
	return kind, length, true
}

// begin reads a head that is complete. It reports whether the value ends with it.
func (f *cborFollower) begin() (end bool) {
	kind, length, ok := cborHead(f.head)
	if !ok || len(f.open) == maxCBORDepth {
		f.bad = true
		return false
	}
	switch {
	case kind == cborSimple && length == indefinite && f.head[0]&31 == 31:
		return f.breakOff()
	case kind == cborTag: // what it is for follows
		return false
	case kind == cborUnsigned || kind == cborNegative || kind == cborSimple || length == 0:
		return f.complete()
	case length == indefinite:
		f.open = append(f.open, indefinite)
	case kind == cborMap && length > 1<<62-1:
		f.bad = true
	case kind == cborMap:
		f.open = append(f.open, 2*length)
	case kind == cborArray:
		f.open = append(f.open, length)
	default:
		f.bytes = uint64(length)
	}
	return false
}

// breakOff ends what goes on to a break.
func (f *cborFollower) breakOff() (end bool) {
	last := len(f.open) - 1
	if last < 0 || f.open[last] != indefinite {
		f.bad = true
		return false
	}
	f.open = f.open[:last]
	return f.complete()
}

// complete counts a value that has ended, and what ends with it. It reports
// whether nothing is open any more.
func (f *cborFollower) complete() bool {
	for last := len(f.open) - 1; last >= 0; last-- {
		if f.open[last] == indefinite {
			return false
		}
		if f.open[last]--; f.open[last] > 0 {
			return false
		}
		f.open = f.open[:last]
	}
	return true
}
