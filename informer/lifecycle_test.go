// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
)

func bySize(w *Widget) (int, bool) { return w.Size, true }

func TestG23_ResyncRedeliversAtEachHandlersOwnPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		var never, minute, hour recorder
		addHandler(t, inf, &never, informer.HandlerOptions[*Widget]{})
		addHandler(t, inf, &minute, informer.HandlerOptions[*Widget]{Resync: time.Minute})
		addHandler(t, inf, &hour, informer.HandlerOptions[*Widget]{Resync: time.Hour})
		defer run(t, inf)()
		for _, r := range []*recorder{&never, &minute, &hour} {
			wantCalls(t, r, "initial a=1", "initial b=2")
		}
		requests := inf.Stats().Source
		time.Sleep(time.Minute)
		wantCalls(t, &minute, "update a 1→1", "update b 2→2")
		s.update("a", 5)
		wantCalls(t, &minute, "update a 1→5")
		time.Sleep(time.Minute)
		wantCalls(t, &minute, "update a 5→5", "update b 2→2")
		wantCalls(t, &never, "update a 1→5")
		wantCalls(t, &hour, "update a 1→5")
		if now := inf.Stats().Source; now != requests {
			t.Errorf("resync asked the server: %+v, before %+v", now, requests)
		}
		time.Sleep(58 * time.Minute)
		wantCalls(t, &hour, "update a 5→5", "update b 2→2")
		wantCalls(t, &never)
	})
}

// A resync that is due while the handler is behind must not show it a state
// before the changes that led to that state.
func TestG23_ResyncDoesNotOvertakeChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var calls recorder
		handler := informer.HandlerFuncs[*Widget]{OnAdd: calls.HandleAdd, OnDelete: calls.HandleDelete, OnUpdate: func(old, w *Widget) {
			if old != w {
				time.Sleep(45 * time.Second)
			}
			calls.HandleUpdate(old, w)
		}}
		addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Resync: time.Minute})
		defer run(t, inf)()
		for size := 2; size <= 4; size++ {
			s.update("a", size)
		}
		time.Sleep(134 * time.Second)
		wantCalls(t, &calls, "initial a=1", "update a 1→2", "update a 2→3")
		time.Sleep(2 * time.Second)
		wantCalls(t, &calls, "update a 3→4", "update a 4→4")
	})
}

func TestG24_RemoveIsSafeAnywhereAndFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var calls recorder
		hold := make(chan struct{})
		var self *informer.Registration
		removed := addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		stuck := addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{})
		selfCalls := 0
		self = addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) {
			selfCalls++
			self.Remove()
			self.Remove()
			if closed(self.Done()) {
				t.Error("done while its call is running")
			}
		}}, informer.HandlerOptions[*Widget]{})
		never := addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{})
		never.Remove() // before Run
		if !closed(never.Done()) {
			t.Error("a handler removed before Run is not done")
		}
		defer run(t, inf)()
		wantCalls(t, &calls, "initial a=1")
		removed.Remove()
		removed.Remove()
		stuck.Remove()
		s.create("b", 2)
		wantCalls(t, &calls)
		if !closed(removed.Done()) || !closed(self.Done()) {
			t.Error("not done after Remove")
		}
		if closed(stuck.Done()) || closed(stuck.Synced()) {
			t.Error("done or synced while its call is running")
		}
		close(hold)
		synctest.Wait()
		if !closed(stuck.Done()) || closed(stuck.Synced()) {
			t.Error("not done after its last call, or synced though it was removed before")
		}
		if selfCalls != 1 {
			t.Errorf("%d calls of a handler that removes itself in the first", selfCalls)
		}
		if got := len(inf.Stats().Handlers); got != 0 {
			t.Errorf("%d handlers are left", got)
		}
	})
}

func TestG24_AHandlerMayAddHandlers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var inner recorder
		var once sync.Once
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) {
			once.Do(func() { addHandler(t, inf, &inner, informer.HandlerOptions[*Widget]{}) })
		}}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		s.create("b", 2)
		wantCalls(t, &inner, "initial a=1", "add b=2")
	})
}

func TestG27_RunBlocksEndsAllItStartedAndRunsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // a goroutine that is left fails the bubble
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		hold := make(chan struct{})
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }}, informer.HandlerOptions[*Widget]{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- inf.Run(ctx) }()
		synctest.Wait()
		if err := inf.Run(ctx); err == nil || !strings.Contains(err.Error(), "runs already") {
			t.Errorf("a second Run: %v", err)
		}
		cancel()
		synctest.Wait()
		if len(ended) != 0 {
			t.Error("Run returned while a handler's call was running")
		}
		close(hold)
		synctest.Wait()
		if len(ended) != 1 || !closed(inf.Stopped()) {
			t.Fatal("Run has not returned though the last call has")
		}
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := inf.Run(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("Run after the end: %v, want ErrStopped", err)
		}
	})
}

func TestG27_StoppingTakesNoTimeInAnyPhase(t *testing.T) {
	for name, at := range map[string]time.Duration{"list": 0, "later": time.Hour} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inf := informer.New(newScript(t), informer.Options{QueueLimit: 1})
				stop := run(t, inf)
				time.Sleep(at)
				began := time.Now()
				stop()
				if took := time.Since(began); took != 0 {
					t.Errorf("stopping took %v", took)
				}
			})
		})
	}
}

func TestG28_NothingCanBeAddedAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		before, err := index.Add(inf.Indexer(), "before", bySize)
		if err != nil {
			t.Fatal(err)
		}
		stop := run(t, inf)
		during, err := index.Add(inf.Indexer(), "during", bySize)
		if err != nil {
			t.Fatal(err)
		}
		if before.Count(2) != 1 || during.Count(2) != 1 {
			t.Errorf("index added before Run has %d, one added while running %d objects of size 2; want 1", before.Count(2), during.Count(2))
		}
		stop()
		if _, err := inf.AddHandler(&recorder{}); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("AddHandler: %v, want ErrStopped", err)
		}
		if _, err := index.Add(inf.Indexer(), "after", bySize); !errors.Is(err, index.ErrClosed) {
			t.Errorf("index.Add: %v, want ErrClosed", err)
		}
		if inf.Reader().Len() != 2 || during.Count(1) != 1 {
			t.Error("the cache cannot be read after the end")
		}
	})
}

func TestBadInputGetsAnErrorThatNamesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := informer.New(newServer(t), informer.Options{})
		if _, err := index.Add(inf.Indexer(), "size", bySize); err != nil {
			t.Fatal(err)
		}
		_, nilHandler := inf.AddHandler(nil)
		_, negative := inf.AddHandlerWithOptions(&recorder{}, informer.HandlerOptions[*Widget]{Resync: -time.Second})
		_, nilIndex := index.Add[int](inf.Indexer(), "nil", nil)
		_, nameless := index.Add(inf.Indexer(), "", bySize)
		_, twice := index.Add(inf.Indexer(), "size", bySize)
		for want, err := range map[string]error{
			"the handler is nil":                 nilHandler,
			"resync period of -1s":               negative,
			`the function of index "nil" is nil`: nilIndex,
			"the name of an index is empty":      nameless,
			`there is an index "size" already`:   twice,
			"the source is nil: New needs":       informer.New[*Widget](nil, informer.Options{}).Run(t.Context()),
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v does not say %q", err, want)
			}
		}
	})
}

func TestAnItemWithoutANameIsReportedAndTheRestGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		var reported []string
		inf := informer.New(source, informer.Options{OnError: func(err error) { reported = append(reported, err.Error()) }})
		var calls recorder
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		nameless := func() *Widget { return &Widget{Size: 1} }
		source.list("1", at(widget("a", 1), "1"), nameless(), at(widget("b", 1), "1"))
		wantCalls(t, &calls, "initial a=1", "initial b=1")
		source.added(nameless())
		source.added(at(widget("c", 1), "2"))
		wantCalls(t, &calls, "add c=1")
		source.send(77, itemOf(at(widget("d", 1), "3"))) // no type that there is
		source.added(at(widget("e", 1), "4"))
		wantCalls(t, &calls, "add e=1")
		if len(reported) != 3 || !strings.Contains(reported[0], "the name is empty") || !strings.Contains(reported[2], "type 77") {
			t.Errorf("reported %q", reported)
		}
	})
}

func TestAPanicInAHandlerIsReportedAndDeliveryGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		var reported []error
		inf := informer.New(s, informer.Options{OnError: func(err error) { reported = append(reported, err) }})
		var calls recorder
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, initial bool) {
			if w.Size%2 == 1 {
				panic(fmt.Errorf("odd: %v", w))
			}
			calls.HandleAdd(w, initial)
		}}, informer.HandlerOptions[*Widget]{Name: "even"})
		defer run(t, inf)()
		s.create("c", 3)
		s.create("d", 4)
		wantCalls(t, &calls, "initial b=2", "add d=4")
		var panicked *informer.PanicError
		if len(reported) != 2 || !errors.As(reported[0], &panicked) || panicked.Handler != "even" || !strings.Contains(string(panicked.Stack), "lifecycle_test.go") {
			t.Errorf("reported %v", reported)
		}
		if !closed(registration.Synced()) {
			t.Error("the panic kept the handler from syncing")
		}
		if stats := inf.Stats().Handlers[0]; stats.Backlog != 0 {
			t.Errorf("stats %+v, want no backlog", stats)
		}
	})
}

func TestStats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		hold := make(chan struct{})
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnUpdate: func(_, _ *Widget) { <-hold }}, informer.HandlerOptions[*Widget]{Name: "slow"})
		stop := run(t, inf)
		for size := range 5 {
			s.update("a", size)
		}
		synctest.Wait()
		got := inf.Stats()
		if !got.Synced || got.Objects != 2 || got.Version != s.Version() || got.Queued != 0 || got.Resource != "widgets" {
			t.Errorf("stats %+v, want 2 objects of widgets at %s", got, s.Version())
		}
		if len(got.Handlers) != 1 || got.Handlers[0].Name != "slow" || got.Handlers[0].Backlog != 5 || !got.Handlers[0].Synced {
			t.Errorf("handlers %+v, want one with a backlog of 5", got.Handlers)
		}
		if got.Source.Lists != 1 || got.Source.Relists != 0 {
			t.Errorf("source %+v, want one list", got.Source)
		}
		close(hold)
		synctest.Wait()
		if backlog := inf.Stats().Handlers[0].Backlog; backlog != 0 {
			t.Errorf("backlog %d after all was delivered", backlog)
		}
		stop()
	})
}
