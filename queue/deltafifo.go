// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"sync"

	"github.com/typedinformer/typedinformer/store"
)

// Options are the options of a [DeltaFIFO]. The zero value works.
type Options struct {
	// Compress keeps fewer deltas for keys that change faster than they are
	// taken; see [DeltaFIFO]. The default is to keep each.
	Compress bool
	// Limit is how many deltas may be pending; a producer then waits. A
	// Replaced delta counts as one, and all that a Resync pushes may pass the
	// limit together. Zero means no limit.
	Limit int
}

// DeltaFIFO is a queue of changes in the order of their arrival. It is safe for
// any number of producers and one consumer.
//
// With [Options.Compress], a delta for a key that has one pending takes its
// place in the queue instead of a new one: an Added, Updated or Sync replaces
// the state, a Deleted what came before it. Kept are a delete that is followed
// by a new state, so that the consumer sees both, and the state before a Left,
// which has none of its own. A Quarantined is noted at the state before it. So a
// key has at most three deltas pending, however often it changes, and three more
// after a Replaced: nothing is ever merged across that. States of one key keep
// their order; between keys, and so between versions, the order holds for whole
// batches only. Of Bookmarks in a row the last is kept.
type DeltaFIFO[T any] struct {
	options Options
	ready   chan struct{} // wakes the one consumer; a channel for each wait would be an allocation for each

	mu       sync.Mutex // guards all below
	closed   bool
	pending  []Delta[T]
	taken    []Delta[T]    // the consumer's to read, until it comes back
	latest   latest        // kept with Compress only
	replaced bool          // the consumer is done with a Replaced, and synced is closed
	synced   chan struct{} // nil as long as nobody has asked for it
	parked   bool          // the consumer waits on ready
	emptied  signal
}

// NewDeltaFIFO returns an empty queue.
func NewDeltaFIFO[T any](options Options) *DeltaFIFO[T] {
	q := &DeltaFIFO[T]{options: options, ready: make(chan struct{}, 1)}
	if options.Compress {
		q.latest.at = map[store.Key]place{}
	}
	return q
}

// Push appends a delta. If the queue is at its limit Push waits for room; its
// error is then that of ctx, if ctx ends first, and the delta is not queued. On a
// closed queue the error is [ErrClosed].
func (q *DeltaFIFO[T]) Push(ctx context.Context, delta Delta[T]) error {
	if err := q.lockWithRoom(ctx, delta.Type); err != nil {
		return err
	}
	defer q.mu.Unlock()
	q.add(delta)
	return nil
}

// lockWithRoom waits for room. Without an error mu is held when it returns.
func (q *DeltaFIFO[T]) lockWithRoom(ctx context.Context, what DeltaType) error {
	q.mu.Lock()
	for !q.closed && q.full() {
		room := q.emptied.waiter()
		q.mu.Unlock()
		if err := wait(ctx, room); err != nil {
			return &waitError{"room for a delta of type " + what.String(), err}
		}
		q.mu.Lock()
	}
	if q.closed {
		q.mu.Unlock()
		return ErrClosed
	}
	return nil
}

func (q *DeltaFIFO[T]) full() bool { return q.options.Limit > 0 && len(q.pending) >= q.options.Limit }

// add queues a delta and wakes the consumer. mu is held.
func (q *DeltaFIFO[T]) add(delta Delta[T]) {
	if q.options.Compress {
		q.compress(delta)
	} else {
		q.pending = append(q.pending, delta)
	}
	q.wake()
}

// PopBatch takes all that is pending, and waits if that is nothing. The batch is
// the caller's to read until the next PopBatch, which clears it. The error is
// that of ctx, or [ErrClosed] when the queue was closed and nothing is left.
func (q *DeltaFIFO[T]) PopBatch(ctx context.Context) ([]Delta[T], error) {
	q.mu.Lock()
	q.giveBack()
	for len(q.pending) == 0 && !q.closed {
		if err := q.park(ctx); err != nil {
			q.mu.Unlock()
			return nil, &waitError{"a delta", err}
		}
	}
	defer q.mu.Unlock()
	if len(q.pending) == 0 {
		return nil, ErrClosed
	}
	q.pending, q.taken = q.taken[:0], q.pending
	q.latest.forget()
	q.emptied.notify()
	return q.taken, nil
}

// park waits to be woken, or for ctx, with mu given back meanwhile.
func (q *DeltaFIFO[T]) park(ctx context.Context) error {
	q.parked = true
	q.mu.Unlock()
	err := wait(ctx, q.ready)
	q.mu.Lock()
	if !q.parked && err != nil {
		<-q.ready // woken and ended at once
	}
	q.parked = false
	return err
}

// wake wakes the consumer if it waits. mu is held.
func (q *DeltaFIFO[T]) wake() {
	if q.parked {
		q.parked = false
		q.ready <- struct{}{}
	}
}

// A buffer for more than keptDeltas, some 1.4 MB, comes from a burst and is left
// to the collector after it, and so is one that was mostly empty.
const (
	keptDeltas  = 16 << 10
	smallBuffer = 64 // always kept
)

func wasteful(room, used int) bool {
	return room > keptDeltas || room > smallBuffer && used*8 < room
}

// giveBack ends the consumer's use of the batch before.
func (q *DeltaFIFO[T]) giveBack() {
	for i := 0; i < len(q.taken) && !q.replaced; i++ {
		if q.taken[i].Type == Replaced {
			q.replaced = true
			if q.synced != nil {
				close(q.synced)
			}
		}
	}
	if wasteful(cap(q.taken), len(q.taken)) {
		q.taken = nil
		return
	}
	clear(q.taken)
	q.taken = q.taken[:0]
}

// Synced returns a channel that is closed once the first Replaced delta has been
// taken and the consumer has come back for more, which says that it is done with
// it.
func (q *DeltaFIFO[T]) Synced() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.synced == nil {
		q.synced = make(chan struct{})
		if q.replaced {
			close(q.synced)
		}
	}
	return q.synced
}

// Len returns the number of pending deltas.
func (q *DeltaFIFO[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.pending)
}

// Close ends the queue: what is pending can still be taken. Calling it again
// does nothing.
func (q *DeltaFIFO[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.wake()
	q.emptied.notify()
}
