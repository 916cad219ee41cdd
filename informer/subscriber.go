// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/typedinformer/typedinformer/internal/stack"
	"github.com/typedinformer/typedinformer/store"
)

// subscriber delivers to one handler. Its goroutine belongs to the group of
// [Informer.Run].
type subscriber[T any] struct {
	Registration
	informer *Informer[T]
	handler  Handler[T]
	events   EventHandler[T] // the handler, if it wants whole events
	batches  BatchHandler[T] // the handler, if it wants many at a time
	batch    []Event[T]      // of its call
	options  HandlerOptions[T]
	number   int // in the order of registration
	reader   *reader[T]

	ended   atomic.Bool // removed is closed; read before each call of the handler
	once    sync.Once   // closes removed
	drained atomic.Bool // ended since all that there was has been delivered
	running bool        // run was started; guarded by informer.mu
	release func() bool // gives up waiting for the end of options.Context, if there is one; guarded by informer.mu

	initial   atomic.Int64  // initial adds that the handler has not returned from; -1 before begin
	delivered atomic.Uint64 // events that the handler has returned from
	progress  progress
	panics    atomic.Uint64
	lag       lag
}

func newSubscriber[T any](inf *Informer[T], handler Handler[T], options HandlerOptions[T]) *subscriber[T] {
	s := &subscriber[T]{
		Registration: Registration{
			name: options.Name, synced: make(chan struct{}), removed: make(chan struct{}), done: make(chan struct{}),
		},
		informer: inf,
		handler:  handler,
		events:   wholeEvents(handler),
		batches:  wholeBatches(handler),
		options:  options,
		reader:   newReader(inf, options.Backlog),
		lag:      newLag(),
		progress: progress{stones: milestones[uint64]{compare: cmp.Compare[uint64]}},
	}
	s.reader.repeats, s.reader.apart = options.Resync > 0, options.RecreateAsDeleteAdd
	if options.Backlog.kind == disconnect {
		s.reader.exceeds = s.disconnect
	}
	if s.batches != nil {
		s.reader.takeMore()
	}
	s.initial.Store(-1)
	s.delivery = s
	return s
}

func (s *subscriber[T]) unsubscribe() { s.informer.unsubscribe(s, ErrRemoved) }

// end makes run return after the call it is in: Remove, with [ErrRemoved], the
// informer's stop, with [ErrStopped], and so on. The first cause counts. What was
// pending is given back at once, even if the handler never returns.
func (s *subscriber[T]) end(cause error) {
	s.once.Do(func() {
		s.cause = cause
		s.ended.Store(true)
		close(s.removed)
	})
	s.reader.close()
}

// disconnect ends the delivery to a handler that is too far behind. informer.mu
// is held.
func (s *subscriber[T]) disconnect(behind int) {
	err := &BacklogError{Resource: s.informer.resource, Handler: s.name, Backlog: behind, Limit: s.options.Backlog.limit}
	s.end(err)
	s.informer.reportLater(err)
}

// run delivers until the registration is removed or the informer stops.
func (s *subscriber[T]) run() {
	stack.Reserve4K()
	defer s.finish()
	select {
	case <-s.removed:
	case state := <-s.reader.begin:
		s.lag.busy(s.informer.log.End())
		s.progress.note(s.reader.position())
		s.deliverInitial(state)
		s.follow()
	}
}

// deliverInitial delivers the state that the handler begins with. It is a
// function of its own so that the state is not kept longer than that.
func (s *subscriber[T]) deliverInitial(state store.Snapshot[T]) {
	s.initial.Store(int64(state.Len()))
	s.deliverState(state, Event[T]{Type: Added, Initial: true}, func(n int) { s.initial.Add(-int64(n)) })
	if !s.ended.Load() {
		close(s.synced)
	}
}

// finish ends the registration after the handler's last call.
func (s *subscriber[T]) finish() {
	if s.ended.Load() {
		<-s.removed // which is closed right behind that: who sees Done has to see why
	}
	s.informer.mu.Lock()
	s.informer.drop(s)
	s.informer.mu.Unlock()
	s.markDone()
}

// follow delivers what comes after the initial state.
func (s *subscriber[T]) follow() {
	var tick <-chan time.Time
	if s.options.Resync > 0 {
		ticker := time.NewTicker(s.options.Resync)
		defer ticker.Stop()
		tick = ticker.C
	}
	for !s.ended.Load() {
		if s.deliverNext() {
			select {
			case <-tick: // also when there is never a pause
				s.resync(tick)
			default:
			}
			continue
		}
		if s.reader.empty() {
			s.drained.Store(!s.ended.Load()) // a removal empties it too
			s.end(ErrRemoved)
			return
		}
		s.lag.level()
		select {
		case <-s.reader.ready():
		case <-s.reader.drained:
		case <-s.removed:
		case <-tick:
			s.resync(tick)
		}
	}
}

// deliverNext delivers events that lie together; false if there are none.
func (s *subscriber[T]) deliverNext() bool {
	events, through, inRow := s.reader.take()
	if len(events) == 0 {
		if !s.ended.Load() { // what was merged may have come to nothing
			s.progress.note(through)
		}
		return false
	}
	s.lag.busy(s.informer.log.End())
	s.deliverTaken(events, func(left int) {
		switch {
		case left == 0:
			s.progress.note(through)
		case inRow:
			s.progress.note(through - uint64(left))
		}
	})
	s.lag.through(through)
	return true
}

// deliverTaken delivers what was taken, and says now and then how much of it is
// left.
func (s *subscriber[T]) deliverTaken(events []Event[T], left func(int)) {
	for len(events) > 0 && !s.ended.Load() {
		n := s.deliver(events)
		s.reader.returned(n)
		events = events[n:]
		left(len(events))
	}
}

// resync delivers all objects again. Events that were published before the
// state was taken come first, so that no handler sees a state go back. What fell
// due while that went on has been done by it.
func (s *subscriber[T]) resync(tick <-chan time.Time) {
	before, state, ok := s.informer.pass(s.reader)
	if !ok {
		return
	}
	through := s.reader.position()
	for events := before.take(s.reader.merged); len(events) > 0; events = before.take(s.reader.merged) {
		s.deliverTaken(events, func(int) {})
	}
	if !s.ended.Load() {
		s.progress.note(through)
	}
	s.deliverState(state, Event[T]{Type: Updated, repeated: true}, func(int) {})
	select {
	case <-tick:
	default:
	}
}

// stateChunk is how many objects of a state are made events at a time, and
// batchChunk how many for a handler that wants many at once.
const (
	stateChunk = 8
	batchChunk = 256
)

// deliverState delivers the objects of a state as events that look like the
// given one, and calls returned with the number of them that were delivered.
func (s *subscriber[T]) deliverState(state store.Snapshot[T], like Event[T], returned func(n int)) {
	chunk := stateChunk
	if s.batches != nil {
		chunk = batchChunk
	}
	events := make([]Event[T], 0, min(chunk, state.Len()))
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
		cause := recover()
		switch {
		case cause == nil:
		case s.batches != nil:
			n = len(events)
		default:
			n++
		}
		s.delivered.Add(uint64(n))
		if cause != nil {
			s.panicked(cause)
		}
	}()
	if s.batches != nil {
		return s.deliverBatch(events)
	}
	// Most handlers are called with every event, and when they like: of each event
	// there is little more to do than to call them.
	plain := s.options.Filter == nil && s.options.turn == nil
	for n < len(events) && !s.ended.Load() {
		if event := &events[n]; plain && !event.repeated {
			s.dispatch(event)
		} else if !s.call(event) {
			break
		}
		n++
		if s.progress.awaited.Load() {
			break // somebody wants to know of each
		}
	}
	return n
}

// panicked reports a panic, and raises it again if that is wanted. It is called
// while the stack is still that of the panic.
func (s *subscriber[T]) panicked(cause any) {
	s.panics.Add(1)
	raise := s.options.PanicPolicy == RaisePanics
	s.informer.report(&PanicError{Resource: s.informer.resource, Handler: s.name, Value: cause, Stack: debug.Stack(), Raised: raise})
	if raise {
		panic(cause)
	}
}

// call calls the handler with an event, if it is concerned. It returns false if
// the delivery has ended before it was the handler's turn.
func (s *subscriber[T]) call(event *Event[T]) bool {
	if event.repeated || s.options.Filter != nil {
		seen, ok := s.concerned(event)
		if !ok {
			return true
		}
		event = &seen
	}
	if s.options.turn == nil {
		s.dispatch(event)
		return true
	}
	if !s.takeTurn() {
		return false
	}
	defer s.giveTurn() // also if the handler panics
	s.dispatch(event)
	return true
}

// concerned returns an event as the handler is to see it; ok is false if it is
// not concerned.
func (s *subscriber[T]) concerned(event *Event[T]) (seen Event[T], ok bool) {
	if event.repeated && s.options.Resync == 0 {
		return seen, false
	}
	if s.options.Filter == nil {
		return *event, true
	}
	return event.filtered(s.options.Filter)
}

// takeTurn waits until no other handler of the [Dispatcher] is being called. It
// returns false if the delivery has ended.
func (s *subscriber[T]) takeTurn() bool {
	if s.options.turn == nil {
		return true
	}
	select {
	case s.options.turn <- struct{}{}:
	case <-s.removed: // the informer's stop does not wait for handlers of others
		return false
	}
	if s.ended.Load() {
		s.giveTurn()
		return false
	}
	return true
}

func (s *subscriber[T]) giveTurn() {
	if s.options.turn != nil {
		<-s.options.turn
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
