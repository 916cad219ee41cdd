// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func TestReleaseRemovesTheHandlersOfTheHandleAndNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		released, held := s.acquire(group, "shop"), s.acquire(group, "shop")
		var ours, theirs recorder
		registration := addHandler(t, released, &ours, informer.HandlerOptions[*Widget]{})
		addHandler(t, held, &theirs, informer.HandlerOptions[*Widget]{})
		wantCalls(t, &ours, "initial shop/a=1")
		released.Release()
		s.create("shop/b", 2)
		wantCalls(t, &ours)
		wantCalls(t, &theirs, "initial shop/a=1", "add shop/b=2")
		if !closed(registration.Done()) {
			t.Error("the handler was not removed")
		}
		wantDone(t, released, true)
		wantDone(t, held, false)
		if _, err := released.AddHandler(&ours); !errors.Is(err, informer.ErrReleased) {
			t.Errorf("AddHandler after Release: %v, want ErrReleased", err)
		}
		for range released.Events(t.Context()) {
			t.Error("an event after Release")
		}
		if released.Reader().Len() != 2 {
			t.Error("the cache cannot be read after Release")
		}
		if stats := held.Stats(); len(stats.Handlers) != 1 || stats.Objects != 2 {
			t.Errorf("stats %+v, want 1 handler and 2 objects", stats)
		}
	})
}

func TestDoneIsAfterTheLastCallAlsoOfAHandlerThatReleases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		handle := s.acquire(group, "shop")
		calls := 0
		hold := make(chan struct{})
		addHandler(t, handle, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) {
			calls++
			handle.Release()
			handle.Release()
			if closed(handle.Done()) {
				t.Error("done while its handler is running")
			}
			<-hold
		}}, informer.HandlerOptions[*Widget]{})
		s.wantWatches(0)
		wantDone(t, handle, false)
		close(hold)
		wantDone(t, handle, true)
		if calls != 1 {
			t.Errorf("%d calls, want 1", calls)
		}
	})
}

func TestHandlerThatIsRemovedKeepsNoHandleFromBeingDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		handle, other := s.acquire(group, "shop"), s.acquire(group, "shop")
		defer other.Release()
		addHandler(t, handle, &recorder{}, informer.HandlerOptions[*Widget]{}).Remove() // before Run
		stop := run(t, group)
		addHandler(t, handle, &recorder{}, informer.HandlerOptions[*Widget]{}).Remove()
		synctest.Wait()
		handle.Release()
		if !closed(handle.Done()) {
			t.Error("not done")
		}
		stop()
	})
}

func TestLoopOverTheEventsOfAHandleEndsAtItsRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		released, held := s.acquire(group, "shop"), s.acquire(group, "shop")
		var ours, theirs recorder
		listen := func(handle *informer.Handle[*Widget], to *recorder) {
			for event := range handle.Events(t.Context()) {
				to.note(event.Type.String() + " " + event.Key.Name)
			}
			to.note("end")
		}
		go listen(released, &ours)
		go listen(held, &theirs)
		wantCalls(t, &ours, "Added a", "Synced ")
		released.Release()
		wantDone(t, released, true)
		s.create("shop/b", 1)
		wantCalls(t, &ours, "end")
		wantCalls(t, &theirs, "Added a", "Synced ", "Added b")
	})
}

func TestHandleHasWhatItsInformerHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScript(t)
		group := informer.NewGroup(informer.GroupOptions{})
		handle := only(s).Acquire(group, informer.Scope{})
		defer run(t, group)()
		if closed(handle.Synced()) {
			t.Error("synced before the list")
		}
		s.listItems("9", itemOf(at(widget("shop/a", 1), "8")), brokenItem("b", "9"))
		synctest.Wait()
		if !closed(handle.Synced()) || handle.WaitForSync(t.Context()) != nil {
			t.Error("not synced after the list")
		}
		got, err := handle.Lister().Namespace("shop").Get("a")
		if err != nil || got.Size != 1 || handle.Indexer().Namespaces().Count("shop") != 1 || handle.Reader().Len() != 1 {
			t.Errorf("%v, %v, and %d objects", got, err, handle.Reader().Len())
		}
		if _, broken := handle.Quarantined(store.Key{Name: "b"}); !broken {
			t.Error("b is not in quarantine")
		}
		stats, health := handle.Stats(), handle.Health()
		if diff := cmp.Diff([]int{1, 1, 1}, []int{stats.Objects, stats.Quarantined, len(health.Quarantined)}); diff != "" {
			t.Errorf("stats and health (-want +got):\n%s", diff)
		}
	})
}
