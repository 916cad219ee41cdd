// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/informer"
)

func TestG19_SyncedFiresOnceTheFirstListIsInAndAHandlersOnceItHasReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		hold := make(chan struct{})
		slow := addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{})
		fast := addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{})
		stop := run(t, inf)
		if closed(inf.Synced()) || closed(fast.Synced()) {
			t.Error("synced before the first list")
		}
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 1), "1"))
		synctest.Wait()
		if !closed(inf.Synced()) || inf.Reader().Len() != 2 || inf.Indexer().Namespaces().Count("") != 2 {
			t.Error("not synced, or the list is not in store and indexes")
		}
		if !closed(fast.Synced()) || closed(slow.Synced()) {
			t.Errorf("fast handler synced: %v, want true; slow one: %v, want false", closed(fast.Synced()), closed(slow.Synced()))
		}
		hold <- struct{}{}
		synctest.Wait()
		if closed(slow.Synced()) {
			t.Error("synced before the last initial add has returned")
		}
		hold <- struct{}{}
		synctest.Wait()
		if !closed(slow.Synced()) {
			t.Error("not synced though all initial adds have returned")
		}
		stop()
		if !closed(inf.Synced()) || !closed(slow.Synced()) {
			t.Error("synced was taken back")
		}
	})
}

func TestG19_NothingSyncsIfTheInformerStopsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newScript(t), informer.Options{})
		handler := addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{})
		run(t, inf)()
		if closed(inf.Synced()) || closed(handler.Synced()) {
			t.Error("synced without a list")
		}
		if !closed(handler.Done()) {
			t.Error("the handler is not done though the informer has stopped")
		}
		if err := inf.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync: %v, want ErrStopped", err)
		}
	})
}

func TestG21_AHandlerAddedLateGetsTheStateAsInitialAddsThenChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		var early, late recorder
		addHandler(t, inf, &early, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		s.update("a", 7)
		s.delete("b")
		synctest.Wait()
		registration := addHandler(t, inf, &late, informer.HandlerOptions[*Widget]{})
		s.update("a", 8)
		s.create("c", 1)
		wantCalls(t, &early, "initial a=1", "initial b=2", "update a 1→7", "delete b=2", "update a 7→8", "add c=1")
		wantCalls(t, &late, "initial a=7", "update a 7→8", "add c=1")
		if !closed(registration.Synced()) {
			t.Error("the late handler has not synced")
		}
	})
}

// TestG21_NoGapAndNoDuplicate adds handlers while changes are streaming in. What
// each is told must fold to the final state, every update must start from the
// state before, and no key may be added twice.
func TestG21_NoGapAndNoDuplicate(t *testing.T) {
	s := newServer(t)
	for i := range 50 {
		s.create(fmt.Sprint("w-", i), 0)
	}
	inf := informer.New(s, informer.Options{})
	stop := runOutside(t, inf)
	if err := inf.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	var folds []*fold
	for i := range 2000 {
		key := fmt.Sprint("w-", i%50)
		switch {
		case i%7 == 3:
			s.delete(key)
			s.create(key, i)
		default:
			s.update(key, i)
		}
		if i%20 == 0 {
			f := newFold(t)
			folds = append(folds, f)
			addHandler(t, inf, f, informer.HandlerOptions[*Widget]{})
		}
	}
	last := s.create("last", 0)
	for _, f := range folds {
		<-f.sees(keyOf(last))
	}
	stop()
	for i, f := range folds {
		for key, w := range f.state {
			if held, found := inf.Reader().Get(key); !found || held != w {
				t.Errorf("handler %d holds %v, the cache %v", i, w, held)
			}
		}
		if len(f.state) != inf.Reader().Len() {
			t.Errorf("handler %d holds %d objects, the cache %d", i, len(f.state), inf.Reader().Len())
		}
	}
}
