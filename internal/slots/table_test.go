// SPDX-License-Identifier: Apache-2.0

package slots_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/typedinformer/typedinformer/internal/slots"
)

func find(t *slots.Table, hash uint32) (found []uint32) {
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
			if got := find(&table, look); !slices.Equal(got, want) {
				t.Fatalf("spread %d, step %d: hash %x has %v, want %v", spread, slot, look, got, want)
			}
		}
	}
}

func TestFrozenStaysAsItWas(t *testing.T) {
	var pages slots.Pages[int, string, int]
	for i := range 200 {
		if slot := pages.Insert(i, "", i); slot != uint32(i) {
			t.Fatalf("slot %d for insertion %d", slot, i)
		}
	}
	frozen := pages.Freeze()
	if pages.Freeze() != frozen {
		t.Error("an unchanged state was frozen twice")
	}
	pages.Set(7, "note", -7)
	pages.Remove(150)
	if slot := pages.Insert(1000, "", 1000); slot != 150 {
		t.Errorf("the freed slot was not taken, but %d", slot)
	}
	at := 0
	for key, object := range frozen.All {
		if key != at || object != at {
			t.Fatalf("key %d and object %d at %d", key, object, at)
		}
		at++
	}
	if at != 200 || frozen.Len() != 200 {
		t.Errorf("%d objects seen of %d", at, frozen.Len())
	}
	if *pages.Note(7) != "note" || pages.Object(7) != -7 || *pages.Key(150) != 1000 {
		t.Error("the writer does not see what it wrote")
	}
}
