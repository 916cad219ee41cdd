// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// chain is Map, Join and GroupBy in a row: sizes of the widgets on the left,
// joined with the widgets on the right that have that size, grouped by how many
// those are.
type chain struct {
	left, right *informer.Informer[*Widget]
	sizes       *informer.Informer[sized]
	joined      *informer.Informer[joined]
	grouped     *informer.Informer[string]
}

type sized struct {
	name string
	size int
}

type joined struct {
	left  sized
	right string
	count int
}

func newChain(t *testing.T, left, right server) *chain {
	options := informer.Options{OnError: func(err error) { t.Error(err) }}
	c := &chain{left: informer.New(left, informer.Options{OnError: func(error) {}}), right: informer.New(right, options)}
	c.sizes = informer.Map(c.left, func(w *Widget) (sized, error) {
		if w.Size == 4 {
			return sized{}, informer.ErrSkip
		}
		return sized{w.Name, w.Size % 3}, nil // so that not every change makes one here
	}, informer.ViewOptions[sized]{OnError: options.OnError})
	c.joined = informer.Join(
		informer.By(c.sizes, func(s sized) (int, bool) { return s.size, true }),
		informer.ByMulti(c.right, func(w *Widget) []int { return []int{w.Size, w.Size / 2} }),
		func(s sized, matches iter.Seq[*Widget]) (joined, error) {
			return joined{s, names(matches), len(slices.Collect(matches))}, nil
		}, informer.ViewOptions[joined]{OnError: options.OnError})
	c.grouped = informer.GroupBy(
		informer.By(c.joined, func(j joined) (store.Key, bool) {
			return store.Key{Name: fmt.Sprint(j.count)}, j.count < 4
		}),
		func(group store.Key, all iter.Seq[joined]) (string, error) {
			return fmt.Sprint(group.Name, slices.Collect(all)), nil
		},
		informer.ViewOptions[string]{OnError: options.OnError})
	return c
}

func (c *chain) runners() []runner { return []runner{c.left, c.right, c.sizes, c.joined, c.grouped} }

// scratch computes what the chain ends in from the two inputs alone.
func (c *chain) scratch(left, right server) map[string]string {
	byCount := map[string][]joined{}
	for _, l := range widgetsOf(left) {
		if l.Size == 4 {
			continue
		}
		var matches []*Widget
		for _, r := range widgetsOf(right) {
			if r.Size == l.Size%3 || r.Size/2 == l.Size%3 {
				matches = append(matches, r)
			}
		}
		if len(matches) < 4 {
			count := fmt.Sprint(len(matches))
			byCount[count] = append(byCount[count], joined{sized{l.Name, l.Size % 3}, names(slices.Values(matches)), len(matches)})
		}
	}
	want := map[string]string{}
	for count, all := range byCount {
		want[count] = fmt.Sprint(count, all)
	}
	return want
}

// widgetsOf returns what a server holds by key.
func widgetsOf(s server) (all []*Widget) {
	for i := range 12 {
		if w, found := s.Get(store.Key{Name: fmt.Sprintf("w%02d", i)}); found {
			all = append(all, w)
		}
	}
	return all
}

// viewFollower folds the events of a view, and checks that each is a change.
type viewFollower struct {
	t      *testing.T
	state  map[string]string
	events int
}

func (f *viewFollower) HandleAdd(string, bool)      {}
func (f *viewFollower) HandleUpdate(string, string) {}
func (f *viewFollower) HandleDelete(string, bool)   {}
func (f *viewFollower) HandleEvent(event informer.Event[string]) {
	f.events++
	before, there := f.state[event.Key.Name]
	if event.Type == informer.Deleted {
		delete(f.state, event.Key.Name)
	} else {
		f.state[event.Key.Name] = event.Object
	}
	switch {
	case there != (event.Type != informer.Added):
		f.t.Errorf("%v of %v, of which the state before is %q", event.Type, event.Key, before)
	case event.Type == informer.Updated && (event.Old != before || event.Old == event.Object):
		f.t.Errorf("update of %v from %q to %q, and it was %q", event.Key, event.Old, event.Object, before)
	}
}

// change writes to one of a few widgets.
func (s server) change(random *rand.Rand) {
	s.toss(random, fmt.Sprintf("w%02d", random.IntN(12)), random.IntN(6))
}

// After each of 10^4 changes to two inputs the end of a chain of views is what is
// computed from scratch, its events fold to that, and it has come as far as the
// inputs.
func TestViewsAgreeWithWhatIsComputedFromScratch(t *testing.T) {
	changes := 10_000
	if testing.Short() {
		changes = 1_000
	}
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(5, 8))
		left, right := newServer(t), newServer(t)
		for range 10 {
			left.change(random)
			right.change(random)
		}
		c := newChain(t, left, right)
		follow := &viewFollower{t: t, state: map[string]string{}}
		addHandler(t, c.grouped, follow, informer.HandlerOptions[string]{})
		for _, each := range c.runners() {
			defer run(t, each)()
		}
		for i := range changes {
			for range 1 + random.IntN(20)/19*10 { // mostly one, sometimes many at once
				[]server{left, right}[random.IntN(2)].change(random)
			}
			if random.IntN(50) == 0 {
				left.Compact() // and so a relist, since the last of it has not been read
				time.Sleep(time.Minute)
			}
			synctest.Wait()
			want, got := c.scratch(left, right), map[string]string{}
			for key, text := range c.grouped.Reader().Items() {
				got[key.Name] = text
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("after change %d (-from scratch +view):\n%s", i, diff)
			}
			if diff := cmp.Diff(got, follow.state); diff != "" {
				t.Fatalf("after change %d (-view +events):\n%s", i, diff)
			}
			if stats := c.grouped.Stats(); len(stats.Parts) != 2 || stats.Parts[0].Version != left.Version() || stats.Parts[1].Version != right.Version() {
				t.Fatalf("after change %d the view is at %+v, the inputs at %s and %s", i, stats.Parts, left.Version(), right.Version())
			}
		}
		if follow.events < changes/4 || follow.events > 3*changes {
			t.Errorf("%d changes made %d events", changes, follow.events)
		}
	})
}
