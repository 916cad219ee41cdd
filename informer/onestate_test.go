// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// Whoever reads, and takes his time with each object, sees the state from which
// he began, whatever has become of it since; and what becomes of it does not wait
// for him: the cache keeps up with the server all the time.
func TestG39_AStormBehindAReaderChangesNothingThatHeReads(t *testing.T) {
	for name, of := range map[string]func(t *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget]{
		"the reader": func(_ *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget] { return inf.Reader().All() },
		"a snapshot of the reader": func(_ *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget] {
			return inf.Reader().Snapshot().All()
		},
		"a snapshot": func(t *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget] {
			return takeSnapshot(t, inf).All()
		},
		"a namespace": func(_ *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget] {
			return inf.Lister().Namespace("shop").All()
		},
		"an index": func(t *testing.T, inf *informer.Informer[*Widget]) iter.Seq[*Widget] {
			all, err := index.Add(inf.Indexer(), "all", func(*Widget) (bool, bool) { return true, true })
			if err != nil {
				t.Fatal(err)
			}
			return all.Get(true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { readBeforeAStorm(t, of) })
		})
	}
}

func readBeforeAStorm(t *testing.T, of func(*testing.T, *informer.Informer[*Widget]) iter.Seq[*Widget]) {
	const objects = 300 // several pages of the store
	s := newServer(t)
	for i := range objects {
		s.create(fmt.Sprint("shop/w", i), i)
	}
	expire := make(chan struct{}, 1)
	inf := informer.New(restless{s.Source, expire}, informer.Options{OnError: func(error) {}})
	defer run(t, inf)()
	want, seen := maps.Collect(inf.Reader().Items()), map[store.Key]*Widget{}
	random := rand.New(rand.NewPCG(39, 39))
	for w := range of(t, inf) {
		if seen[keyOf(w)] != nil {
			t.Errorf("%v is there twice", w)
		}
		seen[keyOf(w)] = w
		if len(seen) == objects/2 {
			expire <- struct{}{} // and so a relist
		}
		for range 5 {
			s.toss(random, fmt.Sprint("shop/w", random.IntN(2*objects)), len(seen))
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if now := inf.Stats().Version; now != s.Version() {
			t.Fatalf("while somebody reads, the cache is at version %s, the server at %s", now, s.Version())
		}
	}
	if relists := inf.Stats().Source.Relists; relists != 1 {
		t.Errorf("%d relists, want 1", relists)
	}
	wantAlike(t, "the state at the start and what was read", want, seen)
	wantSameState(t, s, inf)
}
