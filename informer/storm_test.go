// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// ledger is a handler that is there from the start, and keeps all that happens.
type ledger struct {
	*fold
	events []informer.Event[*Widget]
	states []map[store.Key]*Widget // before each event, and after the last
	places map[*Widget]int         // of the event that an object came with
}

func newLedger(t *testing.T) *ledger {
	return &ledger{fold: newFold(t), places: map[*Widget]int{}}
}

func (l *ledger) note(event informer.Event[*Widget]) {
	l.hear(event)
	state := maps.Clone(l.state)
	if event.Initial {
		l.states = append(l.states[:0], state)
		return
	}
	l.places[event.Object] = len(l.events)
	l.events, l.states = append(l.events, event), append(l.states, state)
}

// check compares what a guest was told of with what has happened.
func (l *ledger) check(g *guest) {
	l.t.Helper()
	if len(g.heard) > 0 {
		l.checkEach(g)
	}
	if g.farewell == drained && !l.wasIn(g.state, g.before, g.after) {
		l.t.Errorf("drained between event %d and %d, a handler has a state that was at neither: %v", g.before, g.after, g.state)
	}
}

// checkEach checks that a guest was told of each change from its first to its
// last, and that it knew the state before the first.
func (l *ledger) checkEach(g *guest) {
	l.t.Helper()
	first, known := l.places[g.heard[0].Object]
	if !known || first+len(g.heard) > len(l.events) {
		l.t.Errorf("a handler was told of %d changes that nobody else was told of, the first is of %v", len(g.heard), g.heard[0].Object)
		return
	}
	if want := l.states[first]; !maps.Equal(want, g.began) {
		l.t.Errorf("a handler began with %v, the state was %v", g.began, want)
	}
	for i, want := range l.events[first:][:len(g.heard)] {
		if got := g.heard[i]; got.Type != want.Type || got.Object != want.Object {
			l.t.Errorf("change %d of a handler is %v of %v, want %v of %v", i, got.Type, got.Object, want.Type, want.Object)
			return
		}
	}
	if want := l.states[first+len(g.heard)]; !maps.Equal(want, g.state) {
		l.t.Errorf("the events of a handler fold to %v, the state was %v", g.state, want)
	}
}

// wasIn reports whether the state was this at some event between the two.
func (l *ledger) wasIn(state map[store.Key]*Widget, first, last uint64) bool {
	for _, was := range l.states[first : last+1] {
		if maps.Equal(was, state) {
			return true
		}
	}
	return false
}

// storm changes a few objects until ctx is done.
func (s server) storm(ctx context.Context) {
	random := rand.New(rand.NewPCG(8, 8))
	for i := 0; ctx.Err() == nil; i++ {
		if i%8 == 0 {
			time.Sleep(time.Millisecond) // the others have their turn
		}
		s.toss(random, fmt.Sprint("w", i%8), i)
	}
}

// TestG24_ManyHandlersComeAndGoDuringAStorm has a thousand handlers of all kinds
// come and go, by all ways there are, while objects change all the time. None
// misses a change or hears of one twice (G21).
func TestG24_ManyHandlersComeAndGoDuringAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "w0", "w1", "w2")
		inf := informer.New(s, informer.Options{OnError: func(error) {}}) // of those that are disconnected
		all := newLedger(t)
		addHandler(t, inf, informer.EventFunc[*Widget](all.note), informer.HandlerOptions[*Widget]{})
		stop := run(t, inf)
		storm, calm := context.WithCancel(t.Context())
		var writer, hosts sync.WaitGroup
		writer.Go(func() { s.storm(storm) })
		var guests [4][]*guest
		for i := range guests {
			hosts.Go(func() {
				h := host{t: t, inf: inf, random: rand.New(rand.NewPCG(uint64(i), 24)), exact: true, most: 30, linger: true}
				for range 250 {
					time.Sleep(time.Duration(h.random.IntN(3)) * time.Millisecond)
					guests[i] = append(guests[i], h.visit())
				}
			})
		}
		hosts.Wait()
		calm()
		writer.Wait()
		synctest.Wait()
		if published := inf.Stats().Events; published != uint64(len(all.events)) {
			t.Fatalf("%d events were published, a handler that was there all the time has heard of %d", published, len(all.events))
		}
		held, left := maps.Collect(inf.Reader().Items()), 1
		for _, g := range slices.Concat(guests[:]...) {
			all.check(g)
			if g.farewell == stays {
				left++
				if !maps.Equal(held, g.state) {
					t.Errorf("the events of a handler fold to %v, the cache holds %v", g.state, held)
				}
			}
		}
		if got := len(inf.Stats().Handlers); got != left {
			t.Errorf("%d handlers are registered, want %d", got, left)
		}
		stop()
	})
}
