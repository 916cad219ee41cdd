// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

func TestGroupSharesAnInformerByTypeAndScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a", "yard/b")
		sizes := informer.Provider[int]{Resource: widgets, Source: func(scope informer.Scope) listwatch.ListWatcher[int] {
			return listwatch.Map(s.source(scope), func(w *Widget) (int, error) { return w.Size, nil })
		}}
		group := informer.NewGroup(informer.GroupOptions{})
		early := s.acquire(group, "shop")
		defer run(t, group)()
		same := s.provider().Acquire(group, informer.Scope{Resource: widgets, Namespace: "shop"})
		all, other := s.acquire(group, ""), s.acquire(group, "yard")
		selected := s.provider().Acquire(group, informer.Scope{Namespace: "shop", LabelSelector: "a!=b"})
		size := sizes.Acquire(group, informer.Scope{Namespace: "shop"})
		s.wantWatches(5)
		if early.Reader() != same.Reader() {
			t.Error("equal scopes have two informers")
		}
		for _, handle := range []*informer.Handle[*Widget]{all, other, selected} {
			if handle.Reader() == early.Reader() {
				t.Errorf("%v and %v have one informer", early.Scope(), handle.Scope())
			}
		}
		if all.Reader().Len() != 2 || other.Reader().Len() != 1 || size.Reader().Len() != 1 {
			t.Error("an informer has not what its scope says")
		}
		want := []string{
			"widgets.test.io *informer_test.Widget 1",
			"widgets.test.io in shop *informer_test.Widget 2",
			"widgets.test.io in shop int 1",
			"widgets.test.io in shop with labels a!=b *informer_test.Widget 1",
			"widgets.test.io in yard *informer_test.Widget 1",
		}
		for range 20 { // in a map two of a scope lie in any order
			if again := group.Stats(); again[1].Type != "*informer_test.Widget" || again[2].Type != "int" {
				t.Fatalf("of one scope %s comes before %s", again[1].Type, again[2].Type)
			}
		}
		var stats, health []string
		for _, s := range group.Stats() {
			stats = append(stats, strings.Join([]string{s.Scope.String(), s.Type, string(rune('0' + s.Handles))}, " "))
			if !s.Synced || s.Objects == 0 {
				t.Errorf("stats of %v: %+v", s.Scope, s.Stats)
			}
		}
		for _, h := range group.Health() {
			health = append(health, strings.Join([]string{h.Scope.String(), h.Type, string(rune('0' + h.Handles))}, " "))
			if !h.Synced || h.Phase.String() != "watch" {
				t.Errorf("health of %v: %+v", h.Scope, h.Health)
			}
		}
		if diff := cmp.Diff(want, stats); diff != "" {
			t.Errorf("stats (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want, health); diff != "" {
			t.Errorf("health (-want +got):\n%s", diff)
		}
	})
}

func TestGroupRunsAnInformerFromTheFirstAcquisitionToTheLastRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		first := s.acquire(group, "shop")
		s.wantWatches(0)
		stop := run(t, group)
		s.wantWatches(1)
		second := s.acquire(group, "shop")
		first.Release()
		first.Release() // counts once
		wantDone(t, first, true)
		s.wantWatches(1)
		second.Release()
		wantDone(t, second, true)
		s.wantWatches(0)
		if stats := group.Stats(); len(stats) != 0 {
			t.Errorf("left in the group: %+v", stats)
		}
		if err := second.WaitForSync(t.Context()); err != nil || second.Reader().Len() != 1 {
			t.Errorf("the cache of an informer that has stopped: %d objects, %v", second.Reader().Len(), err)
		}

		// A scope that was stopped can be acquired again.
		s.create("shop/b", 2)
		again := s.acquire(group, "shop")
		var calls recorder
		addHandler(t, again, &calls, informer.HandlerOptions[*Widget]{})
		if err := again.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := index.Add(again.Indexer(), "size", bySize); err != nil {
			t.Error(err)
		}
		s.delete("shop/a")
		wantCalls(t, &calls, "initial shop/a=1", "initial shop/b=2", "delete shop/a=1")
		s.wantWatches(1)
		stop()
		s.wantWatches(0)
		wantDone(t, again, false) // it was not released
		again.Release()
		wantDone(t, again, true)
	})
}

func TestGroupInformerThatIsReleasedBeforeRunNeverRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{Linger: time.Hour})
		handle := s.acquire(group, "shop")
		var calls recorder
		registration := addHandler(t, handle, &calls, informer.HandlerOptions[*Widget]{})
		handle.Release()
		if !closed(handle.Done()) || !closed(registration.Done()) {
			t.Error("the handle or its handler is not done")
		}
		if err := handle.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync: %v, want ErrStopped", err)
		}
		run(t, group)()
		wantCalls(t, &calls)
		if _, _, ever := s.watches.read(); ever != 0 {
			t.Errorf("%d watches", ever)
		}
	})
}

func TestGroupLetsAnInformerLinger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{Linger: time.Minute})
		stop := run(t, group)
		first := s.acquire(group, "shop")
		s.wantWatches(1)
		first.Release()
		time.Sleep(time.Minute - 1)
		s.wantWatches(1)
		wantDone(t, first, false)
		second := s.acquire(group, "shop")
		wantDone(t, first, true)
		if second.Reader() != first.Reader() || second.Reader().Len() != 1 {
			t.Error("the informer that lingered was not taken up with its cache")
		}
		s.acquire(group, "shop").Release() // has no part in the lingering
		time.Sleep(time.Hour)
		s.wantWatches(1)
		if _, _, lists := s.lists.read(); lists != 1 {
			t.Errorf("%d lists, want 1", lists)
		}
		second.Release()
		time.Sleep(time.Minute - 1)
		s.wantWatches(1)
		time.Sleep(time.Nanosecond)
		s.wantWatches(0)
		wantDone(t, second, true)
		if stats := group.Stats(); len(stats) != 0 {
			t.Errorf("left in the group: %+v", stats)
		}

		third := s.acquire(group, "shop")
		s.wantWatches(1)
		third.Release()
		stop() // at once, though it lingers
		wantDone(t, third, true)
		if stats := group.Stats(); len(stats) != 0 {
			t.Errorf("left after Run: %+v", stats)
		}
	})
}

func TestGroupNeverWatchesAScopeTwiceAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		defer run(t, group)()
		first := s.acquire(group, "shop")
		hold := make(chan struct{})
		addHandler(t, first, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{})
		s.wantWatches(1)
		first.Release()
		s.wantWatches(0)

		second := s.acquire(group, "shop")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := second.WaitForSync(ctx)
		if err == nil || !strings.Contains(err.Error(), "waiting for the end of the informer that was released before") {
			t.Errorf("WaitForSync: %v", err)
		}
		second.Release() // before it could begin
		third := s.acquire(group, "shop")
		s.wantWatches(0)
		wantDone(t, first, false)
		wantDone(t, second, false)
		close(hold)
		if err := third.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
		s.wantWatches(1)
		wantDone(t, first, true)
		wantDone(t, second, true)
		third.Release()
		s.wantWatches(0)
		if _, most, _ := s.watches.read(); most != 1 {
			t.Errorf("%d watches of one scope at once", most)
		}
	})
}

func TestGroupRunBlocksUntilAllHasEndedAndIsCalledOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a goroutine that is left fails the bubble
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		held := s.acquire(group, "shop")
		hold := make(chan struct{})
		addHandler(t, held, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{})
		ctx, cancel := context.WithCancel(t.Context())
		finished := make(chan error, 1)
		go func() { finished <- group.Run(ctx) }()
		synctest.Wait()
		if err := group.Run(ctx); err == nil || !strings.Contains(err.Error(), "runs already") {
			t.Errorf("a second Run: %v", err)
		}
		cancel()
		s.wantWatches(0)
		if len(finished) != 0 {
			t.Error("Run returned while a handler's call was running")
		}
		held.Release()
		wantDone(t, held, false)
		late := s.acquire(group, "shop") // the one before has not ended yet
		if err := late.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync of what was acquired after the end: %v, want ErrStopped", err)
		}
		close(hold)
		synctest.Wait()
		if err := <-finished; err != nil {
			t.Errorf("Run: %v", err)
		}
		wantDone(t, held, true)
		if err := group.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "make a new one") {
			t.Errorf("Run after the end: %v", err)
		}
	})
}

func TestGroupThatHasEndedGivesStoppedInformers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{Linger: time.Hour})
		run(t, group)()
		handle := s.acquire(group, "shop")
		if err := handle.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync: %v, want ErrStopped", err)
		}
		if err := group.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync of the group: %v, want ErrStopped", err)
		}
		if _, err := handle.AddHandler(&recorder{}); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("AddHandler: %v, want ErrStopped", err)
		}
		if _, err := index.Add(handle.Indexer(), "size", bySize); !errors.Is(err, index.ErrClosed) {
			t.Errorf("index.Add: %v, want ErrClosed", err)
		}
		for range handle.Events(t.Context()) {
			t.Error("an event")
		}
		handle.Release()
		wantDone(t, handle, true)
		if len(group.Stats()) != 0 || group.WaitForSync(t.Context()) != nil {
			t.Errorf("left in the group: %+v", group.Stats())
		}
		if _, _, ever := s.watches.read(); ever != 0 {
			t.Errorf("%d watches", ever)
		}
	})
}

// That an informer cannot run is known before the group runs.
func TestWaitingForAnInformerThatCannotRunEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := informer.NewGroup(informer.GroupOptions{})
		bad := only(nil).Acquire(group, informer.Scope{Namespace: "shop"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		began := time.Now()
		err := bad.WaitForSync(ctx)
		if !errors.Is(err, informer.ErrStopped) || !strings.Contains(err.Error(), "the Source of the provider has returned nil") {
			t.Errorf("WaitForSync: %v", err)
		}
		if waited := time.Since(began); waited > 0 {
			t.Errorf("it took %v", waited)
		}
		bad.Release()
	})
}

func TestGroupInformerThatCannotRunEndsNoOther(t *testing.T) {
	for want, acquire := range map[string]func(supply, *informer.Group) *informer.Handle[*Widget]{
		"widgets.test.io in shop: the Source of the provider has returned nil": func(_ supply, group *informer.Group) *informer.Handle[*Widget] {
			return only(nil).Acquire(group, informer.Scope{Namespace: "shop"})
		},
		"widgets.test.io: the provider has no Source": func(_ supply, group *informer.Group) *informer.Handle[*Widget] {
			return informer.Provider[*Widget]{Resource: widgets}.Acquire(group, informer.Scope{})
		},
		"lamps: the provider is of widgets.test.io": func(s supply, group *informer.Group) *informer.Handle[*Widget] {
			return s.provider().Acquire(group, informer.Scope{Resource: lamps})
		},
		"set one of them": func(s supply, group *informer.Group) *informer.Handle[*Widget] {
			return s.provider().Acquire(group, informer.Scope{Namespace: "shop", Namespaces: new(informer.NameSet)})
		},
	} {
		t.Run(want, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSupply(t, "yard/a")
				var reported []string
				group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{
					OnError: func(err error) { reported = append(reported, err.Error()) },
				}})
				ctx, cancel := context.WithCancel(t.Context())
				finished := make(chan error, 1)
				go func() { finished <- group.Run(ctx) }()
				good, bad := s.acquire(group, "yard"), acquire(s, group)
				if err := good.WaitForSync(t.Context()); err != nil {
					t.Error(err)
				}
				for _, err := range []error{bad.WaitForSync(t.Context()), group.WaitForSync(t.Context())} {
					var late *informer.NotSyncedError
					if !errors.As(err, &late) || !errors.Is(err, informer.ErrStopped) || !strings.Contains(err.Error(), want) {
						t.Errorf("WaitForSync: %v, want %q", err, want)
					}
				}
				s.wantWatches(1)
				if len(reported) != 1 || !strings.Contains(reported[0], want) {
					t.Errorf("reported %q, want %q", reported, want)
				}
				bad.Release()
				wantDone(t, bad, true)
				cancel()
				if err := <-finished; err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("Run: %v, want %q", err, want)
				}
			})
		})
	}
}

// A Source may call the group, also one of a live set, of which it is called once
// for each name.
func TestNoSourceIsCalledWithALockOfTheGroupHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSupply(t, "a/x")
		var namespaces informer.NameSet
		if err := namespaces.Add("a"); err != nil {
			t.Fatal(err)
		}
		calls := 0
		provider := informer.Provider[*Widget]{Resource: widgets, Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
			if calls++; scope.Namespace != "a" || scope.Namespaces != nil {
				t.Errorf("Source is asked for %+v, want namespace a", scope)
			}
			return s.source(scope)
		}}
		group := informer.NewGroup(informer.GroupOptions{})
		early := provider.Acquire(group, informer.Scope{Namespaces: &namespaces})
		before := calls
		early.Release() // which makes it an informer that has stopped
		if calls != before {
			t.Error("Source was called by Release, of an informer that never ran")
		}
		run(t, group)()
		late := provider.Acquire(group, informer.Scope{Namespaces: &namespaces})
		late.Release()
		if calls != 2*before {
			t.Errorf("Source was called %d times for two informers that never ran, want %d each", calls, before)
		}
	})
}
