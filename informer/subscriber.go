// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/typedinformer/typedinformer/internal/eventlog"
	"github.com/typedinformer/typedinformer/store"
)

// subscriber delivers to one handler. Its goroutine belongs to the group of
// [Informer.Run].
type subscriber[T any] struct {
	Registration
	informer *Informer[T]
	handler  Handler[T]
	events   EventHandler[T] // the handler, if it wants whole events
	options  HandlerOptions[T]
	number   int // in the order of registration

	begin   <-chan point[T] // see informer.attach
	removed chan struct{}   // closed by end
	ended   atomic.Bool     // removed is closed; read before each call of the handler
	once    sync.Once       // closes removed
	running bool            // run was started; guarded by informer.mu

	initial   atomic.Int64  // initial adds that the handler has not returned from; -1 before begin
	delivered atomic.Uint64 // events that the handler has returned from
	cursor    atomic.Pointer[eventlog.Cursor[Event[T]]]
	progress  *progress
}

func newSubscriber[T any](inf *Informer[T], begin <-chan point[T], handler Handler[T], options HandlerOptions[T]) *subscriber[T] {
	s := &subscriber[T]{
		Registration: Registration{name: options.Name, synced: make(chan struct{}), done: make(chan struct{})},
		informer:     inf,
		handler:      handler,
		events:       wholeEvents(handler),
		options:      options,
		begin:        begin,
		removed:      make(chan struct{}),
		progress:     newProgress(),
	}
	s.initial.Store(-1)
	s.remove = func() { inf.unsubscribe(s) }
	s.waitForSync = s.awaitInitial
	s.waitFor = s.reach
	return s
}

// end makes run return after the call it is in: Remove, with [ErrRemoved], and
// the informer's stop, with [ErrStopped].
func (s *subscriber[T]) end(cause error) {
	s.once.Do(func() {
		s.cause = cause
		s.ended.Store(true)
		close(s.removed)
	})
}

// run delivers until the registration is removed or the informer stops.
func (s *subscriber[T]) run() {
	defer s.finish()
	var start point[T]
	select {
	case <-s.removed:
		return
	case start = <-s.begin:
	}
	defer start.cursor.Leave()
	s.cursor.Store(start.cursor)
	s.initial.Store(int64(start.state.Len()))
	s.deliverState(start.state, Event[T]{Type: Added, Initial: true}, func(n int) { s.initial.Add(-int64(n)) })
	start.state = store.Snapshot[T]{}
	if s.ended.Load() {
		return
	}
	close(s.synced)
	s.follow(start.cursor)
}

// finish ends the registration after the handler's last call.
func (s *subscriber[T]) finish() {
	s.informer.mu.Lock()
	s.informer.drop(s)
	s.informer.mu.Unlock()
	s.markDone()
}

// follow delivers what comes after the initial state.
func (s *subscriber[T]) follow(cursor *eventlog.Cursor[Event[T]]) {
	var tick <-chan time.Time
	if s.options.Resync > 0 {
		ticker := time.NewTicker(s.options.Resync)
		defer ticker.Stop()
		tick = ticker.C
	}
	for !s.ended.Load() {
		if s.deliverNext(cursor) {
			select {
			case <-tick: // also when there is never a pause
				s.resync(cursor, tick)
			default:
			}
			continue
		}
		select {
		case <-cursor.Ready():
		case <-s.removed:
		case <-tick:
			s.resync(cursor, tick)
		}
	}
}

// deliverNext delivers events that lie together in the log; false if there are
// none.
func (s *subscriber[T]) deliverNext(cursor *eventlog.Cursor[Event[T]]) bool {
	events := cursor.Next()
	for rest := events; len(rest) > 0 && !s.ended.Load(); {
		n := s.deliver(rest)
		rest = rest[n:]
		s.advance(cursor, n)
	}
	return len(events) > 0
}

// resync delivers all objects again. Events that were published before the
// state was taken come first, so that no handler sees a state go back. What fell
// due while that went on has been done by it.
func (s *subscriber[T]) resync(cursor *eventlog.Cursor[Event[T]], tick <-chan time.Time) {
	state, end := s.informer.now()
	for cursor.Position() < end && !s.ended.Load() {
		s.deliverUpTo(cursor, end)
	}
	s.deliverState(state, Event[T]{Type: Updated, repeated: true}, func(int) {})
	select {
	case <-tick:
	default:
	}
}

func (s *subscriber[T]) deliverUpTo(cursor *eventlog.Cursor[Event[T]], end uint64) {
	events := cursor.Next()
	if most := end - cursor.Position(); uint64(len(events)) > most {
		events = events[:most]
	}
	s.advance(cursor, s.deliver(events))
}

// stateChunk is how many objects of a state are made events at a time.
const stateChunk = 16

// deliverState delivers the objects of a state as events that look like the
// given one, and calls returned with the number of them that were delivered.
func (s *subscriber[T]) deliverState(state store.Snapshot[T], like Event[T], returned func(n int)) {
	events := make([]Event[T], 0, min(stateChunk, state.Len()))
	flush := func() {
		for rest := events; len(rest) > 0 && !s.ended.Load(); {
			n := s.deliver(rest)
			rest = rest[n:]
			returned(n)
		}
		events = events[:0]
	}
	for key, object := range state.Items() {
		event := like
		event.Key, event.Object = key, object
		if event.Type == Updated {
			event.Old = object
		}
		if events = append(events, event); len(events) == cap(events) {
			flush()
		}
		if s.ended.Load() {
			return
		}
	}
	flush()
}

// deliver calls the handler with one event after the other until they end, the
// registration ends, or the handler panics. It returns how many of them are
// dealt with, the one that caused a panic included.
func (s *subscriber[T]) deliver(events []Event[T]) (n int) {
	defer func() {
		s.delivered.Add(uint64(n))
		if cause := recover(); cause != nil {
			n++
			s.informer.report(&PanicError{Resource: s.informer.resource, Handler: s.name, Value: cause, Stack: debug.Stack()})
		}
	}()
	for n < len(events) && !s.ended.Load() {
		s.call(&events[n])
		n++
		if s.progress.awaited.Load() {
			break // somebody wants to know of each
		}
	}
	return n
}

func (s *subscriber[T]) call(event *Event[T]) {
	if event.repeated && s.options.Resync == 0 {
		return
	}
	if s.options.Filter == nil {
		s.callInTurn(event)
		return
	}
	if seen, ok := event.filtered(s.options.Filter); ok {
		s.callInTurn(&seen)
	}
}

// callInTurn calls the handler when no other of its [Dispatcher] is being called.
func (s *subscriber[T]) callInTurn(event *Event[T]) {
	if s.options.turn == nil {
		s.dispatch(event)
		return
	}
	select {
	case s.options.turn <- struct{}{}:
	case <-s.removed: // the informer's stop does not wait for handlers of others
		return
	}
	defer func() { <-s.options.turn }() // also if the handler panics
	if !s.ended.Load() {
		s.dispatch(event)
	}
}

func (s *subscriber[T]) dispatch(event *Event[T]) {
	if s.events != nil {
		s.events.HandleEvent(*event)
		return
	}
	switch event.Type {
	case Added:
		s.handler.HandleAdd(event.Object, event.Initial)
	case Updated:
		s.handler.HandleUpdate(event.Old, event.Object)
	case Deleted:
		s.handler.HandleDelete(event.Object, event.Final)
	}
}
