// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// fold is the slow obvious consumer: what a cache holds after the deltas, which
// of the keys known before were gone at some point, and, for a key that it held
// when it left, the last state of it.
type fold struct {
	cache    map[store.Key]string
	gone     map[store.Key]bool
	lastSeen map[store.Key]string
	broken   map[store.Key]bool
}

// folded applies deltas to a cache that holds an old state of each of names.
func folded(names []string, deltas []delta) fold {
	f := fold{cache: map[store.Key]string{}, gone: map[store.Key]bool{}, lastSeen: map[store.Key]string{}, broken: map[store.Key]bool{}}
	before := map[store.Key]bool{}
	for _, name := range names {
		old := named(name, "0", name+"@0")
		f.cache[old.Key] = old.Object
		before[old.Key] = true
	}
	for _, d := range deltas {
		key := d.Item.Key
		switch {
		case d.Err != nil:
			f.broken[key] = true
		case d.Type == queue.Replaced:
			clear(f.broken)
		case d.Type != queue.Sync && d.Type != queue.Bookmark:
			delete(f.broken, key)
		}
		switch d.Type {
		case queue.Added, queue.Updated, queue.Sync:
			f.cache[key] = d.Item.Object
		case queue.Deleted, queue.Left:
			// Of an object that comes and goes between two batches the consumer
			// need not hear: what counts is the one that it knew.
			if state, held := f.cache[key]; held && before[key] && !f.gone[key] {
				f.gone[key] = true
				if d.Type == queue.Left {
					f.lastSeen[key] = state
				}
			}
			delete(f.cache, key)
		case queue.Replaced:
			clear(f.cache)
			for listed := range d.Items.All() {
				f.cache[listed.Key] = listed.Object
			}
			for key := range before { // what is not listed is gone
				if _, listed := f.cache[key]; !listed {
					f.gone[key] = true
				}
			}
		}
	}
	return f
}

var kinds = []queue.DeltaType{queue.Added, queue.Updated, queue.Deleted, queue.Left, queue.Sync, queue.Bookmark, queue.Quarantined, queue.Replaced}

// script makes deltas of bytes: for each one a kind and one of four keys, with
// lists (of the four keys, by the bits of the position) kept rare.
func script(program []byte) []delta {
	var deltas []delta
	for i, step := range program {
		version := strconv.Itoa(i + 1)
		kind, name := kinds[int(step>>2)%len(kinds)], string('a'+rune(step&3))
		switch {
		case kind == queue.Quarantined:
			deltas = append(deltas, quarantined(name, version))
		case kind == queue.Bookmark:
			deltas = append(deltas, bookmark(version))
		case kind == queue.Replaced && step >= 192:
			var items []item
			for bit := range 4 {
				if i>>bit&1 == 1 {
					listed := string('a' + rune(bit))
					items = append(items, named(listed, version, listed+"@"+version))
				}
			}
			deltas = append(deltas, replaced(version, items...))
		case kind == queue.Replaced:
			deltas = append(deltas, updated(name, version))
		default:
			deltas = append(deltas, change(kind, name, version))
		}
	}
	return deltas
}

// checkCompress pushes a script to a compressing queue, taking batches of the
// given size (in pushes), and compares what a consumer makes of it.
func checkCompress(t *testing.T, program []byte, size int) {
	t.Helper()
	pushed := script(program)
	q := queue.NewDeltaFIFO[string](queue.Options{Compress: true})
	var all []delta
	for len(pushed) > 0 {
		n := min(size, len(pushed))
		push(t, q, pushed[:n]...)
		batch := pop(t, q)
		checkOrder(t, batch)
		checkFold(t, pushed[:n], batch)
		all = append(all, batch...)
		pushed = pushed[n:]
	}
	want, got := folded(nil, script(program)), folded(nil, all)
	if diff := cmp.Diff(want.cache, got.cache); diff != "" {
		t.Fatalf("cache in the end (-want +got):\n%s\npushed %v\npopped %v", diff, text(script(program)), text(all))
	}
}

func checkFold(t *testing.T, pushed, batch []delta) {
	t.Helper()
	for _, names := range [][]string{nil, {"a", "b", "c", "d"}} {
		want, got := folded(names, pushed), folded(names, batch)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(fold{})); diff != "" {
			t.Fatalf("fold over a cache of %v (-want +got):\n%s\npushed %v\npopped %v", names, diff, text(pushed), text(batch))
		}
	}
}

// checkOrder sees to it that the versions of one key rise, that none is from
// before a list that it follows, and that no key has more than three deltas
// between two lists.
func checkOrder(t *testing.T, batch []delta) {
	t.Helper()
	listed := 0
	last, pending := map[store.Key]int{}, map[store.Key]int{}
	for _, d := range batch {
		version, err := strconv.Atoi(d.Item.Version)
		if err != nil {
			t.Fatal(err)
		}
		if version <= listed || d.Type != queue.Bookmark && version <= last[d.Item.Key] {
			t.Fatalf("version %d is out of order in %v", version, text(batch))
		}
		switch d.Type {
		case queue.Replaced:
			listed = version
			clear(pending)
		case queue.Bookmark:
		default:
			last[d.Item.Key] = version
			if pending[d.Item.Key]++; pending[d.Item.Key] > 3 {
				t.Fatalf("more than three deltas of %v in %v", d.Item.Key, text(batch))
			}
		}
	}
}

func TestCompressAgainstAModel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		program := make([]byte, 1+random.IntN(60))
		for i := range program {
			program[i] = byte(random.Uint32())
		}
		checkCompress(t, program, 1+random.IntN(len(program)))
	}
}
