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
