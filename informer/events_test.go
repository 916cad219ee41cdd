// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

func wantCalls(t *testing.T, r *recorder, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, r.take()); diff != "" {
		t.Errorf("calls: -want +got\n%s", diff)
	}
}

func TestHandlerIsToldOfEachChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a", "shop/b")
		inf := informer.New(s, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		wantCalls(t, &calls, "initial shop/a=1", "initial shop/b=2")
		s.create("shop/c", 3)
		s.update("shop/a", 4)
		s.delete("shop/b")
		wantCalls(t, &calls, "add shop/c=3", "update shop/a 1→4", "delete shop/b=2")
		wantSameState(t, s, inf)
	})
}

func TestG08_OneHandlerIsCalledSeriallyAndASlowOneDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		inf := informer.New(s, informer.Options{})
		release := make(chan struct{})
		var slow, fast recorder
		running := 0
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, initial bool) {
			running++ // the race detector sees a second goroutine
			if running != 1 {
				t.Error("two calls of one handler at a time")
			}
			<-release
			slow.HandleAdd(w, initial)
			running--
		}}, informer.HandlerOptions[*Widget]{})
		addHandler(t, inf, &fast, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		var want []string
		for i := range 600 { // several chunks of the log
			s.create(fmt.Sprintf("w-%03d", i), i)
			want = append(want, fmt.Sprintf("add w-%03d=%d", i, i))
		}
		wantCalls(t, &fast, want...)
		wantCalls(t, &slow)
		close(release)
		wantCalls(t, &slow, want...)
	})
}

func TestG10_DeleteOfAnUnknownKeyReachesNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"))
		source.deleted(at(widget("never", 1), "2"))
		source.deleted(at(widget("a", 1), "3"))
		source.deleted(at(widget("a", 1), "4"))
		wantCalls(t, &calls, "initial a=1", "delete a=1")
	})
}

func TestG09_TheStoreDecidesWhatIsAnAddAndWhatAnUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"))
		source.added(at(widget("a", 2), "2"))    // held already
		source.modified(at(widget("b", 1), "3")) // not held
		wantCalls(t, &calls, "initial a=1", "update a 1→2", "add b=1")
	})
}

func TestG11_ADeleteCarriesTheLastStateAndSaysWhetherItIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"), at(widget("b", 1), "1"), at(widget("c", 1), "1"))
		source.deleted(at(widget("a", 2), "2")) // seen: the state that the server sent
		source.left("b", "3")                   // not seen: the one that was known
		source.expire()
		source.list("9") // c is not there any more
		wantCalls(t, &calls, "initial a=1", "initial b=1", "initial c=1", "delete a=2", "gone b=1", "gone c=1")
	})
}

func TestG12_ADeletedObjectHasTheVersionOfItsDeletion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var got string
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnDelete: func(last *Widget, final bool) {
			got = last.ResourceVersion
		}}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		want := s.delete("a").ResourceVersion
		synctest.Wait()
		if got != want {
			t.Errorf("the deleted object has version %q, the deletion %q", got, want)
		}
		if version := inf.Stats().Version; version != want {
			t.Errorf("the informer is at version %q, the deletion at %q", version, want)
		}
	})
}

func TestG13_AFilteredHandlerSeesAddsAndDeletesAsObjectsBeginAndCeaseToMatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "one", "two", "three") // sizes 1, 2, 3
		inf := informer.New(s, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{Filter: func(w *Widget) bool { return w.Size >= 2 }})
		defer run(t, inf)()
		wantCalls(t, &calls, "initial three=3", "initial two=2")
		s.update("one", 5)
		s.update("two", 6)
		s.update("three", 1)
		s.create("small", 0)
		s.update("small", 1)
		s.delete("small")
		s.delete("two")
		wantCalls(t, &calls, "add one=5", "update two 2→6", "gone three=3", "delete two=6")
	})
}

func TestG13_ADeleteWhoseFinalStateDoesNotMatchCarriesTheLastOneThatDid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{Filter: func(w *Widget) bool { return w.Size >= 2 }})
		defer run(t, inf)()
		source.list("1", at(widget("a", 2), "1"))
		source.deleted(at(widget("a", 1), "2"))
		wantCalls(t, &calls, "initial a=2", "gone a=2")
	})
}

func TestG14_AnUnchangedVersionReachesOnlyHandlersWithResync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		var plain, resync recorder
		addHandler(t, inf, &plain, informer.HandlerOptions[*Widget]{})
		addHandler(t, inf, &resync, informer.HandlerOptions[*Widget]{Resync: 1e15})
		defer run(t, inf)()
		source.list("1", at(widget("a", 1), "1"))
		source.modified(at(widget("a", 1), "1"))
		source.modified(at(widget("a", 2), "2"))
		wantCalls(t, &plain, "initial a=1", "update a 1→2")
		wantCalls(t, &resync, "initial a=1", "update a 1→1", "update a 1→2")
	})
}

func TestEventsYieldsTheStateThenChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var got []string
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			for event := range inf.Events(ctx) {
				got = append(got, fmt.Sprint(event.Type, " ", event.Key, " ", event.Initial, " ", event.Final))
			}
			got = append(got, "end")
		}()
		stop := run(t, inf)
		defer stop()
		s.update("a", 2)
		s.delete("a")
		synctest.Wait()
		cancel()
		synctest.Wait()
		want := []string{"Added a true false", "Synced  false false", "Updated a false false", "Deleted a false true", "end"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		// A second loop begins with the state of now, and ends with the informer.
		s.create("b", 1)
		synctest.Wait()
		var types []informer.EventType
		go func() {
			for event := range inf.Events(t.Context()) {
				types = append(types, event.Type)
			}
			types = append(types, 0)
		}()
		synctest.Wait()
		stop()
		if want := []informer.EventType{informer.Added, informer.Synced, 0}; !slices.Equal(types, want) {
			t.Errorf("second loop: %v, want %v", types, want)
		}
		for event := range inf.Events(t.Context()) {
			t.Errorf("an informer that has stopped yields %v", event)
		}
	})
}

func TestEventsWithOptionsSaysWhyItEnds(t *testing.T) {
	gone := errors.New("gone")
	for name, test := range map[string]struct {
		end  func(cancel context.CancelCauseFunc, stop func())
		want error
	}{
		"context": {func(cancel context.CancelCauseFunc, _ func()) { cancel(gone) }, gone},
		"stop":    {func(_ context.CancelCauseFunc, stop func()) { stop() }, informer.ErrStopped},
	} {
		for _, when := range []string{"before the first list", "later"} {
			t.Run(name+" "+when, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					source := newScript(t)
					inf := informer.New(source, informer.Options{})
					ctx, cancel := context.WithCancelCause(t.Context())
					var ends []error
					go func() {
						for event, err := range inf.EventsWithOptions(ctx, informer.EventsOptions[*Widget]{}) {
							if err != nil || event.Type == 0 {
								ends = append(ends, err)
							}
						}
					}()
					stop := run(t, inf)
					defer stop()
					if when == "later" {
						source.list("1", at(widget("a", 1), "1"))
						synctest.Wait()
					}
					test.end(cancel, stop)
					synctest.Wait()
					if len(ends) != 1 || !errors.Is(ends[0], test.want) {
						t.Errorf("ended with %v, want %v, once", ends, test.want)
					}
				})
			})
		}
	}
}

func TestG26_ALoopThatIsTooSlowIsDisconnected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		reported := 0
		inf := informer.New(s, informer.Options{OnError: func(error) { reported++ }})
		defer run(t, inf)()
		hold := make(chan struct{})
		var heard []string
		var last error
		go func() {
			for event, err := range inf.EventsWithOptions(t.Context(), informer.EventsOptions[*Widget]{Name: "slow", Backlog: informer.Disconnect(2)}) {
				if last = err; err == nil && event.Type != informer.Synced {
					heard = append(heard, event.Object.String())
					<-hold
				}
			}
		}()
		synctest.Wait()
		for size := 2; size <= 4; size++ {
			if last != nil {
				t.Errorf("ended too early: %v", last)
			}
			s.update("a", size)
			synctest.Wait()
		}
		hold <- struct{}{}
		synctest.Wait()
		var exceeded *informer.BacklogError
		if !errors.As(last, &exceeded) {
			t.Fatalf("ended with %v, want a BacklogError", last)
		}
		want := &informer.BacklogError{Resource: "widgets", Handler: "slow", Backlog: 3, Limit: 2}
		if diff := cmp.Diff(want, exceeded); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if !slices.Equal(heard, []string{"a=1"}) || reported > 0 {
			t.Errorf("heard %v, and %d errors are reported", heard, reported)
		}
	})
}

func TestG26_ALoopThatIsSlowMayCoalesce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		defer run(t, inf)()
		hold := make(chan struct{})
		var calls recorder
		go func() {
			options := informer.EventsOptions[*Widget]{Backlog: informer.Coalesce(0), Filter: func(w *Widget) bool { return w.Size < 10 }}
			for event, err := range inf.EventsWithOptions(t.Context(), options) {
				if err == nil {
					noteEvents(&calls)(event)
				}
				if event.Type == informer.Synced {
					<-hold
				}
			}
		}()
		synctest.Wait()
		calls.take()
		s.update("a", 5)
		s.update("b", 11)
		s.update("a", 6)
		s.update("b", 12)
		synctest.Wait()
		hold <- struct{}{}
		wantCalls(t, &calls, "Updated a: a=6 old a=1", "Deleted b: b=2 old b=2")
	})
}

func TestEventsWithOptionsRefusesABacklogThatIsNone(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	pairs := 0
	for _, err := range inf.EventsWithOptions(t.Context(), informer.EventsOptions[*Widget]{Backlog: informer.Disconnect(0)}) {
		if pairs++; err == nil || pairs > 1 {
			t.Errorf("pair %d has the error %v", pairs, err)
		}
	}
	if pairs != 1 {
		t.Errorf("%d pairs, want one that says what is wrong", pairs)
	}
}
