// SPDX-License-Identifier: Apache-2.0

package slots_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/typedinformer/typedinformer/internal/slots"
)

func find(t *slots.Entries, hash uint32) (found []uint32) {
	for position := t.Start(hash); ; {
		slot, next, more := t.Next(hash, position)
		if !more {
			slices.Sort(found)
			return found
		}
		found = append(found, slot)
		position = next
	}
}

// TestTable inserts and removes at random, with hashes that collide in full, in
// their place, or not at all, and compares each look-up with a plain map.
func TestTable(t *testing.T) {
	for _, spread := range []uint32{4, 64, 1 << 31} {
		random := rand.New(rand.NewPCG(uint64(spread), 1))
		var table slots.Table
		model := map[uint32][]uint32{}
		hashes := make([]uint32, 40)
		for i := range hashes {
			hashes[i] = random.Uint32N(spread) * (1 + random.Uint32N(2)*0xFFFF)
		}
		for slot := range uint32(20_000) {
			hash := hashes[random.IntN(len(hashes))]
			if held := model[hash]; len(held) > 0 && random.IntN(100) < 50+int(slot/1000) {
				at := random.IntN(len(held))
				table.Remove(hash, held[at])
				model[hash] = slices.Delete(held, at, at+1)
			} else {
				table.Insert(hash, slot)
				model[hash] = append(held, slot)
			}
			if slot == 5000 {
				table.Reserve(100_000)
			}
			look := hashes[random.IntN(len(hashes))]
			want := slices.Sorted(slices.Values(model[look]))
			if got := find(&table.Entries, look); !slices.Equal(got, want) {
				t.Fatalf("spread %d, step %d: hash %x has %v, want %v", spread, slot, look, got, want)
			}
		}
	}
}

// TestG39_FrozenEntriesStayAsTheyWere freezes a table again and again while it
// grows, shrinks and is written to, and looks everything up in each of the last
// few that were frozen.
func TestG39_FrozenEntriesStayAsTheyWere(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	type kept struct {
		entries slots.Entries
		held    map[uint32][]uint32
	}
	var (
		table  slots.Table
		held   = map[uint32][]uint32{}
		frozen []kept
	)
	for slot := range uint32(30_000) {
		hash := random.Uint32N(2_000) << random.Uint32N(8)
		remove := random.IntN(100) < 35+int(slot%10_000)/200 // waxes and wanes
		if under := held[hash]; len(under) > 0 && remove {
			table.Remove(hash, under[0])
			held[hash] = under[1:]
		} else {
			table.Insert(hash, slot)
			held[hash] = append(slices.Clone(under), slot)
		}
		if random.IntN(300) > 0 {
			continue
		}
		frozen = append(frozen, kept{table.Freeze(), maps.Clone(held)})
		if len(frozen) < 4 {
			continue
		}
		for hash, want := range frozen[0].held {
			if got := find(&frozen[0].entries, hash); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Fatalf("step %d: hash %x has %v in what was frozen, want %v", slot, hash, got, want)
			}
		}
		frozen = frozen[1:]
	}
}
