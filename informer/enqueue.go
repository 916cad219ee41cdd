// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"

	"github.com/typedinformer/typedinformer/store"
)

// Queue is what keys are added to: a [*Reconciler], or any workqueue of client-go
// that holds keys of that type.
type Queue[K comparable] interface{ Add(item K) }

var errNilQueue = errors.New("informer: the queue is nil; a *Reconciler is one, and so are the typed queues of client-go's workqueue")

// Enqueue adds a handler that queues the key of each object that has come,
// changed or gone. Errors are those of [Informer.AddHandler], or that the queue
// is nil.
//
// For a filter, a name or resync, add an [EventFunc] that queues the key of the
// event.
func Enqueue[T any](from Registrar[T], queue Queue[store.Key]) (*Registration, error) {
	if queue == nil {
		return nil, errNilQueue
	}
	return from.AddHandlerWithOptions(EventFunc[T](func(event Event[T]) { queue.Add(event.Key) }), HandlerOptions[T]{})
}

// EnqueueFunc adds a handler that queues the keys that follow from an object that
// has come, changed or gone: keys calls add with each of them. It is called with
// both states of a change, since an object that has stopped to name another
// concerns that other too; a key that both lead to is queued once.
//
// keys is called serially, must not keep add, and treats objects as read-only.
// Errors are those of [Informer.AddHandler], or that queue or keys is nil.
func EnqueueFunc[T any, K comparable](from Registrar[T], queue Queue[K], keys func(object T, add func(K))) (*Registration, error) {
	if keys == nil {
		return nil, errors.New("informer: EnqueueFunc: keys is nil, so nothing would ever be queued")
	}
	return enqueue(from, queue, func(_ store.Key, object T, add func(K)) { keys(object, add) })
}

// enqueue is EnqueueFunc for keys that depend on the key of the object too.
func enqueue[T any, K comparable](from Registrar[T], queue Queue[K], keys func(key store.Key, object T, add func(K))) (*Registration, error) {
	if queue == nil {
		return nil, errNilQueue
	}
	e := &enqueuer[T, K]{queue: queue, keys: keys}
	e.add = e.addOnce
	return from.AddHandlerWithOptions(EventFunc[T](e.handle), HandlerOptions[T]{})
}

// enqueuer queues what follows from events. It is called serially, and keeps its
// map and its function from one event to the next.
type enqueuer[T any, K comparable] struct {
	queue Queue[K]
	keys  func(key store.Key, object T, add func(K))
	add   func(K)        // addOnce
	added map[K]struct{} // by the event at hand
}

// mostKept is how large a map is kept: clearing it takes as long as it once was
// large.
const mostKept = 256

func (e *enqueuer[T, K]) handle(event Event[T]) {
	if e.added == nil || len(e.added) > mostKept {
		e.added = map[K]struct{}{}
	}
	clear(e.added)
	if event.twoStates() {
		e.keys(event.Key, event.Old, e.add)
	}
	e.keys(event.Key, event.Object, e.add)
}

// addOnce spares a reconciler that is quick the second turn for one event.
func (e *enqueuer[T, K]) addOnce(key K) {
	if _, again := e.added[key]; again {
		return
	}
	e.added[key] = struct{}{}
	e.queue.Add(key)
}
