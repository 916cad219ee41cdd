// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func doubled(w *Widget) (int, error) { return 2 * w.Size, nil }

func TestMapFollowsItsInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{})
		early := listen(t, view)
		defer run(t, view)()
		early.want(t)
		if closed(view.Synced()) {
			t.Error("the view has synced, and its input has not")
		}
		defer run(t, inf)()
		early.want(t, "initial a: 2", "initial b: 4")
		s.create("c", 3)
		s.update("a", 7)
		s.delete("b")
		early.want(t, "add c: 6", "update a: 2→14", "delete b: 4")
		wantContents(t, view, "a: 14", "c: 6")
		listen(t, view).want(t, "initial a: 14", "initial c: 6")
		even, err := index.Add(view.Indexer(), "half", func(n int) (int, bool) { return n / 2, true })
		if err != nil || even.Count(7) != 1 {
			t.Errorf("an index of a view counts %d, %v", even.Count(7), err)
		}
		if stats := view.Stats(); stats.Version != s.Version() || stats.Objects != 2 || stats.Resource != "int" {
			t.Errorf("the stats of the view are %+v", stats)
		}
	})
}

func TestHandlersOfAViewHearOnlyOfRealChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a")
		inf := informer.New(s, informer.Options{})
		half := func(w *Widget) (*int, error) {
			n := w.Size / 2
			return &n, nil
		}
		deep := informer.Map(inf, half, informer.ViewOptions[*int]{})
		parity := informer.Map(inf, half, informer.ViewOptions[*int]{Equal: func(a, b *int) bool { return *a%2 == *b%2 }})
		calls := []*recorder{listen(t, inf), listen(t, deep), listen(t, parity)}
		for _, each := range []runner{inf, deep, parity} {
			defer run(t, each)()
		}
		pointer := func() *int {
			n, _ := deep.Reader().Get(store.Key{Name: "a"})
			return n
		}
		s.update("a", 2)
		synctest.Wait()
		before := pointer()
		s.update("a", 3)
		synctest.Wait()
		if pointer() != before {
			t.Error("an equal result has taken the place of the one before")
		}
		s.update("a", 6)
		synctest.Wait()
		var got []int
		for _, r := range calls {
			got = append(got, len(r.take()))
		}
		if diff := cmp.Diff([]int{4, 3, 2}, got); diff != "" {
			t.Errorf("calls of a handler of the input, of a view, and of one that sees little (-want +got):\n%s", diff)
		}
	})
}

func TestFilterHandsOnTheObjectsThatPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a", "b", "c")
		inf := informer.New(s, informer.Options{})
		view := informer.Filter(inf, func(w *Widget) bool { return w.Size < 3 }, informer.ViewOptions[*Widget]{})
		calls := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		calls.want(t, "initial a: a=1", "initial b: b=2")
		s.update("a", 2)
		s.update("b", 5)
		s.update("c", 6)
		calls.want(t, "update a: a=1→a=2", "gone b: b=2")
		s.update("a", 2) // the same but for its version, and so another object
		s.delete("c")
		calls.want(t, "update a: a=2→a=2")
		s.update("b", 1)
		s.delete("a")
		calls.want(t, "add b: b=1", "delete a: a=2")
		inner, _ := inf.Reader().Get(store.Key{Name: "b"})
		if outer, _ := view.Reader().Get(store.Key{Name: "b"}); inner != outer {
			t.Error("the view has a copy")
		}
		if _, err := view.Lister().Get("a"); err == nil || !strings.Contains(err.Error(), "widgets") {
			t.Errorf("the error of what is absent is %v", err)
		}
	})
}

// A relist of the input is one change of the view too.
func TestARelistOfTheInputReachesAViewAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		inf := informer.New(s, informer.Options{OnError: func(error) {}})
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{})
		var seen []string
		addHandler(t, view, informer.EventFunc[int](func(event informer.Event[int]) {
			if !event.Initial {
				seen = append(seen, fmt.Sprint(contents(view)))
			}
		}), informer.HandlerOptions[int]{})
		defer run(t, inf)()
		defer run(t, view)()
		s.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"))
		synctest.Wait()
		s.expire()
		s.list("20", at(widget("b", 3), "11"), at(widget("c", 4), "12"))
		synctest.Wait()
		all := "[b: 6 c: 8]"
		if diff := cmp.Diff([]string{all, all, all}, seen); diff != "" {
			t.Errorf("what a handler reads when it is called (-want +got):\n%s", diff)
		}
		if version := view.Stats().Version; version != "20" {
			t.Errorf("the view is at %q", version)
		}
	})
}

func TestTheVersionOfTheInputTravelsAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		inf := informer.New(s, informer.Options{})
		odd := informer.Filter(inf, func(w *Widget) bool { return w.Size%2 == 1 }, informer.ViewOptions[*Widget]{})
		view := informer.Map(odd, doubled, informer.ViewOptions[int]{})
		both := informer.Join(sameSize(inf), sameSize(odd), func(w *Widget, _ iter.Seq[*Widget]) (int, error) { return w.Size, nil }, informer.ViewOptions[int]{})
		for _, each := range []runner{inf, odd, view, both} {
			defer run(t, each)()
		}
		want := func(version string) {
			t.Helper()
			synctest.Wait()
			for _, stats := range []informer.Stats{odd.Stats(), view.Stats(), both.Stats()} {
				if stats.Version != version || len(stats.Parts) > 0 {
					t.Errorf("%s is at %q, with parts %v; want %q", stats.Resource, stats.Version, stats.Parts, version)
				}
			}
		}
		want("")
		s.list("10", at(widget("a", 1), "1"))
		want("10")
		s.send(listwatch.Bookmark, store.Item[*Widget]{Version: "15"})
		want("15")
		s.added(at(widget("b", 2), "17")) // which the filter leaves out
		want("17")
		s.deleted(at(widget("a", 1), "18"))
		want("18")
	})
}

func TestAViewOfSeveralResourcesHasAVersionOfEach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newServer(t, "a"), newServer(t, "a", "b")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		view := informer.Join(sameSize(one), sameSize(two), func(w *Widget, matches iter.Seq[*Widget]) (string, error) {
			return names(matches), nil
		}, informer.ViewOptions[string]{})
		for _, each := range []runner{one, two, view} {
			defer run(t, each)()
		}
		right.update("b", 3)
		synctest.Wait()
		var got []string
		for _, part := range view.Stats().Parts {
			got = append(got, fmt.Sprint(part.Name, " ", part.Version, " ", part.Synced))
		}
		want := []string{fmt.Sprint("widgets ", left.Version(), " true"), fmt.Sprint("widgets-2 ", right.Version(), " true")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("versions (-want +got):\n%s", diff)
		}
	})
}

func TestTheFunctionsOfAViewMayFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a", "b", "c", "d")
		inf := informer.New(s, informer.Options{})
		var told troubles
		view := informer.Map(inf, func(w *Widget) (int, error) {
			switch w.Size {
			case 2, 20:
				return 0, errBroken
			case 3:
				panic(errBroken)
			case 4, 40:
				return 0, informer.ErrSkip
			}
			return w.Size, nil
		}, informer.ViewOptions[int]{OnError: told.report})
		calls := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		quarantined := func(want ...string) {
			t.Helper()
			synctest.Wait()
			var got []string
			for _, entry := range view.Health().Quarantined {
				got = append(got, fmt.Sprintf("%v %s stale=%v states=%d", entry.Key, entry.Stage, entry.Stale, entry.States))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("in quarantine (-want +got):\n%s", diff)
			}
		}
		quarantined("b transform stale=false states=1", "c transform stale=false states=1")
		calls.want(t, "initial a: 1")
		for _, err := range told.take() {
			var item *listwatch.ItemError
			if !errors.As(err, &item) || !errors.Is(err, errBroken) {
				t.Errorf("reported: %v", err)
			}
		}
		s.update("a", 20)
		s.update("c", 5)
		s.update("d", 6)
		quarantined("a transform stale=true states=1", "b transform stale=false states=1")
		calls.want(t, "add c: 5", "add d: 6")
		s.update("a", 1) // what the view holds still
		s.delete("b")
		s.update("d", 40)
		quarantined()
		calls.want(t, "gone d: 6")
		wantContents(t, view, "a: 1", "c: 5")
	})
}

func TestAnIndexOfAViewMayRefuseAResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		var told troubles
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{OnError: told.report})
		if _, err := index.Add(view.Indexer(), "odd", func(n int) (int, bool) {
			if n > 10 {
				panic("too large")
			}
			return n, true
		}); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		defer run(t, view)()
		s.update("a", 6)
		s.create("c", 7)
		synctest.Wait()
		if got := view.Stats().Quarantined; got != 2 || len(told.take()) != 2 {
			t.Errorf("%d in quarantine, want 2", got)
		}
		s.update("a", 1)
		s.delete("c")
		synctest.Wait()
		if got := view.Stats().Quarantined; got != 0 {
			t.Errorf("%d in quarantine when all is well again", got)
		}
		wantContents(t, view, "a: 2", "b: 4")
	})
}

// A state that comes once more is no change of the input, and none of a view.
func TestAViewPassesOverRepetitions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		view := informer.Filter(inf, func(*Widget) bool { return true }, informer.ViewOptions[*Widget]{})
		calls := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		source.list("10", at(widget("a", 1), "10"))
		calls.want(t, "initial a: a=1")
		source.modified(at(widget("a", 1), "10"))
		calls.want(t)
	})
}

// A result may get another key than the one before had.
func TestAnObjectThatGetsAnotherKeyLeavesTheOneItHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{
			Key:     func(n int) store.Key { return store.Key{Name: fmt.Sprint("n", n)} },
			OnError: func(err error) { t.Error(err) },
		})
		calls := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		calls.want(t, "initial n2: 2", "initial n4: 4")
		s.update("a", 3)
		calls.want(t, "gone n2: 2", "add n6: 6")
		s.update("b", 1) // which is free now
		calls.want(t, "gone n4: 4", "add n2: 2")
		s.delete("b")
		calls.want(t, "gone n2: 2")
		wantContents(t, view, "n6: 6")
	})
}

func TestCollisionsOfKeysLoseNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "x/a", "y/a", "y/b")
		inf := informer.New(s, informer.Options{})
		var told troubles
		view := informer.Filter(inf, func(w *Widget) bool { return w.Size < 10 }, informer.ViewOptions[*Widget]{
			Key: func(w *Widget) store.Key {
				if w.Size == 9 {
					return store.Key{Name: "not/valid"}
				}
				return store.Key{Name: w.Name}
			},
			OnError: told.report,
		})
		calls := listen(t, view)
		collisions := func(want ...string) {
			t.Helper()
			synctest.Wait()
			var got []string
			for _, err := range told.take() {
				var collision *informer.CollisionError
				if errors.As(err, &collision) {
					got = append(got, fmt.Sprint(collision.Key, collision.Rows))
				} else {
					got = append(got, err.Error())
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
		}
		defer run(t, inf)()
		defer run(t, view)()
		calls.want(t, "initial a: x/a=1", "initial b: y/b=3")
		collisions("a [x/a y/a]")
		s.update("y/a", 5) // nobody sees it, and it has collided before
		calls.want(t)
		collisions()
		s.create("w/a", 4)
		calls.want(t, "update a: x/a=1→w/a=4")
		collisions("a [w/a x/a y/a]")
		s.delete("w/a")
		s.delete("x/a")
		calls.want(t, "update a: w/a=4→x/a=1", "update a: x/a=1→y/a=5")
		s.update("y/a", 9)
		synctest.Wait()
		if entry, found := view.Quarantined(store.Key{Name: "a"}); !found || !entry.Stale || entry.Stage != listwatch.StageKey {
			t.Errorf("an object that gets no valid key is in quarantine: %v, %+v", found, entry)
		}
		if errs := told.take(); len(errs) != 1 {
			t.Errorf("reported: %v", errs)
		}
		s.update("y/a", 10)
		calls.want(t, "gone a: y/a=5")
		s.create("z/c", 9)
		synctest.Wait()
		if entry, found := view.Quarantined(store.Key{Namespace: "widgets:z", Name: "c"}); !found || entry.Stale {
			t.Errorf("an object that never had a key in the view is in quarantine: %v, %+v", found, entry)
		}
		s.update("z/c", 8)
		calls.want(t, "add c: z/c=8")
		if got := view.Stats().Quarantined; got != 0 {
			t.Errorf("%d in quarantine", got)
		}
	})
}

func TestAViewWaitsForItsInputsAndSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		forbidden := informer.New(listwatch.ListWatcher[*Widget](refusing{s}), informer.Options{OnError: func(error) {}})
		well := informer.New(s, informer.Options{})
		inner := informer.Join(sameSize(well), sameSize(forbidden), func(w *Widget, _ iter.Seq[*Widget]) (int, error) { return w.Size, nil }, informer.ViewOptions[int]{})
		view := informer.Map(inner, func(n int) (int, error) { return n, nil }, informer.ViewOptions[int]{})
		wait := func() (missing *informer.NotSyncedError) {
			ctx, cancel := context.WithTimeout(t.Context(), 1)
			defer cancel()
			if err := view.WaitForSync(ctx); !errors.As(err, &missing) || !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("WaitForSync: %v", err)
			}
			return missing
		}
		if text := wait().Error(); !strings.Contains(text, "Run has not been called") {
			t.Errorf("before Run: %s", text)
		}
		for _, each := range []runner{well, view, inner} {
			defer run(t, each)()
		}
		if text := wait().Error(); !strings.Contains(text, "the first list (Run has not been called) of *informer_test.Widget, which it is made of") {
			t.Errorf("before Run of an input: %s", text)
		}
		defer run(t, forbidden)()
		missing := wait()
		if !errors.Is(missing, errBroken) || !strings.Contains(missing.Error(), "tries have failed") {
			t.Errorf("with an input that fails: %v", missing)
		}
		if health := view.Health(); health.Synced || health.Failures == 0 || !errors.Is(health.LastError, errBroken) {
			t.Errorf("the health of a view with an input that fails is %+v", health)
		}
	})
}

// refusing is a source that refuses everything.
type refusing struct{ listwatch.ListWatcher[*Widget] }

func (refusing) List(context.Context, listwatch.ListOptions, func(store.Item[*Widget], error)) (listwatch.Page, error) {
	return listwatch.Page{}, errBroken
}

func (refusing) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) { yield(listwatch.Event[*Widget]{}, errBroken) }
}

func TestAViewStopsWithItsInputs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		other := informer.New(newServer(t, "b"), informer.Options{})
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{})
		outer := informer.Join(sameSize(other), informer.By(view, func(n int) (int, bool) { return n, true }),
			func(w *Widget, _ iter.Seq[int]) (int, error) { return w.Size, nil }, informer.ViewOptions[int]{})
		registration := addHandler(t, view, informer.HandlerFuncs[int]{}, informer.HandlerOptions[int]{})
		defer run(t, other)()
		stopView, stopOuter := run(t, view), run(t, outer)
		stopInput := run(t, inf)
		s.create("c", 3)
		synctest.Wait()
		stopInput()
		if !closed(view.Stopped()) || !closed(outer.Stopped()) || !closed(registration.Done()) {
			t.Error("the views go on without their input")
		}
		wantContents(t, view, "a: 2", "c: 6")
		if _, err := view.AddHandler(informer.HandlerFuncs[int]{}); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("adding a handler to a view that has stopped: %v", err)
		}
		stopView()
		stopOuter()
		if closed(other.Stopped()) || other.Stats().Events != 0 {
			t.Error("the other input has stopped, or keeps events for a view that is gone")
		}
		late := informer.Map(inf, doubled, informer.ViewOptions[int]{})
		if err := late.Run(t.Context()); err != nil {
			t.Errorf("Run of a view of what has stopped: %v", err)
		}
		wantContents(t, late, "a: 2", "c: 6")
	})
}

func TestAViewThatStopsLeavesItsInputAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		defer run(t, inf)()
		view := informer.Map(inf, doubled, informer.ViewOptions[int]{})
		stop := run(t, view)
		stop()
		events := inf.Stats().Events
		s.update("a", 2)
		synctest.Wait()
		if closed(inf.Stopped()) || inf.Stats().Events != events || inf.Listeners() != 0 {
			t.Error("the input has stopped, or does something for a view that is gone")
		}
		wantContents(t, view, "a: 2")
		if err := view.Run(t.Context()); err == nil {
			t.Error("a view ran twice")
		}
	})
}

func TestAHandleIsAnInputUntilItsRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "a")
		group := informer.NewGroup(informer.GroupOptions{})
		informer.Provide(group, s.provider())
		defer run(t, group)()
		keeps, handle := s.acquire(group, ""), s.acquire(group, "")
		defer keeps.Release()
		view := informer.Map(handle, doubled, informer.ViewOptions[int]{})
		late := informer.Map(handle, doubled, informer.ViewOptions[int]{})
		stop := run(t, view)
		wantContents(t, view, "a: 2")
		handle.Release()
		synctest.Wait()
		if !closed(view.Stopped()) || !closed(handle.Done()) || closed(keeps.Done()) {
			t.Error("the view goes on after the release of its input, or the handle is not done")
		}
		stop()
		if err := late.Run(t.Context()); !errors.Is(err, informer.ErrReleased) {
			t.Errorf("Run of a view of a handle that was released: %v", err)
		}
	})
}

func TestAViewOfSomeNamespacesFollowsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "x")
		r.create("x/a", 1)
		r.create("y/a", 2)
		view := informer.Map(r.Informer, doubled, informer.ViewOptions[int]{})
		defer run(t, r)()
		defer run(t, view)()
		wantContents(t, view, "x/a: 2")
		r.add("y")
		wantContents(t, view, "x/a: 2", "y/a: 4")
		r.namespaces.Remove("x")
		wantContents(t, view, "y/a: 4")
		if stats := view.Stats(); stats.Version != "" || len(stats.Parts) > 0 {
			t.Errorf("the view has versions of what has none for all: %+v", stats)
		}
		r.namespaces.Set()
		wantContents(t, view)
	})
}

// What a view has not come to waits in the log of its input, and is folded.
func TestASlowViewDelaysNobodyAndSeesTheLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		turn := make(chan struct{})
		calls := 0
		view := informer.Map(inf, func(w *Widget) (int, error) {
			if calls++; calls > 2 {
				<-turn
			}
			return w.Size, nil
		}, informer.ViewOptions[int]{})
		heard := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		heard.want(t, "initial a: 1", "initial b: 2")
		s.update("a", 3) // the view is in its function from here on
		synctest.Wait()
		for size := range 1000 {
			s.update("a", 10+size)
		}
		s.delete("b")
		s.create("b", 5)
		s.create("c", 6)
		s.delete("c")
		synctest.Wait()
		if w, _ := inf.Reader().Get(store.Key{Name: "a"}); w.Size != 1009 {
			t.Errorf("the input is at %v", w)
		}
		close(turn)
		heard.want(t, "update a: 1→3", "update a: 3→1009", "update b: 2→5")
		if calls > 6 {
			t.Errorf("the function was called %d times", calls)
		}
	})
}

func TestViewsThatArePutTogetherWronglySaySo(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	var none *informer.Informer[*Widget]
	var released *informer.Handle[*Widget]
	keep := func(*Widget) bool { return true }
	pair := func(*Widget, iter.Seq[*Widget]) (int, error) { return 0, nil }
	group := func(*Widget) (store.Key, bool) { return store.Key{}, false }
	views := map[string]runner{
		"Map of nil":         informer.Map(nil, doubled, informer.ViewOptions[int]{}),
		"Map of a nil one":   informer.Map(none, doubled, informer.ViewOptions[int]{}),
		"Map with nil":       informer.Map[*Widget, int](inf, nil, informer.ViewOptions[int]{}),
		"Filter of nil":      informer.Filter(nil, keep, informer.ViewOptions[*Widget]{}),
		"Filter of a nil":    informer.Filter(released, keep, informer.ViewOptions[*Widget]{}),
		"Filter with nil":    informer.Filter(inf, nil, informer.ViewOptions[*Widget]{}),
		"Join of no left":    informer.Join(sameSize(nil), sameSize(inf), pair, informer.ViewOptions[int]{}),
		"Join of no right":   informer.Join(sameSize(inf), sameSize(nil), pair, informer.ViewOptions[int]{}),
		"Join with no value": informer.Join(informer.By[int](inf, nil), sameSize(inf), pair, informer.ViewOptions[int]{}),
		"Join with nil":      informer.Join[int, *Widget, *Widget, int](sameSize(inf), sameSize(inf), nil, informer.ViewOptions[int]{}),
		"GroupBy of nil":     informer.GroupBy(informer.By(nil, group), func(store.Key, iter.Seq[*Widget]) (int, error) { return 0, nil }, informer.ViewOptions[int]{}),
		"GroupBy of none":    informer.GroupBy(informer.ByMulti[store.Key](inf, nil), func(store.Key, iter.Seq[*Widget]) (int, error) { return 0, nil }, informer.ViewOptions[int]{}),
		"GroupBy with nil":   informer.GroupBy[*Widget, int](informer.By(inf, group), nil, informer.ViewOptions[int]{}),
	}
	for name, view := range views {
		if err := view.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "nil") {
			t.Errorf("%s: Run returns %v", name, err)
		}
	}
	broken := informer.Map(none, doubled, informer.ViewOptions[int]{})
	if stats, health := broken.Stats(), broken.Health(); stats.Objects != 0 || health.Synced {
		t.Errorf("a view of nothing has %+v, %+v", stats, health)
	}
	ofBroken := informer.Map(broken, func(n int) (int, error) { return n, nil }, informer.ViewOptions[int]{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := ofBroken.Run(ctx); err != nil {
		t.Errorf("a view of what never syncs: %v", err)
	}
	if !slices.Equal(contents(ofBroken), nil) {
		t.Error("it has contents")
	}
}

// A view that is made of one source in two ways has come as far as the slower.
func TestTheVersionOfAViewIsThatOfTheInputThatIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		before := s.Version()
		inf := informer.New(s, informer.Options{})
		turn := make(chan struct{})
		slow := informer.Filter(inf, func(w *Widget) bool {
			if w.Size > 1 {
				<-turn
			}
			return true
		}, informer.ViewOptions[*Widget]{})
		one := informer.Join(sameSize(inf), sameSize(slow), matched, informer.ViewOptions[string]{})
		other := informer.Join(sameSize(slow), sameSize(inf), matched, informer.ViewOptions[string]{})
		want := func(version, contents string) {
			t.Helper()
			wantContents(t, one, contents)
			if a, b := one.Stats().Version, other.Stats().Version; a != version || b != version {
				t.Errorf("the views are at %q and %q, want %q", a, b, version)
			}
		}
		for _, each := range []runner{inf, slow, one, other} {
			defer run(t, each)()
		}
		want(before, "a: 1 [a]")
		s.update("a", 2)
		want(before, "a: 2 []")
		close(turn)
		want(s.Version(), "a: 2 [a]")
	})
}
