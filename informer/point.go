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

// attach returns a channel that receives the point where a new reader begins:
// at once, or when the first list has come. mu is held.
func (inf *Informer[T]) attach() <-chan point[T] {
	begin := make(chan point[T], 1)
	select {
	case <-inf.synced:
		begin <- inf.point()
	default:
		inf.waiting = append(inf.waiting, begin)
	}
	return begin
}

// detach undoes attach for a reader that has not received from the channel, and
// does nothing for one that has. mu is held.
func (inf *Informer[T]) detach(begin <-chan point[T]) {
	inf.waiting = slices.DeleteFunc(inf.waiting, func(other chan point[T]) bool { return other == begin })
	select {
	case unread := <-begin:
		unread.cursor.Leave()
	default:
	}
}

// now returns the state of the cache and the number of events that led to it.
func (inf *Informer[T]) now() (store.Snapshot[T], uint64) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return inf.store.Snapshot(), inf.log.End()
}
