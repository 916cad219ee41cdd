// SPDX-License-Identifier: Apache-2.0

package slots

import (
	"slices"
	"sync/atomic"
)

// Table finds slots by hash: open addressing, linear probing, eight bytes an
// entry. It stores no keys, since the pages have them; an entry carries all 32
// bits of its hash, so a look-up reads the key of a wrong object about once in
// 2³² entries passed, and growing or removing reads none at all.
//
// A Go map keyed by a struct of two strings hashes both through a function it
// calls, and one keyed by the joined string allocates; both were measured to be
// slower (BenchmarkGet in package store). And neither can be frozen.
//
// The zero Table is empty and ready. Freeze and what [Entries] has may be called
// concurrently with each other; a method that changes something needs to be
// alone.
type Table struct {
	Entries
	used  int
	made  []uint64      // the epoch in which each chunk was made
	own   uint64        // that in which the list of chunks was
	epoch atomic.Uint64 // moved on by Freeze, which runs beside other readers
}

// Entries are what a [Table] holds: the reading side. Those of the Table itself
// change with it; those from [Table.Freeze] do not, and are safe for concurrent
// use by multiple goroutines. The zero Entries are empty.
type Entries struct {
	chunks []*chunk
	mask   uint32 // the number of entries, a power of two, less one
}

// A chunk is 1 KB: what a writer copies the first time it touches it after a
// freeze.
type chunk [chunkSize]uint64 // hash<<32 | slot+1; 0 is free

const chunkSize = 128

// The table grows when it is more than 4/5 full: at that load a hit reads 3
// entries on average and a miss 13, within two cache lines.
const (
	loadNumerator   = 4
	loadDenominator = 5
)

// Position is a place in the table from which a search goes on.
type Position uint32

// Start returns where the search for hash begins.
func (e *Entries) Start(hash uint32) Position { return Position(hash) }

// Next returns the next slot that was inserted with hash, and the position to
// go on from if that slot turns out to hold another key. ok is false when there
// are no more.
func (e *Entries) Next(hash uint32, from Position) (slot uint32, next Position, ok bool) {
	if len(e.chunks) == 0 {
		return 0, 0, false
	}
	for at := uint32(from); ; {
		place := at & e.mask
		chunk := e.chunks[place/chunkSize]
		for i := place % chunkSize; i < chunkSize; i++ {
			entry := chunk[i]
			if entry == 0 {
				return 0, 0, false
			}
			at++
			if uint32(entry>>32) == hash {
				return uint32(entry) - 1, Position(at), true
			}
		}
	}
}

func (e *Entries) at(place uint32) uint64 { return e.chunks[place/chunkSize][place%chunkSize] }

// Freeze returns the entries at this moment. It copies nothing and allocates
// nothing; what is written to afterwards is copied then.
func (t *Table) Freeze() Entries {
	t.epoch.Add(1)
	return t.Entries
}

// Insert adds a slot under hash. The caller has made sure that it is not there.
func (t *Table) Insert(hash, slot uint32) {
	if size := t.size(); (t.used+1)*loadDenominator > size*loadNumerator {
		t.resize(max(2*size, chunkSize))
	}
	t.put(uint64(hash)<<32 | uint64(slot+1))
	t.used++
}

// Remove takes a slot that was inserted with hash out again. The entries behind
// it move up, so that there are no tombstones to slow later searches down.
func (t *Table) Remove(hash, slot uint32) {
	mask := t.mask
	gap := hash & mask
	for t.at(gap) != uint64(hash)<<32|uint64(slot+1) {
		gap = (gap + 1) & mask
	}
	for at := (gap + 1) & mask; t.at(at) != 0; at = (at + 1) & mask {
		entry := t.at(at)
		home := uint32(entry>>32) & mask
		// An entry may move back to the gap unless its home lies behind it.
		if (at-home)&mask >= (at-gap)&mask {
			t.set(gap, entry)
			gap = at
		}
	}
	t.set(gap, 0)
	t.used--
	// Shrinking at 1/8 leaves room both ways, so a store that swings around
	// one size does not resize each time.
	if size := t.size(); size > chunkSize && t.used*8 < size {
		t.resize(size / 2)
	}
}

// Reserve makes room for n entries in all, so that filling up to n does not
// resize.
func (t *Table) Reserve(n int) {
	size := chunkSize
	for n*loadDenominator > size*loadNumerator {
		size *= 2
	}
	if size > t.size() {
		t.resize(size)
	}
}

func (t *Table) size() int { return len(t.chunks) * chunkSize }

func (t *Table) resize(size int) {
	old, epoch := t.chunks, t.epoch.Load()
	t.chunks, t.made, t.own = make([]*chunk, size/chunkSize), make([]uint64, size/chunkSize), epoch
	for number := range t.chunks {
		t.chunks[number], t.made[number] = new(chunk), epoch
	}
	t.mask = uint32(size - 1)
	for _, entries := range old {
		for _, entry := range entries {
			if entry != 0 {
				t.put(entry)
			}
		}
	}
}

func (t *Table) put(entry uint64) {
	at := uint32(entry>>32) & t.mask
	for t.at(at) != 0 {
		at = (at + 1) & t.mask
	}
	t.set(at, entry)
}

// set writes an entry, into a copy of its chunk if that may be read in what was
// frozen.
func (t *Table) set(place uint32, entry uint64) {
	number := place / chunkSize
	if epoch := t.epoch.Load(); t.made[number] != epoch {
		t.renew(number, epoch)
	}
	t.chunks[number][place%chunkSize] = entry
}

func (t *Table) renew(number uint32, epoch uint64) {
	if t.own != epoch {
		t.chunks, t.own = slices.Clone(t.chunks), epoch
	}
	fresh := *t.chunks[number]
	t.chunks[number], t.made[number] = &fresh, epoch
}
