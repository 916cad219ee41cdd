// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// matched is what a join of widgets by size makes of one.
func matched(w *Widget, matches iter.Seq[*Widget]) (string, error) {
	return fmt.Sprint(w.Size, " ", names(matches)), nil
}

func TestJoinFollowsBothSides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newSteady(t, "l1", "l2"), newSteady(t, "r1", "r2")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		view := informer.Join(sameSize(one), sameSize(two), matched, informer.ViewOptions[string]{})
		calls := listen(t, view)
		for _, each := range []runner{one, view} {
			defer run(t, each)()
		}
		calls.want(t)
		defer run(t, two)()
		calls.want(t, "initial l1: 1 [r1]", "initial l2: 2 [r2]")
		right.update("r1", 2) // it leaves the one for the other
		calls.want(t, "update l1: 1 [r1]→1 []", "update l2: 2 [r2]→2 [r1 r2]")
		left.update("l1", 2)
		calls.want(t, "update l1: 1 []→2 [r1 r2]")
		right.create("r3", 7)
		right.update("r3", 8)
		calls.want(t)
		left.update("l1", 8)
		calls.want(t, "update l1: 2 [r1 r2]→8 [r3]")
		right.delete("r3")
		right.delete("r2")
		calls.want(t, "update l1: 8 [r3]→8 []", "update l2: 2 [r1 r2]→2 [r1]")
		left.delete("l2")
		calls.want(t, "gone l2: 2 [r1]")
		right.update("r1", 0) // of size 0 it is in no match
		left.update("l1", 0)
		calls.want(t, "update l1: 8 []→0 []")
	})
}

func TestJoinComputesAnewWhatAChangeConcerns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newSteady(t, "l1", "l2"), newSteady(t, "r1", "r2")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		var computed []string
		view := informer.Join(sameSize(one), sameSize(two), func(w *Widget, matches iter.Seq[*Widget]) (string, error) {
			computed = append(computed, w.Name)
			return matched(w, matches)
		}, informer.ViewOptions[string]{})
		for _, each := range []runner{one, two, view} {
			defer run(t, each)()
		}
		computed = nil
		right.update("r1", 2) // concerns both that it matches and matched
		left.update("l2", 5)
		right.create("r3", 7)
		if diff := cmp.Diff([]string{"l1", "l2", "l2"}, computed); diff != "" {
			t.Errorf("computed anew (-want +got):\n%s", diff)
		}
	})
}

func TestJoinByManyValuesSeesEachObjectOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newSteady(t, "l6"), newSteady(t, "r1", "r2", "r3", "r4")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		factors := func(w *Widget) (all []int) {
			for n := 1; n <= w.Size; n++ {
				if w.Size%n == 0 {
					all = append(all, n, n)
				}
			}
			return all
		}
		view := informer.Join(informer.ByMulti(one, factors), informer.ByMulti(two, factors), matched, informer.ViewOptions[string]{})
		for _, each := range []runner{one, two, view} {
			defer run(t, each)()
		}
		left.update("l6", 4)
		wantContents(t, view, "l6: 4 [r1 r2 r3 r4]") // all share 1, and some 2 and 4 besides
		right.delete("r2")
		wantContents(t, view, "l6: 4 [r1 r3 r4]")
	})
}

func TestJoinLeavesOutAndQuarantines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newSteady(t, "l1", "l2"), newSteady(t, "r1", "x/r2")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		var told troubles
		size := func(w *Widget) (any, bool) {
			switch w.Size {
			case 7:
				panic("seven")
			case 8:
				return []int{8}, true // which has no ==
			}
			return w.Size, true
		}
		view := informer.Join(informer.By(one, size), informer.By(two, size), func(w *Widget, matches iter.Seq[*Widget]) (string, error) {
			for match := range matches {
				return match.Name, nil
			}
			return "", informer.ErrSkip
		}, informer.ViewOptions[string]{OnError: told.report})
		for _, each := range []runner{one, two, view} {
			defer run(t, each)()
		}
		wantContents(t, view, "l1: r1", "l2: r2")
		told.wantNone(t)
		right.update("x/r2", 7)
		left.update("l1", 8)
		wantContents(t, view, "l1: r1", "l2: r2") // in their last good states
		var got []string
		for _, entry := range view.Health().Quarantined {
			got = append(got, fmt.Sprint(entry.Key, " ", entry.Stage))
			if entry.Stage != listwatch.StageKey {
				t.Errorf("%v failed in %s", entry.Key, entry.Stage)
			}
		}
		if diff := cmp.Diff([]string{"widgets:l1 key", "widgets:x/r2 key"}, got); diff != "" {
			t.Errorf("in quarantine (-want +got):\n%s", diff)
		}
		if errs := told.take(); len(errs) != 2 {
			t.Errorf("reported: %v", errs)
		}
		right.update("x/r2", 1)
		wantContents(t, view, "l1: r1")
		left.delete("l1")
		wantContents(t, view)
		if got := view.Stats().Quarantined; got != 0 {
			t.Errorf("%d in quarantine when all is well again", got)
		}
	})
}

func TestGroupByFollowsItsInput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSteady(t, "x/a", "x/b", "y/a")
		inf := informer.New(s, informer.Options{})
		var told troubles
		view := informer.GroupBy(informer.ByMulti(inf, func(w *Widget) []store.Key {
			if w.Size == 9 {
				return []store.Key{{Name: "not/valid"}}
			}
			keys := []store.Key{{Name: w.Namespace}}
			if w.Size > 4 {
				keys = append(keys, store.Key{Name: "large"}, store.Key{Name: "large"})
			}
			return keys
		}), func(group store.Key, all iter.Seq[*Widget]) (string, error) {
			if text := names(all); group.Name == "y" && text == "[y/z]" {
				return "", errBroken
			}
			return names(all), nil
		}, informer.ViewOptions[string]{OnError: told.report})
		calls := listen(t, view)
		defer run(t, inf)()
		defer run(t, view)()
		calls.want(t, "initial x: [x/a x/b]", "initial y: [y/a]")
		s.update("x/a", 2) // the group stays what it was
		calls.want(t)
		s.update("x/a", 5)
		calls.want(t, "add large: [x/a]")
		s.create("y/z", 6)
		calls.want(t, "update large: [x/a]→[x/a y/z]", "update y: [y/a]→[y/a y/z]")
		s.delete("x/b")
		s.delete("x/a")
		calls.want(t, "gone x: [x/a]", "update large: [x/a y/z]→[y/z]", "update x: [x/a x/b]→[x/a]")
		s.update("y/z", 1)
		calls.want(t, "gone large: [y/z]")
		told.wantNone(t)
		s.delete("y/a")
		synctest.Wait()
		if entry, found := view.Quarantined(store.Key{Name: "y"}); !found || !entry.Stale || entry.Stage != listwatch.StageTransform {
			t.Errorf("the group that cannot be computed: %v, %+v", found, entry)
		}
		s.update("y/z", 9)
		synctest.Wait()
		if entry, found := view.Quarantined(store.Key{Namespace: "widgets:y", Name: "z"}); !found || entry.Stage != listwatch.StageKey {
			t.Errorf("the object that is in no group: %v, %+v", found, entry)
		}
		calls.want(t)
		s.delete("y/z")
		calls.want(t, "gone y: [y/a y/z]")
		if got := view.Stats().Quarantined; got != 0 {
			t.Errorf("%d in quarantine", got)
		}
	})
}
