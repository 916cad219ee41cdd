// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestG15_ARelistIsAppliedAtOnceDeletionsFirstThenInListOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		// This handler reads the cache in the middle of the relist's events: it
		// must hold all of the relist already, and nothing of what was before.
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnDelete: func(*Widget, bool) { calls.note(fmt.Sprint("cache ", inf.Reader().Len())) },
		}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 1), "1"), at(widget("c", 1), "1"))
		wantCalls(t, &calls, "initial a=1", "initial b=1", "initial c=1")
		source.expire()
		source.list("9", at(widget("z", 1), "7"), at(widget("c", 2), "8"), at(widget("y", 1), "9"), at(widget("x", 1), "9"))
		synctest.Wait()
		got := calls.take()
		var events []string
		for _, call := range got {
			switch call {
			case "cache 4":
			case "cache 3", "cache 2", "cache 1":
				t.Errorf("a reader saw part of the relist: %s", call)
			default:
				events = append(events, call)
			}
		}
		if len(events) != 6 || events[0][:4] != "gone" || events[1][:4] != "gone" {
			t.Fatalf("events %q: the two deletions do not come first", events)
		}
		calls.calls = events[2:]
		wantCalls(t, &calls, "add z=1", "update c 1→2", "add y=1", "add x=1")
	})
}

func TestG16_AnObjectThatIsNotListedIsDeletedWithItsLastState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 1), "1"))
		wantCalls(t, &calls, "initial a=1", "initial b=1")
		source.modified(at(widget("a", 2), "2"))
		source.added(at(widget("queued", 1), "3"))
		source.expire()
		source.list("9", at(widget("b", 1), "1"))
		synctest.Wait()
		got := calls.take()
		// The two that are gone are in no particular order.
		if len(got) == 4 && got[2] == "gone queued=1" {
			got[2], got[3] = got[3], got[2]
		}
		calls.calls = got
		wantCalls(t, &calls, "update a 1→2", "add queued=1", "gone a=2", "gone queued=1")
		if inf.Reader().Len() != 1 {
			t.Errorf("%d objects in the cache, want 1: no ghosts", inf.Reader().Len())
		}
	})
}

func TestG17_AnObjectListedUnchangedKeepsItsPointerAndCausesNoEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 1), "1"))
		wantCalls(t, &calls, "initial a=1", "initial b=1")
		before, _ := inf.Reader().Get(store.Key{Name: "a"})
		source.expire()
		source.list("9", at(widget("a", 1), "1"), at(widget("b", 2), "5"))
		wantCalls(t, &calls, "update b 1→2")
		if after, _ := inf.Reader().Get(store.Key{Name: "a"}); after != before {
			t.Error("the cached object was replaced by an equal copy")
		}
	})
}

func TestG18_ChangesQueuedBeforeARelistAreAppliedBeforeIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"))
		wantCalls(t, &calls, "initial a=1")
		source.modified(at(widget("a", 2), "2"))
		source.modified(at(widget("a", 3), "3"))
		source.expire()
		source.list("9", at(widget("a", 4), "9"))
		wantCalls(t, &calls, "update a 1→2", "update a 2→3", "update a 3→4")
	})
}

// asking hands over what each list is told that it may ask.
type asking struct {
	*script
	known chan func(key store.Key, version string) bool
}

func (a asking) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	a.known <- options.Known
	return a.script.List(ctx, options, each)
}

// A source that asks does not decode what the cache has.
func TestG17_ARelistIsToldWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := asking{newScript(t), make(chan func(store.Key, string) bool)}
		inf := informer.New(source, informer.Options{NoStreamingList: true})
		defer run(t, inf)()
		a := store.Key{Name: "a"}
		if known := <-source.known; known != nil {
			t.Error("a source is to ask of each item, though the cache is empty")
		}
		source.list("1", at(widget("a", 1), "1"))
		synctest.Wait()
		source.expire()
		known := <-source.known
		for version, want := range map[string]bool{"1": true, "2": false, "": false} {
			if got := known(a, version); got != want {
				t.Errorf("that a is there at version %q is known: %v", version, got)
			}
		}
		source.list("2", at(widget("a", 1), "1"))
	})
}
