// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// farewell is how a handler goes.
type farewell int

const (
	fromInside   farewell = iota // removes itself in one of its calls
	removed                      // Remove
	drained                      // Drain
	scoped                       // its context ends
	disconnected                 // it is too slow for its Disconnect
	stays                        // not at all
)

// guest is a handler that comes while objects change, and goes. It folds what it
// is told of, and checks that no call begins after its removal.
type guest struct {
	*fold
	farewell     farewell
	registration atomic.Pointer[informer.Registration]
	told         int           // events
	most         int           // events until it removes itself; 0 for never
	pause        time.Duration // in each call that brings changes
	gone         atomic.Bool

	// exact says that it is to be told of each change, one by one.
	exact bool
	heard []informer.Event[*Widget] // if it is exact: the changes
	began map[store.Key]*Widget     // its state before the first of them

	// Of one that was drained: how many events had been published before the call
	// of Drain, and after it.
	before, after uint64
}

func (g *guest) call(events ...informer.Event[*Widget]) {
	if g.gone.Load() {
		g.t.Error("a call began after the removal")
	}
	for _, event := range events {
		if g.exact && !event.Initial {
			if g.began == nil {
				g.began = maps.Clone(g.state)
			}
			g.heard = append(g.heard, event)
		}
		g.hear(event)
	}
	if g.pause > 0 && !events[0].Initial {
		<-time.After(g.pause)
	}
	g.told += len(events)
	if registration := g.registration.Load(); g.most > 0 && g.told >= g.most && registration != nil {
		registration.Remove()
		g.gone.Store(true)
	}
}

func (g *guest) one(event informer.Event[*Widget]) { g.call(event) }

// plain hides that a handler wants whole events.
type plain struct{ informer.Handler[*Widget] }

// handlers returns the guest as each kind of handler that there is.
func (g *guest) handlers() []informer.Handler[*Widget] {
	return []informer.Handler[*Widget]{
		plain{informer.EventFunc[*Widget](g.one)},
		informer.EventFunc[*Widget](g.one),
		informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) { g.call(events...) }),
	}
}

// host has handlers come to an informer and go, one after the other.
type host struct {
	t      *testing.T
	inf    *informer.Informer[*Widget]
	random *rand.Rand
	exact  bool // keep what they hear
	most   int  // events until one that removes itself does so
	linger bool // some of them stay
}

// visit has a handler of some kind, with some backlog, come and go in some way.
func (h *host) visit() *guest {
	g := &guest{fold: newFold(h.t), farewell: farewell(h.random.IntN(int(stays)))}
	if h.linger && h.random.IntN(20) == 0 {
		g.farewell = stays
	}
	backlogs := []informer.Backlog{informer.EveryEvent(), informer.Disconnect(1 << 30), informer.Coalesce(0), informer.Coalesce(20)}
	choice := h.random.IntN(len(backlogs))
	backlog := backlogs[choice]
	g.exact = h.exact && choice < 2
	switch g.farewell {
	case fromInside:
		g.most = 1 + h.random.IntN(h.most)
	case disconnected:
		backlog, g.exact, g.pause = informer.Disconnect(1+h.random.IntN(20)), h.exact, 5*time.Millisecond
	case drained:
		g.pause = time.Millisecond // so that there is something to drain
	}
	ctx, cancel := context.WithCancel(h.t.Context())
	handlers := g.handlers()
	registration := addHandler(h.t, h.inf, handlers[h.random.IntN(len(handlers))], informer.HandlerOptions[*Widget]{
		Context: ctx, Backlog: backlog, RecreateAsDeleteAdd: h.random.IntN(2) == 0,
	})
	g.registration.Store(registration)
	if h.random.IntN(2) == 0 {
		select {
		case <-registration.Synced():
		case <-registration.Done(): // it may have left before
		}
	}
	<-time.After(time.Duration(h.random.IntN(4)) * time.Millisecond)
	if g.farewell == stays {
		h.t.Cleanup(cancel)
		return g
	}
	defer cancel()
	h.end(g, registration, cancel)
	return g
}

// end waits until the guest has gone in its way, and checks what is said of it.
func (h *host) end(g *guest, registration *informer.Registration, cancel func()) {
	switch g.farewell {
	case removed:
		registration.Remove()
	case drained:
		g.before = h.inf.Stats().Events
		if err := registration.Drain(h.t.Context()); err != nil {
			h.t.Error(err)
		}
		g.after = h.inf.Stats().Events
	case scoped:
		cancel()
	}
	<-registration.Done()
	g.gone.Store(true)
	err := registration.Err()
	if _, far := errors.AsType[*informer.BacklogError](err); far != (g.farewell == disconnected) || far == errors.Is(err, informer.ErrRemoved) {
		h.t.Errorf("a handler has gone since %v", err)
	}
}
