// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"fmt"
	"iter"
	"sync"

	"github.com/typedinformer/typedinformer/store"
)

// FIFO is a queue of objects that keeps the latest state of each key and hands
// on one at a time, in the order in which the keys first came. A key that is
// added again while it waits keeps its place; one that was popped or deleted
// starts over at the end. It is safe for any number of producers and consumers.
//
// It is what a scheduler works from: all that is left of ten changes of one
// object is the state to act on. Use a [DeltaFIFO] to see each change.
type FIFO[T any] struct {
	header store.ItemFunc[T]
	synced chan struct{}

	mu      sync.Mutex // guards all below
	closed  bool
	line    line[T]
	begun   bool // there was a first change
	initial int  // items of the first Replace that still wait
	handed  bool // none of them waits any more; synced is closed
	arrived signal
}

// NewFIFO returns an empty queue of objects whose header the given function
// reads, such as store.FromMeta.
func NewFIFO[T any](header store.ItemFunc[T]) *FIFO[T] {
	return &FIFO[T]{header: header, synced: make(chan struct{}), line: newLine[T]()}
}

// Add queues an object: at the end, or in the place where its key waits already.
// The error is that of the header function, or [ErrClosed]; the queue is then
// unchanged. This holds for all methods that take an object.
func (q *FIFO[T]) Add(object T) error {
	return q.change("add", object, func(item store.Item[T]) { q.put(item) })
}

// Update is Add: that a key which was popped is queued once more is what a work
// queue is for.
func (q *FIFO[T]) Update(object T) error {
	return q.change("update", object, func(item store.Item[T]) { q.put(item) })
}

// AddIfNotPresent queues an object unless its key waits already, with a state
// that is then taken to be the newer one. It puts back what could not be worked
// on.
func (q *FIFO[T]) AddIfNotPresent(object T) error {
	return q.change("add if not present", object, func(item store.Item[T]) {
		if _, waits := q.line.spot[item.Key]; !waits {
			q.put(item)
		}
	})
}

// Delete takes a key out of the queue, and reports whether it waited. It works
// on a closed queue too, for what is left.
func (q *FIFO[T]) Delete(key store.Key) (queued bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at, queued := q.line.spot[key]
	if queued {
		q.remove(at)
	}
	q.begin()
	return queued
}

// Get returns the state of a key that waits, and leaves it in the queue.
func (q *FIFO[T]) Get(key store.Key) (item store.Item[T], queued bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	at, queued := q.line.spot[key]
	return q.line.spots[at].item, queued // spots[head] if not, which has none
}

// Replace makes objects all that waits: other keys are dropped, those that
// waited already keep their places, new ones follow in the given order. An error
// with one object leaves the queue as it was.
func (q *FIFO[T]) Replace(objects iter.Seq[T]) error {
	items, err := q.headers(objects)
	if err != nil {
		return err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.dropAllBut(items)
	first := !q.begun
	for _, item := range items {
		q.put(item)
	}
	if first {
		q.initial = q.line.markInitial()
	}
	q.begin()
	return nil
}

// Pop takes the object whose key has waited longest, with its header. It waits
// while there is none; the error is that of ctx, or [ErrClosed] when the queue
// was closed and nothing is left.
func (q *FIFO[T]) Pop(ctx context.Context) (store.Item[T], error) {
	q.mu.Lock()
	for q.line.len() == 0 && !q.closed {
		arrived := q.arrived.waiter()
		q.mu.Unlock()
		if err := wait(ctx, arrived); err != nil {
			return store.Item[T]{}, &waitError{"an object", err}
		}
		q.mu.Lock()
	}
	defer q.mu.Unlock()
	if q.line.len() == 0 {
		return store.Item[T]{}, ErrClosed
	}
	return q.remove(q.line.first()), nil
}

// Synced returns a channel that is closed when what was there first has been
// handed on: each object of the first Replace was popped, or deleted, or
// dropped by a later Replace. As in client-go it is closed at once by an Add,
// Update, AddIfNotPresent or Delete that comes before any Replace, and by a
// first Replace with nothing.
func (q *FIFO[T]) Synced() <-chan struct{} { return q.synced }

// Len returns the number of objects that wait.
func (q *FIFO[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.line.len()
}

// Close ends the queue: what waits can still be popped. Calling it again does
// nothing.
func (q *FIFO[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.arrived.notify()
}

func (q *FIFO[T]) change(doing string, object T, apply func(store.Item[T])) error {
	item, err := q.header(object)
	if err != nil {
		return fmt.Errorf("queue: %s: %w", doing, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	apply(item)
	q.begin()
	return nil
}

// headers reads the header of each object before the queue is touched: objects
// may take its time, or use the queue itself.
func (q *FIFO[T]) headers(objects iter.Seq[T]) ([]store.Item[T], error) {
	var items []store.Item[T]
	for object := range objects {
		item, err := q.header(object)
		if err != nil {
			return nil, fmt.Errorf("queue: replace: object %d: %w", len(items), err)
		}
		items = append(items, item)
	}
	return items, nil
}

// put queues an item. Only an empty queue can have consumers that wait. mu is
// held.
func (q *FIFO[T]) put(item store.Item[T]) {
	if q.line.put(item) {
		q.arrived.notify()
	}
}

// remove takes an item out of the queue. mu is held.
func (q *FIFO[T]) remove(at int) store.Item[T] {
	gone := q.line.remove(at)
	if gone.initial {
		q.initial--
		q.settle()
	}
	return gone.item
}

func (q *FIFO[T]) dropAllBut(items []store.Item[T]) {
	listed := make(map[store.Key]struct{}, len(items))
	for i := range items {
		listed[items[i].Key] = struct{}{}
	}
	for at := q.line.first(); at != head; {
		waiting := q.line.spots[at]
		if _, keep := listed[waiting.item.Key]; !keep {
			q.remove(at)
		}
		at = waiting.behind
	}
}

// begin notes that there was a change, the first one perhaps.
func (q *FIFO[T]) begin() {
	q.begun = true
	q.settle()
}

// settle closes synced when nothing that came first waits.
func (q *FIFO[T]) settle() {
	if q.initial == 0 && !q.handed {
		q.handed = true
		close(q.synced)
	}
}
