// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// guest is a handler that comes during a storm of events. It checks what it is
// told as fold does, and that no call begins after its removal.
type guest struct {
	*fold
	registration atomic.Pointer[informer.Registration]
	calls        int
	leaveAfter   int // calls, from inside; 0 for never
	gone         atomic.Bool
}

func (g *guest) HandleAdd(w *Widget, initial bool) { g.called(); g.fold.HandleAdd(w, initial) }
func (g *guest) HandleUpdate(old, w *Widget)       { g.called(); g.fold.HandleUpdate(old, w) }
func (g *guest) HandleDelete(w *Widget, last bool) { g.called(); g.fold.HandleDelete(w, last) }

func (g *guest) called() {
	if g.gone.Load() {
		g.t.Error("a call began after the removal")
	}
	registration := g.registration.Load()
	if g.calls++; g.leaveAfter > 0 && g.calls >= g.leaveAfter && registration != nil {
		registration.Remove()
		g.gone.Store(true)
	}
}

// TestG24_ManyHandlersComeAndGoDuringAStorm has a thousand handlers come and go,
// by all ways there are, while objects change all the time.
func TestG24_ManyHandlersComeAndGoDuringAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "w0", "w1", "w2")
		inf := informer.New(s, informer.Options{})
		stop := run(t, inf)
		storm, calm := context.WithCancel(t.Context())
		var writer, hosts sync.WaitGroup
		writer.Go(func() {
			for i := 0; storm.Err() == nil; i++ {
				if i%8 == 0 {
					time.Sleep(time.Millisecond) // the others have their turn
				}
				key := fmt.Sprint("w", i%8)
				_, exists := s.Get(keyOf(widget(key, 0)))
				switch {
				case !exists:
					s.create(key, i)
				case i%3 == 0:
					s.delete(key)
				default:
					s.update(key, i)
				}
			}
		})
		var staying [4][]*guest
		for host := range staying {
			hosts.Go(func() { staying[host] = host250(t, inf, uint64(host)) })
		}
		hosts.Wait()
		calm()
		writer.Wait()
		synctest.Wait()
		held := map[store.Key]*Widget{}
		for key, w := range inf.Reader().Items() {
			held[key] = w
		}
		left := 0
		for _, guests := range staying {
			for _, g := range guests {
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

// host250 has 250 handlers come and most of them go, and returns those that stay.
func host250(t *testing.T, inf *informer.Informer[*Widget], seed uint64) (staying []*guest) {
	random := rand.New(rand.NewPCG(seed, 24))
	for range 250 {
		g := &guest{fold: newFold(t)}
		ctx, cancel := context.WithCancel(t.Context())
		options := informer.HandlerOptions[*Widget]{
			Context: ctx,
			Backlog: []informer.Backlog{informer.EveryEvent(), informer.Coalesce(0), informer.Coalesce(20)}[random.IntN(3)],
		}
		time.Sleep(time.Duration(random.IntN(3)) * time.Millisecond)
		way := random.IntN(5)
		if way == 0 {
			g.leaveAfter = 1 + random.IntN(30)
		}
		registration := addHandler(t, inf, g, options)
		g.registration.Store(registration)
		if way > 0 && random.IntN(2) == 0 { // one that leaves from inside may do so before
			<-registration.Synced()
		}
		switch way {
		case 0: // from inside
			<-registration.Done()
		case 1:
			registration.Remove()
			<-registration.Done() // a call may have been about to begin
			g.gone.Store(true)
		case 2:
			if err := registration.Drain(ctx); err != nil {
				t.Error(err)
			}
			g.gone.Store(true)
		case 3:
			cancel()
			<-registration.Done()
			g.gone.Store(true)
		default:
			staying = append(staying, g)
			t.Cleanup(cancel)
			continue
		}
		cancel()
	}
	return staying
}
