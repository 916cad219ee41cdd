// SPDX-License-Identifier: Apache-2.0

package slots_test

import (
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/slots"
)

func TestFrozenStaysAsItWas(t *testing.T) {
	var pages slots.Pages[int, string, int]
	for i := range 200 {
		if slot := pages.Insert(i, "", i); slot != uint32(i) {
			t.Fatalf("slot %d for insertion %d", slot, i)
		}
	}
	frozen := pages.Freeze()
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

func TestFreezingAndWritingToAPageOfOnesOwnDoNotAllocate(t *testing.T) {
	var pages slots.Pages[int, string, int]
	for i := range 1000 {
		pages.Insert(i, "", i)
	}
	if n := testing.AllocsPerRun(100, func() { pages.Freeze() }); n != 0 {
		t.Errorf("%v allocations to freeze, want none", n)
	}
	pages.Set(7, "", 1)
	if n := testing.AllocsPerRun(100, func() { pages.Set(7, "", 2) }); n != 0 {
		t.Errorf("%v allocations to write again, want none", n)
	}
	// A page and the table of pages, once for each freeze.
	if n := testing.AllocsPerRun(100, func() { pages.Freeze(); pages.Set(7, "", 2); pages.Set(8, "", 2) }); n != 2 {
		t.Errorf("%v allocations to write after freezing, want 2", n)
	}
}

// TestG39_FrozenContentStaysAsItWas freezes pages while they grow, are emptied
// and are written to, and compares each of the last few that were frozen with
// what was in them.
func TestG39_FrozenContentStaysAsItWas(t *testing.T) {
	type kept struct {
		content slots.Content[int, int, int]
		held    map[int]int
	}
	var (
		random = rand.New(rand.NewPCG(3, 1))
		pages  slots.Pages[int, int, int]
		places = map[int]uint32{} // by key
		held   = map[int]int{}
		frozen []kept
	)
	for step := range 10_000 {
		key := random.IntN(1_000)
		slot, exists := places[key]
		switch remove := random.IntN(100) < 20+step%5_000/75; {
		case exists && remove:
			pages.Remove(slot)
			delete(places, key)
			delete(held, key)
		case exists:
			pages.Set(slot, step, step)
			held[key] = step
		case !remove:
			places[key], held[key] = pages.Insert(key, step, step), step
		}
		if random.IntN(100) > 0 {
			continue
		}
		frozen = append(frozen, kept{pages.Freeze(), maps.Clone(held)})
		if len(frozen) < 4 {
			continue
		}
		if diff := cmp.Diff(frozen[0].held, maps.Collect(frozen[0].content.All)); diff != "" || frozen[0].content.Len() != len(frozen[0].held) {
			t.Fatalf("step %d: of %d: -want +got\n%s", step, frozen[0].content.Len(), diff)
		}
		frozen = frozen[1:]
	}
}
