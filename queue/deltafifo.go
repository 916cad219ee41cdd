// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/typedinformer/typedinformer/store"
)

// Options are the options of a [DeltaFIFO]. The zero value works.
type Options struct {
	// Compress keeps fewer deltas for keys that change faster than they are
	// taken; see [DeltaFIFO]. The default is to keep each.
	Compress bool
	// Limit is how many deltas may be pending; a producer then waits. A
	// Replaced delta counts as one. Zero means no limit.
	Limit int
}

// DeltaFIFO is a queue of changes in the order of their arrival. It is safe for
// any number of producers and one consumer.
//
// With [Options.Compress], a delta for a key that has one pending takes its
// place in the queue instead of a new one: an Added, Updated or Sync replaces
// the state, a Deleted or Left replaces what came before it. Only a delete that
// is followed by a new state is kept, so that the consumer sees both. Nothing is
// ever merged across a Replaced, and states of one key keep their order; the
// order between keys is that of their first pending change. Of Bookmarks only
// the last is kept, at the end.
type DeltaFIFO[T any] struct {
	options Options
	synced  chan struct{}
	ready   chan struct{} // wakes the one consumer; a channel for each wait would be an allocation for each

	mu       sync.Mutex // guards all below
	closed   bool
	pending  []Delta[T]
	taken    []Delta[T]        // the consumer's, until it comes back
	latest   map[store.Key]int // with Compress: the last pending delta of each key since the last Replaced
	replaced bool              // a Replaced was taken
	parked   bool              // the consumer waits on ready
	emptied  signal
}

// NewDeltaFIFO returns an empty queue.
func NewDeltaFIFO[T any](options Options) *DeltaFIFO[T] {
	q := &DeltaFIFO[T]{options: options, synced: make(chan struct{}), ready: make(chan struct{}, 1)}
	if options.Compress {
		q.latest = map[store.Key]int{}
	}
	return q
}

// Push appends a delta. If the queue is at its limit Push waits for room; its
// error is then that of ctx, if ctx ends first, and the delta is not queued. On a
// closed queue the error is [ErrClosed].
func (q *DeltaFIFO[T]) Push(ctx context.Context, delta Delta[T]) error {
	q.mu.Lock()
	for !q.closed && q.full() {
		room := q.emptied.waiter()
		q.mu.Unlock()
		if err := wait(ctx, room); err != nil {
			return fmt.Errorf("queue: waiting for room for a %v delta: %w", delta.Type, err)
		}
		q.mu.Lock()
	}
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	if q.options.Compress {
		q.compress(delta)
	} else {
		q.pending = append(q.pending, delta)
	}
	q.wake()
	return nil
}

func (q *DeltaFIFO[T]) full() bool { return q.options.Limit > 0 && len(q.pending) >= q.options.Limit }

// Resync pushes a Sync delta for each item whose key has nothing pending: a
// pending change says more than a repetition would. It waits and fails as Push
// does.
func (q *DeltaFIFO[T]) Resync(ctx context.Context, known iter.Seq[store.Item[T]]) error {
	busy := q.pendingKeys()
	for item := range known {
		if _, pending := busy[item.Key]; pending {
			continue
		}
		if err := q.Push(ctx, Delta[T]{Type: Sync, Item: item}); err != nil {
			return err
		}
	}
	return nil
}

func (q *DeltaFIFO[T]) pendingKeys() map[store.Key]struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	keys := make(map[store.Key]struct{}, len(q.pending))
	for i := range q.pending {
		keys[q.pending[i].Item.Key] = struct{}{}
	}
	return keys
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
			return nil, fmt.Errorf("queue: waiting for a delta: %w", err)
		}
	}
	defer q.mu.Unlock()
	if len(q.pending) == 0 {
		return nil, ErrClosed
	}
	q.pending, q.taken = q.taken[:0], q.pending
	clear(q.latest)
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

// giveBack ends the consumer's use of the batch before.
func (q *DeltaFIFO[T]) giveBack() {
	for i := range q.taken {
		q.replaced = q.replaced || q.taken[i].Type == Replaced
	}
	if q.replaced {
		q.sync()
	}
	if room := cap(q.taken); room > keptDeltas || room > smallBuffer && len(q.taken)*8 < room {
		q.taken = nil
		return
	}
	clear(q.taken)
	q.taken = q.taken[:0]
}

func (q *DeltaFIFO[T]) sync() {
	select {
	case <-q.synced:
	default:
		close(q.synced)
	}
}

// Synced returns a channel that is closed once the first Replaced delta has been
// taken and the consumer has come back for more, which says that it is done with
// it.
func (q *DeltaFIFO[T]) Synced() <-chan struct{} { return q.synced }

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
