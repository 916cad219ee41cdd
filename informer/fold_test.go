// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// fold is a handler that keeps the state that follows from what it is told, and
// checks that each change starts from the state before it, and that the versions
// of a key rise.
type fold struct {
	t       *testing.T
	mu      sync.Mutex // guards waiting and added, not state: calls are serial
	state   map[store.Key]*Widget
	added   map[store.Key]bool
	waiting map[store.Key]chan struct{}
	highest map[store.Key]int // version
	// rejoins says that objects may leave and come back as they were.
	rejoins bool
}

func newFold(t *testing.T) *fold {
	return &fold{t: t, state: map[store.Key]*Widget{}, highest: map[store.Key]int{}}
}

// rise checks a version against those that were seen of the key before.
func (f *fold) rise(what string, w *Widget) {
	version, err := strconv.Atoi(w.ResourceVersion)
	if err != nil || version <= f.highest[keyOf(w)] {
		f.t.Errorf("%s of %v at version %q after version %d (%v)", what, w, w.ResourceVersion, f.highest[keyOf(w)], err)
	}
	f.highest[keyOf(w)] = version
}

// sees returns a channel that is closed when the key has been added.
func (f *fold) sees(key store.Key) <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan struct{})
	if f.added[key] {
		close(c)
		return c
	}
	if f.waiting == nil {
		f.waiting = map[store.Key]chan struct{}{}
	}
	f.waiting[key] = c
	return c
}

func (f *fold) HandleAdd(w *Widget, _ bool) {
	key := keyOf(w)
	f.rise("add", w)
	if old, held := f.state[key]; held {
		f.t.Errorf("add of %v, which is there as %v", w, old)
	}
	f.state[key] = w
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.added == nil {
		f.added = map[store.Key]bool{}
	}
	f.added[key] = true
	if c := f.waiting[key]; c != nil {
		close(c)
		delete(f.waiting, key)
	}
}

func (f *fold) HandleUpdate(old, w *Widget) {
	if held := f.state[keyOf(w)]; held != old {
		f.t.Errorf("update of %v from %v, but the state was %v", w, old, held)
	}
	f.rise("update", w)
	f.state[keyOf(w)] = w
}

func (f *fold) HandleDelete(last *Widget, final bool) {
	switch {
	case final: // else it is the last known state once more
		f.rise("delete", last)
	case f.rejoins:
		delete(f.highest, keyOf(last))
	}
	if _, held := f.state[keyOf(last)]; !held {
		f.t.Errorf("delete of %v, which was not there", last)
	}
	delete(f.state, keyOf(last))
}

// hear is told of an event in one.
func (f *fold) hear(event informer.Event[*Widget]) {
	switch event.Type {
	case informer.Added:
		f.HandleAdd(event.Object, event.Initial)
	case informer.Updated:
		f.HandleUpdate(event.Old, event.Object)
	case informer.Deleted:
		f.HandleDelete(event.Object, event.Final)
	}
}
