// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

// stuck is a recorder that stands still in each update of the widget "hold",
// until release.
type stuck struct {
	recorder
	hold chan struct{}
}

func newStuck() *stuck { return &stuck{hold: make(chan struct{})} }

// release ends the call that stands still.
func (s *stuck) release() {
	synctest.Wait()
	select {
	case s.hold <- struct{}{}:
	default:
		panic("no call stands still")
	}
}

func (s *stuck) HandleUpdate(old, w *Widget) {
	if w.Name == "hold" {
		<-s.hold
		return
	}
	s.recorder.HandleUpdate(old, w)
}

func TestG26_CoalesceMergesWhatAHandlerMissesByKey(t *testing.T) {
	for name, test := range map[string]struct {
		changes func(s server)
		merged  []string
		apart   []string // with RecreateAsDeleteAdd; nil for the same
	}{
		"nothing": {changes: func(server) {}},
		"updates": {
			changes: func(s server) { s.update("a", 2); s.update("a", 3); s.update("a", 4) },
			merged:  []string{"update a 1→4"},
		},
		"keys in the order of their first change": {
			changes: func(s server) {
				s.update("b", 5)
				s.create("c", 5)
				s.update("a", 5)
				s.update("b", 6)
				s.update("c", 6)
			},
			merged: []string{"update b 2→6", "add c=6", "update a 1→5"},
		},
		"add and delete": {
			changes: func(s server) { s.create("c", 1); s.update("c", 2); s.update("a", 3); s.delete("c") },
			merged:  []string{"update a 1→3"},
		},
		"update and delete": {
			changes: func(s server) { s.update("a", 5); s.delete("a") },
			merged:  []string{"delete a=5"},
		},
		"delete and add": {
			changes: func(s server) { s.update("a", 4); s.delete("a"); s.create("a", 5); s.update("a", 6) },
			merged:  []string{"update a 1→6"},
			apart:   []string{"delete a=4", "add a=6"},
		},
		"delete, add and delete": {
			changes: func(s server) { s.delete("a"); s.create("a", 5); s.delete("a") },
			merged:  []string{"delete a=5"},
			apart:   []string{"delete a=1"},
		},
		"delete, add, delete and add": {
			changes: func(s server) {
				s.delete("a")
				s.create("a", 5)
				s.delete("a")
				s.create("a", 7)
				s.update("b", 3)
			},
			merged: []string{"update a 1→7", "update b 2→3"},
			apart:  []string{"delete a=1", "add a=7", "update b 2→3"},
		},
		"add, delete and add": {
			changes: func(s server) { s.create("c", 1); s.delete("c"); s.create("c", 2) },
			merged:  []string{"add c=2"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, "a", "b", "hold")
				inf := informer.New(s, informer.Options{})
				merged, apart := newStuck(), newStuck()
				addHandler(t, inf, merged, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(0)})
				addHandler(t, inf, apart, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(0), RecreateAsDeleteAdd: true})
				defer run(t, inf)()
				s.update("hold", 0)
				synctest.Wait()
				merged.take()
				apart.take()
				before := inf.Stats().Events
				test.changes(s)
				synctest.Wait()
				if test.apart == nil {
					test.apart = test.merged
				}
				for i, calls := range [][]string{test.merged, test.apart} {
					stats := inf.Stats()
					if got, want := stats.Handlers[i].Coalesced, stats.Events-before-uint64(len(calls)); got != want {
						t.Errorf("%d changes were merged, want %d for %q", got, want, calls)
					}
				}
				merged.release()
				apart.release()
				wantCalls(t, &merged.recorder, test.merged...)
				wantCalls(t, &apart.recorder, test.apart...)
				s.update("b", 10) // it has caught up, and hears of what follows
				s.update("b", 11)
				synctest.Wait()
				if calls := merged.take(); len(calls) == 0 || !strings.HasSuffix(calls[len(calls)-1], "→11") {
					t.Errorf("calls after it has caught up: %v", calls)
				}
			})
		})
	}
}

// The limit counts the change whose call is running.
func TestG26_WithinItsLimitACoalescingHandlerGetsEveryChange(t *testing.T) {
	for limit, want := range map[int][]string{
		4: {"update a 1→2", "update a 2→3", "update a 3→4"},
		3: {"update a 1→4"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(t, "a", "hold")
			inf := informer.New(s, informer.Options{})
			handler := newStuck()
			addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Name: "h", Backlog: informer.Coalesce(limit)})
			defer run(t, inf)()
			for range 2 { // it goes back to the log when it has caught up
				s.update("hold", 0)
				synctest.Wait()
				handler.take()
				for size := 2; size <= 4; size++ {
					s.update("a", size)
					synctest.Wait()
				}
				backlog := inf.Stats().Handlers[0].Backlog
				if merged := backlog != 4; merged != (len(want) == 1) || merged && backlog != 2 {
					t.Errorf("limit %d: the backlog is %d", limit, backlog)
				}
				handler.release()
				wantCalls(t, &handler.recorder, want...)
				s.update("a", 1)
				wantCalls(t, &handler.recorder, "update a 4→1")
			}
		})
	}
}

func TestG26_AStuckCoalescingHandlerKeepsOneChangeForEachKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		handler := newStuck()
		addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(10)})
		var others recorder
		addHandler(t, inf, &others, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		source.list("1", at(widget("hold", 1), "1"))
		version := 1
		send := func(name string) weak.Pointer[Widget] {
			version++
			w := at(widget(name, version), fmt.Sprint(version))
			source.modified(w)
			return weak.Make(w)
		}
		send("hold")
		synctest.Wait()
		var early []weak.Pointer[Widget]
		for i := range 3000 { // several chunks of the log
			w := send(fmt.Sprint("key-", i%20))
			if i >= 300 && i < 1000 { // those before may share memory with what is in hand
				early = append(early, w)
			}
		}
		synctest.Wait()
		stats := inf.Stats().Handlers[0]
		if stats.Backlog != 21 || stats.Coalesced != 2980 {
			t.Errorf("stats %+v, want a backlog of the call and 20 keys, and 2980 changes merged", stats)
		}
		if backlog := inf.Stats().Handlers[1].Backlog; backlog != 0 {
			t.Errorf("the other handler is behind by %d", backlog)
		}
		runtime.GC()
		kept := 0
		for _, w := range early {
			if w.Value() != nil {
				kept++
			}
		}
		if kept > 0 {
			t.Errorf("%d of %d states are kept that no handler will be told of", kept, len(early))
		}
		handler.release()
		synctest.Wait()
		if got := len(handler.take()); got != 21 { // with the initial add
			t.Errorf("%d calls", got)
		}
		if stats := inf.Stats().Handlers[0]; stats.Backlog != 0 || stats.Coalesced != 2980 {
			t.Errorf("stats %+v in the end", stats)
		}
	})
}

func TestG26_DisconnectEndsAHandlerThatIsTooFarBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "hold")
		var reported []error
		inf := informer.New(s, informer.Options{OnError: func(err error) { reported = append(reported, err) }})
		handler := newStuck()
		registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Name: "slow", Backlog: informer.Disconnect(3)})
		var others recorder
		addHandler(t, inf, &others, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		wantCalls(t, &others, "initial a=1", "initial hold=2")
		s.update("hold", 0)
		s.update("a", 2)
		s.update("a", 3)
		synctest.Wait()
		if err := registration.Err(); err != nil || len(reported) > 0 {
			t.Errorf("at its limit: %v, reported %v", err, reported)
		}
		s.update("a", 4)
		synctest.Wait()
		want := &informer.BacklogError{Resource: "widgets", Handler: "slow", Backlog: 4, Limit: 3}
		var got *informer.BacklogError
		if err := registration.Err(); !errors.As(err, &got) {
			t.Fatalf("beyond its limit: %v, want a BacklogError", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if len(reported) != 1 || reported[0] != error(got) {
			t.Errorf("reported %v, want the same", reported)
		}
		if closed(registration.Done()) {
			t.Error("done while its call is running")
		}
		missed := wantVersionError(t, registration.WaitForVersion(t.Context(), s.Version()), nil)
		if missed.Err != error(got) {
			t.Errorf("who waits for its version is told %v", missed)
		}
		handler.take()
		handler.release()
		s.update("a", 5)
		wantCalls(t, &handler.recorder)
		wantCalls(t, &others, "update hold 2→0", "update a 1→2", "update a 2→3", "update a 3→4", "update a 4→5")
		if !closed(registration.Done()) || registration.Err() != error(got) || len(reported) != 1 {
			t.Errorf("not done after its last call, or %v, or reported again: %v", registration.Err(), reported)
		}
		if got := len(inf.Stats().Handlers); got != 1 {
			t.Errorf("%d handlers are left", got)
		}
	})
}

// A handler that never returns costs no more memory than it had when its
// delivery ended.
func TestG26_TheLogKeepsNothingForAHandlerWhoseDeliveryHasEnded(t *testing.T) {
	for name, backlog := range map[string]informer.Backlog{
		"removed":      informer.EveryEvent(),
		"disconnected": informer.Disconnect(1),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := newScript(t)
				inf := informer.New(source, informer.Options{OnError: func(error) {}})
				handler := newStuck()
				registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Backlog: backlog})
				addHandler(t, inf, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
				defer run(t, inf)()
				source.list("1", at(widget("a", 1), "1"))
				source.added(at(widget("hold", 1), "2"))
				synctest.Wait()
				source.modified(at(widget("hold", 2), "3"))
				synctest.Wait()
				if name == "removed" {
					registration.Remove()
				}
				source.modified(at(widget("a", 9), "4")) // exceeds the limit; may share memory with what is in hand
				synctest.Wait()
				missed := func() weak.Pointer[Widget] {
					w := at(widget("a", 2), "5")
					source.modified(w)
					synctest.Wait()
					return weak.Make(w)
				}()
				source.modified(at(widget("a", 3), "6"))
				synctest.Wait()
				runtime.GC()
				if missed.Value() != nil {
					t.Error("a state is kept for a handler that will not be told of it")
				}
				handler.release()
				synctest.Wait()
				if !closed(registration.Done()) {
					t.Error("not done")
				}
			})
		})
	}
}

func TestHowFarAHandlerIsBehindInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		want := func(lag time.Duration) {
			t.Helper()
			if got := inf.Stats().Handlers[0].Lag.Round(time.Millisecond); got != lag {
				t.Errorf("a lag of %v, want %v", got, lag)
			}
		}
		time.Sleep(time.Hour)
		want(0) // there is nothing that it could have missed
		s.update("hold", 3)
		time.Sleep(5 * time.Second)
		want(5 * time.Second)
		s.update("hold", 4)
		time.Sleep(time.Second)
		handler.release()
		synctest.Wait()
		want(6 * time.Second) // what it is in may be as old as what it was in
		time.Sleep(time.Second)
		s.update("hold", 5)
		handler.release()
		time.Sleep(2 * time.Second)
		want(3 * time.Second) // nothing is pending that is older than its last look
		handler.release()
		synctest.Wait()
		want(0)
	})
}

// What a handler takes in pieces is as old as it was when it came.
func TestHowFarAHandlerIsBehindWithWhatItTakesInPieces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnUpdate: func(_, _ *Widget) { time.Sleep(time.Second) },
		}, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(100)})
		defer run(t, inf)()
		for size := range 40 {
			s.update("a", 10+size)
		}
		time.Sleep(38*time.Second + time.Millisecond)
		if lag := inf.Stats().Handlers[0].Lag; lag < 38*time.Second {
			t.Errorf("a lag of %v, want that of all since they came", lag)
		}
		time.Sleep(time.Minute)
		if lag := inf.Stats().Handlers[0].Lag; lag != 0 {
			t.Errorf("a lag of %v in the end", lag)
		}
	})
}

// A resync that is due while the handler is behind shows it no state twice, and
// none that is older than one before.
func TestG26_ResyncDoesNotOvertakeWhatIsMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(2), Resync: time.Minute})
		defer run(t, inf)()
		time.Sleep(time.Second)
		s.update("hold", 0)
		synctest.Wait()
		for size := 2; size <= 5; size++ {
			s.update("a", size)
		}
		time.Sleep(time.Minute)
		handler.take()
		handler.release() // of its update
		handler.release() // of the resync
		s.update("a", 6)
		synctest.Wait()
		calls := handler.take()
		want := []string{"update a 1→5", "update a 5→5", "update a 5→6"}
		if diff := cmp.Diff(want, calls); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if backlog := inf.Stats().Handlers[0].Backlog; backlog != 0 {
			t.Errorf("the backlog is %d in the end", backlog)
		}
	})
}

func TestABacklogSaysWhatItIsAndWhatIsWrongWithIt(t *testing.T) {
	inf := informer.New(newServer(t), informer.Options{})
	for want, backlog := range map[string]informer.Backlog{
		"EveryEvent()":   {},
		"Coalesce(0)":    informer.Coalesce(0),
		"Disconnect(20)": informer.Disconnect(20),
	} {
		if got := backlog.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
		addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{Backlog: backlog}).Remove()
	}
	for want, backlog := range map[string]informer.Backlog{
		"the limit of Coalesce(-1) is negative":   informer.Coalesce(-1),
		"the limit of Disconnect(-2) is negative": informer.Disconnect(-2),
		"the limit of Disconnect(0) is zero":      informer.Disconnect(0),
	} {
		_, err := inf.AddHandlerWithOptions(&recorder{}, informer.HandlerOptions[*Widget]{Backlog: backlog})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %q", err, want)
		}
	}
}
