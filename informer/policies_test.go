// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// Any history, through any policy, with handlers that stand still at any time,
// folds to the state of the cache; each event begins with the state that the one
// before left; and what is kept for one that coalesces is no more than its
// limit and one change for each key.
func TestG26_AnyHistoryThroughAnyPolicyFoldsToTheSameState(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 10
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) { newHistory(t, seed).play(200) })
		if t.Failed() {
			t.Fatalf("with seed %d", seed)
		}
	}
}

// history plays random changes to an informer whose readers have all policies.
type history struct {
	t       *testing.T
	random  *rand.Rand
	source  *script
	inf     *informer.Informer[*Widget]
	objects map[string]*Widget // that the source has
	known   map[string]bool    // names that were ever used
	version int
	readers []*follower
}

func newHistory(t *testing.T, seed uint64) *history {
	h := &history{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), source: newScript(t),
		objects: map[string]*Widget{}, known: map[string]bool{},
	}
	// The script serves no list but those that it asks for, so no watch may end by
	// itself.
	h.inf = informer.New(h.source, informer.Options{
		MaxBackoff: time.Second, MinWatchTimeout: 1000 * time.Hour, WatchGrace: -1, OnError: func(error) {},
	})
	for _, backlog := range []informer.Backlog{informer.EveryEvent(), informer.Coalesce(0), informer.Coalesce(3), informer.Disconnect(10_000)} {
		for choice := range 8 {
			h.read(backlog, choice&1 > 0, choice&2 > 0, choice&4 > 0)
		}
	}
	return h
}

// read adds a reader: a handler of events or of batches, or a loop.
func (h *history) read(backlog informer.Backlog, apart, filtered, loop bool) {
	f := &follower{
		t: h.t, name: fmt.Sprintf("%v apart=%v filtered=%v loop=%v", backlog, apart, filtered, loop),
		backlog: backlog, apart: apart, state: map[store.Key]*Widget{}, gate: make(chan struct{}),
	}
	h.readers = append(h.readers, f)
	if filtered {
		f.filter = func(w *Widget) bool { return w.Size > 1 }
	}
	if loop {
		options := informer.EventsOptions[*Widget]{Backlog: backlog, RecreateAsDeleteAdd: apart, Filter: f.filter}
		go func() {
			for event, err := range h.inf.EventsWithOptions(h.t.Context(), options) {
				if err == nil && event.Type != informer.Synced {
					f.hear(event)
				}
			}
		}()
		return
	}
	f.number = len(h.inf.Stats().Handlers)
	f.counted = true
	var handler informer.Handler[*Widget] = informer.EventFunc[*Widget](f.hear)
	if h.random.IntN(2) == 0 {
		f.counted = false // what is in its hands is a batch
		handler = informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) {
			for _, event := range events {
				f.hear(event)
			}
		})
	}
	addHandler(h.t, h.inf, handler, informer.HandlerOptions[*Widget]{Backlog: backlog, RecreateAsDeleteAdd: apart, Filter: f.filter})
}

func (h *history) play(steps int) {
	stop := run(h.t, h.inf)
	for range h.random.IntN(4) {
		h.change(func(*Widget) {}, func(*Widget) {}, func(*Widget) {})
	}
	h.source.list(h.next(), h.listed()...)
	for range steps {
		h.step()
		synctest.Wait()
		h.checkKept()
	}
	for _, f := range h.readers {
		f.goOn()
	}
	synctest.Wait()
	for _, f := range h.readers {
		f.check(h.inf)
	}
	stop()
}

func (h *history) step() {
	f := h.readers[h.random.IntN(len(h.readers))]
	switch h.random.IntN(12) {
	case 0:
		f.stand.Store(true)
	case 1:
		f.goOn()
	case 2: // what happens between watch and list is not seen
		h.source.expire()
		for range h.random.IntN(8) {
			h.change(func(*Widget) {}, func(*Widget) {}, func(*Widget) {})
		}
		h.source.list(h.next(), h.listed()...)
	default:
		h.change(h.source.added, h.source.modified, h.source.deleted)
	}
}

// change creates, updates or deletes one of a few objects.
func (h *history) change(added, modified, deleted func(*Widget)) {
	name := fmt.Sprint("w", h.random.IntN(6))
	h.known[name] = true
	w := at(widget(name, h.random.IntN(4)), h.next())
	held := h.objects[name]
	switch {
	case held == nil:
		w.UID = types.UID("of-" + w.ResourceVersion)
		h.objects[name] = w
		added(w)
	case h.random.IntN(3) == 0:
		w.UID = held.UID
		delete(h.objects, name)
		deleted(w)
	default:
		w.UID = held.UID
		h.objects[name] = w
		modified(w)
	}
}

func (h *history) next() string {
	h.version++
	return fmt.Sprint(h.version)
}

func (h *history) listed() (widgets []*Widget) {
	for _, w := range h.objects {
		widgets = append(widgets, w)
	}
	return widgets
}

// checkKept checks what is kept for those that coalesce.
func (h *history) checkKept() {
	stats := h.inf.Stats().Handlers
	for _, f := range h.readers {
		limit, coalesces := map[string]int{"Coalesce(0)": 1, "Coalesce(3)": 3}[f.backlog.String()]
		if !coalesces || !f.counted || !closed(h.inf.Synced()) {
			continue
		}
		most := len(h.known) + limit // those in its hands are within the limit
		if f.apart {
			most *= 2 // for each key one that is gone and one that has come
		}
		if got := stats[f.number].Backlog; got > uint64(most) {
			h.t.Errorf("%s: %d changes are kept, want at most %d", f.name, got, most)
		}
	}
}

// follower folds what it hears, and stands still when it is told to.
type follower struct {
	t       *testing.T
	name    string
	backlog informer.Backlog
	apart   bool
	filter  func(*Widget) bool
	number  int  // in the stats
	counted bool // its backlog is worth a look

	state map[store.Key]*Widget
	stand atomic.Bool
	gate  chan struct{}
}

func (f *follower) goOn() {
	f.stand.Store(false)
	synctest.Wait()
	select {
	case f.gate <- struct{}{}:
	default:
	}
}

func (f *follower) hear(event informer.Event[*Widget]) {
	held := f.state[event.Key]
	switch event.Type {
	case informer.Added:
		if held != nil {
			f.t.Errorf("%s: add of %v, which is there", f.name, event.Object)
		}
		f.state[event.Key] = event.Object
	case informer.Updated:
		if held == nil || held != event.Old {
			f.t.Errorf("%s: update of %v from %v, but the state was %v", f.name, event.Object, event.Old, held)
		}
		if f.apart && event.Old != nil && event.Old.UID != event.Object.UID {
			f.t.Errorf("%s: update of %v to another object", f.name, event.Object)
		}
		f.state[event.Key] = event.Object
	case informer.Deleted:
		if held == nil || held != event.Old {
			f.t.Errorf("%s: delete of %v from %v, but the state was %v", f.name, event.Object, event.Old, held)
		}
		if f.apart && held != nil && held.UID != event.Object.UID {
			f.t.Errorf("%s: delete of %v, but the object was %v", f.name, event.Object.UID, held.UID)
		}
		delete(f.state, event.Key)
	}
	if f.stand.Load() {
		<-f.gate
	}
}

func (f *follower) check(inf *informer.Informer[*Widget]) {
	want := map[string]string{}
	for key, w := range inf.Reader().Items() {
		if f.filter == nil || f.filter(w) {
			want[key.String()] = w.String() + "@" + w.ResourceVersion
		}
	}
	got := map[string]string{}
	for key, w := range f.state {
		got[key.String()] = w.String() + "@" + w.ResourceVersion
	}
	if diff := cmp.Diff(want, got); diff != "" {
		f.t.Errorf("%s: the state of the cache and that of the events, -want +got\n%s", f.name, diff)
	}
}
