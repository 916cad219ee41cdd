// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"slices"

	"github.com/typedinformer/typedinformer/internal/eventlog"
	"github.com/typedinformer/typedinformer/store"
)

// A point is where a reader begins: a state, and the place in the log right
// behind it. Reading the state and then the log misses nothing and repeats
// nothing, since both were taken between two batches (G21).
type point[T any] struct {
	state  store.Snapshot[T]
	cursor *eventlog.Cursor[Event[T]]
}

// point returns where a reader that joins now begins. mu is held.
func (inf *Informer[T]) point() point[T] {
	return point[T]{state: inf.store.Snapshot(), cursor: inf.log.Join()}
}

// attach makes a reader begin at a point: at once, or when the first list has
// come. mu is held.
func (inf *Informer[T]) attach(r *reader[T]) {
	if r.backlog.kind != everyEvent {
		inf.limited = append(inf.limited, r)
	}
	if r.apart {
		inf.apart++
	}
	if closed(inf.synced) {
		r.open(inf.point())
		return
	}
	inf.waiting = append(inf.waiting, r)
}

// detach ends the reading of one that was attached. mu is held.
func (inf *Informer[T]) detach(r *reader[T]) {
	same := func(other *reader[T]) bool { return other == r }
	inf.waiting = slices.DeleteFunc(inf.waiting, same)
	inf.limited = slices.DeleteFunc(inf.limited, same)
	if r.apart {
		inf.apart--
	}
	r.close()
}

// pass returns the state of the cache, and the events that a reader has to go
// through before it. ok is false if the reader is being drained: the state may
// have come after that began, which mu decides.
func (inf *Informer[T]) pass(r *reader[T]) (before *pending[T], state store.Snapshot[T], ok bool) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if closed(r.drained) {
		return nil, state, false
	}
	return r.split(), inf.store.Snapshot(), true
}
