// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

var errNoRack = errors.New("no rack like this")

// wreck is the rack that the functions of the indexes below do not take.
const wreck = "wreck"

func picky(h *host) (string, bool) {
	if h.Rack == wreck {
		panic(errNoRack)
	}
	return h.Rack, true
}

// wrecked has three kinds of indexes in front of one that refuses, and one
// behind it: each tells how an index takes back what it has taken.
type wrecked struct {
	*fixture
	racks, owners, picky, behind *index.Index[string, *host]
	ports                        *index.Index[int, *host]
}

func newWrecked(t *testing.T, hosts ...*host) *wrecked {
	w := &wrecked{fixture: newFixture(t, hosts...)}
	w.racks = must(index.Add(w.Indexer, "rack", byRack))
	w.ports = must(index.AddMulti(w.Indexer, "port", byPort))
	w.owners = must(index.AddUnique(w.Indexer, "owner", byRack))
	w.picky = must(index.Add(w.Indexer, "picky", picky))
	w.behind = must(index.Add(w.Indexer, "behind", byRack))
	return w
}

// content returns what the store holds and where the indexes find it.
func (w *wrecked) content() map[string][]string {
	content := map[string][]string{}
	add := func(what string, hosts []*host) { content[what] = strings.Fields(names(hosts)) }
	add("store", w.List())
	add("namespace", w.Namespaces().List(""))
	for _, x := range []*index.Index[string, *host]{w.racks, w.owners, w.picky, w.behind} {
		for rack := range x.Keys() {
			add(x.Name()+" "+rack, x.List(rack))
		}
	}
	for port := range w.ports.Keys() {
		add("port "+string(rune('0'+port)), w.ports.List(port))
	}
	return content
}

func TestG29_ARefusedWriteLeavesStoreAndIndexesAsTheyWere(t *testing.T) {
	for name, bad := range map[string]*host{
		"a new object":                    {Name: "new", Rack: wreck, Ports: []int{3}},
		"an update of everything":         {Name: "a", Rack: wreck, Ports: []int{3, 4}},
		"an update that shares something": {Name: "a", Rack: wreck, Ports: []int{2, 3}},
		"an update in another order":      {Name: "a", Rack: wreck, Ports: []int{2, 1}},
		"an update to nothing":            {Name: "a", Rack: wreck},
		"an update from nothing":          {Name: "none", Rack: wreck, Ports: []int{1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWrecked(t, &host{Name: "a", Rack: "r1", Ports: []int{1, 2}}, &host{Name: "b", Rack: "r2", Ports: []int{2}}, &host{Name: "none"})
			before := w.content()
			for range 3 {
				err := w.store.Update(bad)
				var failure *index.FuncError
				if !errors.As(err, &failure) || !errors.Is(err, errNoRack) {
					t.Fatalf("error %v, want a *FuncError", err)
				}
				want := &index.FuncError{Index: "picky", Key: hostKey(bad), Err: errNoRack}
				if failure.Index != want.Index || failure.Key != want.Key || failure.Late || failure.Error() != want.Error() {
					t.Errorf("error %+v, want %+v", failure, want)
				}
				if diff := cmp.Diff(before, w.content()); diff != "" {
					t.Errorf("-before +after\n%s", diff)
				}
			}
			if len(w.reported) != 0 {
				t.Errorf("reported %v: the writer has the error", w.reported)
			}
			good := *bad
			good.Rack = "r9"
			w.put(t, &good)
			if got := names(w.picky.List("r9")); got != bad.Name || names(w.behind.List("r9")) != bad.Name {
				t.Errorf("the next write is not in the indexes: %v", w.content())
			}
			w.store.DeleteKey(hostKey(bad))
			for what, hosts := range w.content() {
				if slices.Contains(hosts, bad.Name) {
					t.Errorf("%s has the object after its removal", what)
				}
			}
		})
	}
}

func TestG34_OneObjectThatCannotBeIndexedLeavesTheOthersOfAListIntact(t *testing.T) {
	w := newWrecked(t, &host{Name: "a", Rack: "r1"}, &host{Name: "gone", Rack: "r1"})
	err := w.store.Replace(slices.Values([]*host{
		{Name: "new", Rack: wreck}, {Name: "b", Rack: "r2"}, {Name: "a", Rack: wreck}, {Name: "c", Rack: "r3"},
	}))
	var failure *index.FuncError
	if !errors.As(err, &failure) || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("error %v, want two *FuncErrors", err)
	}
	want := map[string][]string{"store": {"a", "b", "c"}, "namespace": {"a", "b", "c"}}
	for _, x := range []string{"rack", "owner", "picky", "behind"} {
		want[x+" r1"], want[x+" r2"], want[x+" r3"] = []string{"a"}, []string{"b"}, []string{"c"}
	}
	if diff := cmp.Diff(want, w.content()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestG31_ARefusedWriteViolatesNothing(t *testing.T) {
	// The wreck is the owner that both would have, in an index that is in front
	// of the one that refuses.
	w := &wrecked{fixture: newFixture(t, &host{Name: "a", Rack: wreck}, &host{Name: "b", Rack: "r2"})}
	w.owners = must(index.AddUnique(w.Indexer, "owner", byRack))
	must(index.Add(w.Indexer, "picky", picky))
	w.reported = nil // of the second index, added late
	violations := 0
	w.store.Apply(func(tx store.Tx[*host]) {
		put := func(h *host, refused bool) {
			if _, _, err := tx.Put(store.Item[*host]{Key: hostKey(h), Object: h}); (err != nil) != refused {
				t.Errorf("Put(%v): %v", h, err)
			}
		}
		put(&host{Name: "c", Rack: "r2"}, false) // violates
		violations++
		put(&host{Name: "c", Rack: wreck}, true) // would
		put(&host{Name: "d", Rack: wreck}, true) // would
		put(&host{Name: "e", Rack: "r2"}, false) // violates
		violations++
	})
	var keys []string
	for _, err := range w.reported {
		var violation *index.UniqueError
		if errors.As(err, &violation) {
			keys = append(keys, violation.Key.Name+" "+violation.Value)
		}
	}
	if diff := cmp.Diff([]string{"c r2", "e r2"}, keys); diff != "" || len(w.reported) != violations {
		t.Errorf("reported %v (-want +got):\n%s", w.reported, diff)
	}
	if names(w.owners.List("r2")) != "b c e" || names(w.owners.List(wreck)) != "a" {
		t.Errorf("r2: %q, %s: %q", names(w.owners.List("r2")), wreck, names(w.owners.List(wreck)))
	}
}

func TestG29_TakingBackDoesNotAskTheFunctionAgain(t *testing.T) {
	f := newFixture(t)
	calls, broken := 0, false
	fickle := must(index.Add(f.Indexer, "fickle", func(h *host) (string, bool) {
		if calls++; broken {
			panic("not twice")
		}
		return h.Rack, true
	}))
	fickles := must(index.AddMulti(f.Indexer, "fickles", func(h *host) []string {
		if calls++; broken {
			panic("not twice")
		}
		return []string{h.Rack, h.Name}
	}))
	must(index.Add(f.Indexer, "last", func(h *host) (string, bool) {
		broken = h.Rack == wreck // from here on they would panic on the good state as well
		return picky(h)
	}))
	f.put(t, &host{Name: "a", Rack: "r1"})
	calls = 0
	if err := f.store.Add(&host{Name: "a", Rack: wreck}); !errors.Is(err, errNoRack) {
		t.Error(err)
	}
	if calls != 2 {
		t.Errorf("%d calls of the functions, want one of each", calls)
	}
	if names(fickle.List("r1")) != "a" || names(fickles.List("r1")) != "a" || fickles.Len() != 2 || fickle.Len() != 1 {
		t.Errorf("found %q and %q", names(fickle.List("r1")), names(fickles.List("r1")))
	}
}

func TestG29_AnIndexAddedLateLeavesOutWhatItsFunctionPanicsOn(t *testing.T) {
	f := newFixture(t, &host{Name: "bad", Rack: wreck}, &host{Name: "good", Rack: "r1"})
	single := must(index.Add(f.Indexer, "single", picky))
	multi := must(index.AddMulti(f.Indexer, "multi", func(h *host) []any {
		if h.Rack == wreck {
			return []any{"fine", []int{1}} // the second cannot be hashed
		}
		return []any{h.Rack}
	}))
	last := must(index.Add(f.Indexer, "last", func(h *host) (string, bool) {
		if h.Rack == "worse" {
			panic(errNoRack)
		}
		return h.Rack, true
	}))
	state := func() [4]string {
		return [4]string{names(single.List("r1")), names(multi.List("r1")), names(last.List("r1")), names(last.List(wreck))}
	}
	want := [4]string{"good", "good", "good", "bad"}
	if got := state(); got != want || multi.Len() != 1 || f.Len() != 2 {
		t.Errorf("found %q, want %q; %d values", got, want, multi.Len())
	}
	var failure *index.FuncError
	if len(f.reported) != 2 || !errors.As(f.reported[0], &failure) || failure.Key.Name != "bad" || failure.Index != "single" || !failure.Late {
		t.Errorf("reported %v", f.reported)
	}
	if text := failure.Error(); !strings.Contains(text, "not in this index") {
		t.Errorf("the error says %q", text)
	}
	for _, rack := range []string{wreck, "worse"} { // refused by the late ones, and by one behind them
		if err := f.store.Add(&host{Name: "bad", Rack: rack}); err == nil {
			t.Errorf("a host in rack %s is taken", rack)
		}
		if got := state(); got != want || single.Len() != 1 || multi.Len() != 1 {
			t.Errorf("after a refusal found %q, want %q; %d and %d values", got, want, single.Len(), multi.Len())
		}
	}
	f.put(t, &host{Name: "bad", Rack: "r1"}) // heals
	if got, want := state(), [4]string{"bad good", "bad good", "bad good", ""}; got != want {
		t.Errorf("after a good write found %q, want %q", got, want)
	}
}

func TestG29_OnErrorMayCallTheIndexerWhileAnIndexIsAdded(t *testing.T) {
	s := store.New(store.WithKey(hostKey))
	var names []string
	var indexer *index.Indexer[*host]
	indexer = index.New(s, index.Options{OnError: func(error) { names = indexer.Names() }})
	if err := s.Add(&host{Name: "bad", Rack: wreck}); err != nil {
		t.Fatal(err)
	}
	must(index.Add(indexer, "picky", picky))
	if diff := cmp.Diff([]string{"namespace", "picky"}, names); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestG29_AValueThatCannotBeFoundAgainIsRefused(t *testing.T) {
	f := newFixture(t, &host{Name: "a"})
	loads := must(index.Add(f.Indexer, "load", func(h *host) (float64, bool) { return math.NaN(), true }))
	if len(f.reported) != 1 || !strings.Contains(f.reported[0].Error(), "NaN") {
		t.Errorf("reported %v", f.reported)
	}
	var failure *index.FuncError
	if err := f.store.Add(&host{Name: "b"}); !errors.As(err, &failure) || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("error %v", err)
	}
	if loads.Len() != 0 || f.Len() != 1 {
		t.Errorf("%d values, %d objects", loads.Len(), f.Len())
	}
}

// A gate is an observer of which the next Settle waits, once it is armed, so that
// what comes behind it settles when another write is under way.
type gate struct {
	armed         atomic.Bool
	entered, open chan struct{}
}

func (*gate) Insert(store.Slot, store.Key, *host) error        { return nil }
func (*gate) Update(store.Slot, store.Key, *host, *host) error { return nil }
func (*gate) Revert(store.Slot, store.Key, *host, *host, bool) {}
func (*gate) Remove(store.Slot, store.Key, *host)              {}

func (g *gate) Settle() {
	if g.armed.CompareAndSwap(true, false) {
		close(g.entered)
		<-g.open
	}
}

func TestG31_AViolationIsReportedWhenItsWriteIsTakenAndNotBefore(t *testing.T) {
	s := store.New(store.WithKey(hostKey))
	g := &gate{entered: make(chan struct{}), open: make(chan struct{})}
	s.Observe(g) // in front of the indexes
	indexer := index.New(s, index.Options{OnError: func(err error) { t.Errorf("reported %v", err) }})
	must(index.AddUnique(indexer, "owner", byRack))
	must(index.Add(indexer, "last", func(h *host) (string, bool) {
		if h.Name != "bad" {
			return h.Rack, true
		}
		// The violation is noted by now. Let the other writer settle, and give it
		// the time to: it must wait for the end of this write.
		close(g.open)
		for range 1_000 {
			runtime.Gosched()
		}
		panic(errNoRack)
	}))
	g.armed.Store(true)
	var other sync.WaitGroup
	other.Go(func() {
		if err := s.Add(&host{Name: "a", Rack: "r1"}); err != nil {
			t.Error(err)
		}
	})
	<-g.entered
	if err := s.Add(&host{Name: "bad", Rack: "r1"}); !errors.Is(err, errNoRack) {
		t.Error(err)
	}
	other.Wait()
}
