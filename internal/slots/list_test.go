// SPDX-License-Identifier: Apache-2.0

package slots_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// TestG39_FrozenItemsStayAsTheyWere freezes a list while it grows, is emptied and
// is written to, and compares each of the last few that were frozen with what was
// in them.
func TestG39_FrozenItemsStayAsTheyWere(t *testing.T) {
	type kept struct {
		items slots.Items[int]
		held  map[uint32]int
	}
	var (
		random = rand.New(rand.NewPCG(3, 1))
		list   slots.List[int]
		held   = map[uint32]int{}
		frozen []kept
	)
	for step := range 20_000 {
		number := random.Uint32N(500)
		_, exists := held[number]
		switch remove := random.IntN(100) < 20+step%5_000/75; {
		case exists && remove:
			list.Remove(number)
			delete(held, number)
		case exists:
			*list.Edit(number) = step
			held[number] = step
		case !remove:
			fresh, place := list.Insert(0)
			if _, taken := held[fresh]; taken {
				t.Fatalf("step %d: the number %d was given out twice", step, fresh)
			}
			*place = step // as Edit would return it
			held[fresh] = step
		}
		if random.IntN(100) > 0 {
			continue
		}
		frozen = append(frozen, kept{list.Freeze(), maps.Clone(held)})
		if len(frozen) < 4 {
			continue
		}
		was := frozen[0]
		var values []int
		for value := range was.items.All {
			values = append(values, *value)
		}
		want := slices.Sorted(maps.Values(was.held))
		if diff := cmp.Diff(want, slices.Sorted(slices.Values(values))); diff != "" || was.items.Len() != len(want) {
			t.Fatalf("step %d: of %d: -want +got\n%s", step, was.items.Len(), diff)
		}
		for number, value := range was.held {
			if got := *was.items.At(number); got != value {
				t.Fatalf("step %d: number %d has %d, want %d", step, number, got, value)
			}
		}
		frozen = frozen[1:]
	}
}

func TestWritingToAListOfOnesOwnDoesNotAllocate(t *testing.T) {
	var list slots.List[int]
	for i := range 1000 {
		list.Insert(i)
	}
	if n := testing.AllocsPerRun(100, func() { list.Freeze() }); n != 0 {
		t.Errorf("%v allocations to freeze, want none", n)
	}
	if n := testing.AllocsPerRun(100, func() { *list.Edit(7) = 2 }); n != 0 {
		t.Errorf("%v allocations to write again, want none", n)
	}
	// Two items, their group and the list of groups, once for each freeze.
	if n := testing.AllocsPerRun(100, func() { list.Freeze(); *list.Edit(7) = 2; *list.Edit(8) = 2 }); n != 4 {
		t.Errorf("%v allocations to write after freezing, want 4", n)
	}
}
