// SPDX-License-Identifier: Apache-2.0

package slots

// Table finds slots by hash: open addressing, linear probing, eight bytes an
// entry. It stores no keys, since the pages have them; an entry carries all 32
// bits of its hash, so a look-up reads the key of a wrong object about once in
// 2³² entries passed, and growing or removing reads none at all.
//
// A Go map keyed by a struct of two strings hashes both through a function it
// calls, and one keyed by the joined string allocates; both were measured to be
// slower (BenchmarkGet in package store). The zero Table is empty and ready.
type Table struct {
	entries []uint64 // hash<<32 | slot+1; 0 is free; the length is a power of two
	used    int
}

// The table grows when it is more than 4/5 full: at that load a hit reads 3
// entries on average and a miss 13, within two cache lines.
const (
	loadNumerator   = 4
	loadDenominator = 5
	smallestTable   = 8
)

// Position is a place in the table from which a search goes on.
type Position uint32

// Start returns where the search for hash begins.
func (t *Table) Start(hash uint32) Position { return Position(hash) }

// Next returns the next slot that was inserted with hash, and the position to
// go on from if that slot turns out to hold another key. ok is false when there
// are no more.
func (t *Table) Next(hash uint32, from Position) (slot uint32, next Position, ok bool) {
	if len(t.entries) == 0 {
		return 0, 0, false
	}
	mask := uint32(len(t.entries) - 1)
	for at := uint32(from); ; at++ {
		entry := t.entries[at&mask]
		if entry == 0 {
			return 0, 0, false
		}
		if uint32(entry>>32) == hash {
			return uint32(entry) - 1, Position(at + 1), true
		}
	}
}

// Insert adds a slot under hash. The caller has made sure that it is not there.
func (t *Table) Insert(hash, slot uint32) {
	if (t.used+1)*loadDenominator > len(t.entries)*loadNumerator {
		t.resize(max(2*len(t.entries), smallestTable))
	}
	t.put(uint64(hash)<<32 | uint64(slot+1))
	t.used++
}

// Remove takes a slot that was inserted with hash out again. The entries behind
// it move up, so that there are no tombstones to slow later searches down.
func (t *Table) Remove(hash, slot uint32) {
	mask := uint32(len(t.entries) - 1)
	gap := hash & mask
	for t.entries[gap] != uint64(hash)<<32|uint64(slot+1) {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; t.entries[at] != 0; at = (at + 1) & mask {
		home := uint32(t.entries[at]>>32) & mask
		// An entry may move back to the gap unless its home lies behind it.
		if (at-home)&mask >= (at-gap)&mask {
			t.entries[gap] = t.entries[at]
			gap = at
		}
	}
	t.entries[gap] = 0
	t.used--
	// Shrinking at 1/8 leaves room both ways, so a store that swings around
	// one size does not resize each time.
	if len(t.entries) > smallestTable && t.used*8 < len(t.entries) {
		t.resize(len(t.entries) / 2)
	}
}

// Reserve makes room for n entries in all, so that filling up to n does not
// resize.
func (t *Table) Reserve(n int) {
	size := smallestTable
	for n*loadDenominator > size*loadNumerator {
		size *= 2
	}
	if size > len(t.entries) {
		t.resize(size)
	}
}

func (t *Table) resize(size int) {
	old := t.entries
	t.entries = make([]uint64, size)
	for _, entry := range old {
		if entry != 0 {
			t.put(entry)
		}
	}
}

func (t *Table) put(entry uint64) {
	mask := uint32(len(t.entries) - 1)
	at := uint32(entry>>32) & mask
	for t.entries[at] != 0 {
		at = (at + 1) & mask
	}
	t.entries[at] = entry
}
