// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/internal/model"
	"github.com/typedinformer/typedinformer/store"
)

// wholeView takes a view and returns what compares all of it with the model as
// that is now. Of the indexes that are added on the way it may have been taken
// before.
func (m *machine) wholeView() func() error {
	view, version, want := m.indexer.View(), m.version, m.model.Items()
	return func() error {
		errs := []error{m.agrees(view), diff(want, view.List()), diff(want, slices.Collect(view.Snapshot.All()))}
		if view.Version() != version {
			errs = append(errs, fmt.Errorf("version %q, want %q", view.Version(), version))
		}
		for _, item := range want {
			if object, found := view.Get(item.Key); object != item.Object || !found {
				errs = append(errs, fmt.Errorf("Get(%v) = %+v, %t, want %+v", item.Key, object, found, item.Object))
			}
		}
		errs = append(errs,
			compareView(view.Namespaces(), want, namespacesOf),
			compareView(m.hosts.In(view), want, hostsOf),
			compareView(m.tags.In(view), want, tagsOf),
			compareView(m.serials.In(view), want, serialsOf))
		if m.late != nil {
			errs = append(errs, compareView(m.late.In(view), want, lateHostsOf))
		}
		if m.latest != nil {
			errs = append(errs, compareView(m.latest.In(view), want, latestTagsOf))
		}
		return errors.Join(errs...)
	}
}

// compareView asks for all that there is in an index, by each way to ask.
func compareView[K comparable](got index.IndexView[K, *task], items []store.Item[*task], values func(*task) []K) error {
	want := map[K][]store.Item[*task]{}
	for _, item := range items {
		for value := range distinct(values(item.Object)) {
			want[value] = append(want[value], item)
		}
	}
	counts := map[K]int{}
	var errs []error
	for value, items := range want {
		counts[value] = len(items)
		first, found := got.First(value)
		if !found || !slices.ContainsFunc(items, func(item store.Item[*task]) bool { return item.Object == first }) {
			errs = append(errs, fmt.Errorf("First(%v) = %+v, %t", value, first, found))
		}
		if got.Count(value) != len(items) {
			errs = append(errs, fmt.Errorf("Count(%v) = %d, want %d", value, got.Count(value), len(items)))
		}
		errs = append(errs, diff(items, slices.Collect(got.Get(value))), diff(items, got.List(value)))
	}
	if diff := cmp.Diff(counts, maps.Collect(got.Counts())); diff != "" {
		errs = append(errs, fmt.Errorf("counts (-want +got):\n%s", diff))
	}
	if keys := slices.Collect(got.Keys()); len(keys) != len(want) || got.Len() != len(want) {
		errs = append(errs, fmt.Errorf("%d keys and Len %d, want %d", len(keys), got.Len(), len(want)))
	}
	return errors.Join(errs...)
}

func distinct[K comparable](values []K) iter.Seq[K] {
	set := map[K]bool{}
	for _, value := range values {
		set[value] = true
	}
	return maps.Keys(set)
}

// agrees checks that a view is in order in itself, without the model: whatever is
// found by an index is what Get returns, and nothing is missing.
func (m *machine) agrees(view index.View[*task]) error {
	return errors.Join(
		agreesOn(view, view.Namespaces(), namespacesOf),
		agreesOn(view, m.hosts.In(view), hostsOf),
		agreesOn(view, m.tags.In(view), tagsOf),
		agreesOn(view, m.serials.In(view), serialsOf))
}

func agreesOn[K comparable](view index.View[*task], in index.IndexView[K, *task], values func(*task) []K) error {
	want, got := 0, 0
	for key, object := range view.Items() {
		if held, found := view.Get(key); held != object || !found {
			return fmt.Errorf("Get(%v) = %+v, %t, and iterating shows %+v", key, held, found, object)
		}
		for range distinct(values(object)) {
			want++
		}
	}
	for value := range in.Keys() {
		if err := allHave(in.Get(value), values, value); err != nil {
			return err
		}
		for object := range in.Get(value) {
			if held, _ := view.Get(object.key); held != object {
				return fmt.Errorf("under %v there is %+v, and Get returns %+v", value, object, held)
			}
			got++
		}
	}
	if got != want {
		return fmt.Errorf("an index shows %d places of objects, which have %d values", got, want)
	}
	return nil
}

// TestG39_AViewIsOneState has tasks change places, two in one Apply, which is
// noted in an object and as the version, while others take views and keep them.
func TestG39_AViewIsOneState(t *testing.T) {
	t.Parallel()
	const perHost = 20
	s := store.New(taskItem)
	indexer := index.New(s, index.Options{OnError: func(err error) { t.Error(err) }})
	hosts := must(index.Add(indexer, "host", hostOf))
	clock := store.Key{Name: "clock"}
	held := make([]*task, modelHosts*perHost)
	for n := range held {
		held[n] = &task{key: store.Key{Namespace: "one", Name: strconv.Itoa(n)}, host: "host-" + strconv.Itoa(n%modelHosts)}
	}
	tick := func(tx store.Tx[*task], version int) {
		tx.Put(itemOf(&task{key: clock, version: strconv.Itoa(version)}))
		tx.SetVersion(strconv.Itoa(version))
	}
	s.Apply(func(tx store.Tx[*task]) {
		for _, each := range held {
			tx.Put(itemOf(each))
		}
		tick(tx, 0)
	})
	check := func(view index.View[*task]) error {
		if now, found := view.Get(clock); !found || now.version != view.Version() {
			return fmt.Errorf("version %q, and the clock shows %+v", view.Version(), now)
		}
		if view.Namespaces().Count("one") != len(held) || view.Len() != len(held)+1 {
			return fmt.Errorf("%d objects, %d of them in the namespace", view.Len(), view.Namespaces().Count("one"))
		}
		for host, count := range hosts.In(view).Counts() {
			if count != perHost {
				return fmt.Errorf("%s has %d tasks, want %d", host, count, perHost)
			}
		}
		return agreesOn(view, hosts.In(view), hostsOf)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			var kept []index.View[*task]
			for running := true; running; {
				select {
				case <-done:
					running = false
				default:
				}
				if kept = append(kept, indexer.View()); len(kept) > 5 {
					kept = kept[1:]
				}
				for _, view := range kept {
					if err := check(view); err != nil {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	choices := model.Random(model.Seed(t), modelSteps()/5)
	for version := 1; choices.More(); version++ {
		a, b := choices.Below(len(held)), choices.Below(len(held))
		movedA, movedB := *held[a], *held[b]
		movedA.host, movedB.host = held[b].host, held[a].host
		held[a], held[b] = &movedA, &movedB
		s.Apply(func(tx store.Tx[*task]) {
			tx.Delete(held[a].key) // what is put first gets the place of b
			tx.Delete(held[b].key)
			tx.Put(itemOf(held[a]))
			tx.Put(itemOf(held[b]))
			tick(tx, version)
		})
	}
	close(done)
	readers.Wait()
}

// TestG39_WritersDoNotWaitForAView writes in the body of each loop: if it held a
// lock, that would not get on.
func TestG39_WritersDoNotWaitForAView(t *testing.T) {
	const many = 10_000 // more than a look-up copies
	f := newFixture(t)
	racks := must(index.Add(f.Indexer, "rack", byRack))
	fill := func() {
		for n := range many {
			f.put(t, &host{Name: fmt.Sprint(n), Rack: "r1"})
		}
	}
	empty := func(seen *int) func(*host) bool {
		return func(h *host) bool {
			f.store.DeleteKey(hostKey(h))
			*seen++
			return true
		}
	}
	for what, objects := range map[string]func() iter.Seq[*host]{
		"all of a view":           func() iter.Seq[*host] { return f.View().All() },
		"a value in a view":       func() iter.Seq[*host] { return racks.In(f.View()).Get("r1") },
		"a namespace in a view":   func() iter.Seq[*host] { return f.View().Namespaces().Get("") },
		"a value with many hosts": func() iter.Seq[*host] { return racks.Get("r1") },
	} {
		fill()
		seen := 0
		objects()(empty(&seen))
		if seen != many || f.Len() != 0 || racks.Len() != 0 {
			t.Errorf("%s: %d hosts seen of %d; %d are left, on %d racks", what, seen, many, f.Len(), racks.Len())
		}
	}
	fill()
	if listed := racks.List("r1"); len(listed) != many {
		t.Errorf("%d hosts in the list, want %d", len(listed), many)
	}
}

func TestAViewBeforeTheIndex(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b", Rack: "r2"}, &host{Name: "c", Rack: "r1"})
	before := f.View()
	racks := must(index.AddUnique(f.Indexer, "rack", byRack))
	reported := len(f.reported)
	f.put(t, &host{Name: "d", Rack: "r1"})
	if got := names(racks.In(before).List("r1")); got != "a c" {
		t.Errorf("In of a view from before = %q, want a and c", got)
	}
	if got := names(racks.In(f.View()).List("r1")); got != "a c d" {
		t.Errorf("In of a view from after = %q, want a, c and d", got)
	}
	if got := len(f.reported) - reported; got != 1 {
		t.Errorf("%d violations reported, want that of d alone", got)
	}
	other := newFixture(t, &host{Name: "x", Rack: "r1"}, &host{Name: "y"})
	if got := names(racks.In(other.View()).List("r1")); got != "x" {
		t.Errorf("In of a view of another indexer = %q, want x", got)
	}
}

// An object that the function of an index cannot do with is no member of it.
func TestAViewBeforeTheIndexLeavesOutWhatItPanicsOn(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b"})
	before := f.View()
	racks := must(index.Add(f.Indexer, "rack", func(h *host) (byte, bool) { return h.Rack[0], true }))
	if got := names(racks.In(before).List('r')); got != "a" || racks.In(before).Len() != 1 {
		t.Errorf("In = %q of %d values, want a of one", got, racks.In(before).Len())
	}
}

func TestAnIndexThatCouldNotBeAddedReadsViews(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1", Ports: []int{80}})
	must(index.Add(f.Indexer, "rack", byRack))
	ports, err := index.AddMulti(f.Indexer, "rack", byPort)
	if err == nil {
		t.Fatal("two indexes of one name")
	}
	if got := names(ports.In(f.View()).List(80)); got != "a" {
		t.Errorf("In = %q, want a", got)
	}
}

func TestZeroViewIsEmpty(t *testing.T) {
	var none index.View[*host]
	if _, found := none.Get(store.Key{Name: "a"}); found || none.Len() != 0 || none.Version() != "" || len(none.List()) != 0 {
		t.Error("the zero View is not empty")
	}
	racks := must(index.Add(newFixture(t, &host{Name: "a", Rack: "r1"}).Indexer, "rack", byRack))
	for what, in := range map[string]index.IndexView[string, *host]{
		"its namespaces": none.Namespaces(), "an index in it": racks.In(none), "the zero IndexView": {},
	} {
		_, found := in.First("r1")
		if found || in.Len() != 0 || in.Count("r1") != 0 || in.List("r1") != nil || len(slices.Collect(in.Get("r1"))) != 0 || len(slices.Collect(in.Keys())) != 0 {
			t.Errorf("%s: not empty", what)
		}
	}
}

// TestG39_AViewCostsTheSameOfManyAsOfFew counts what it takes to take one.
func TestG39_AViewCostsTheSameOfManyAsOfFew(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	cost := func(hosts int) float64 {
		f := newFixture(t)
		must(index.Add(f.Indexer, "rack", byRack))
		for n := range hosts {
			f.put(t, &host{Name: fmt.Sprint(n), Rack: fmt.Sprint("r", n/2)})
		}
		return testing.AllocsPerRun(100, func() { f.View() })
	}
	few, many := cost(10), cost(20_000)
	if few != many || many > 4 {
		t.Errorf("%v allocations of few, %v of many; want 4, of which two are of an index each", few, many)
	}
}

// TestAnUpdateDoesNotAllocate says so of one who takes no view, and of one whose
// view is older than the last write to the same place.
func TestAnUpdateDoesNotAllocate(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	f := newFixture(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b", Rack: "r1"}, &host{Name: "c", Rack: "r2"})
	must(index.Add(f.Indexer, "rack", byRack))
	moves := [2]*host{{Name: "a", Rack: "r1"}, {Name: "a", Rack: "r2"}}
	turn := 0
	update := func() {
		f.put(t, moves[turn&1])
		turn++
	}
	for range 4 { // both racks have had room for it
		update()
	}
	for _, when := range []string{"without a view", "with a view that was written behind"} {
		if n := testing.AllocsPerRun(100, update); n != 0 {
			t.Errorf("%s: %v allocations, want none", when, n)
		}
		view := f.View()
		update()
		update()
		if view.Len() != 3 {
			t.Error("a view has changed")
		}
	}
}
