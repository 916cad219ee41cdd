// SPDX-License-Identifier: Apache-2.0

package informer

// BatchHandler is a [Handler] that wants the events that have come together in
// one call. Where it is added it is called by HandleBatch alone, and all that is
// promised to a Handler holds. A panic is that of the whole batch: delivery goes
// on behind it.
//
// [BatchFunc] makes one of a function.
type BatchHandler[T any] interface {
	Handler[T]
	// HandleBatch is called with one or more events, in order: what is pending
	// when the call before has returned, up to a few hundred at a time. Events
	// are Added, Updated and Deleted. The slice is the informer's, which uses it
	// again after the call.
	HandleBatch(events []Event[T])
}

// BatchFunc is a [BatchHandler] of one function.
//
// Its three other methods are for handlers that wrap one another and know
// nothing of batches: they make batches of one event that has no Key.
type BatchFunc[T any] func(events []Event[T])

// HandleBatch calls f.
func (f BatchFunc[T]) HandleBatch(events []Event[T]) { f(events) }

// HandleAdd calls f with one event that has no key.
func (f BatchFunc[T]) HandleAdd(object T, initial bool) {
	EventFunc[T](f.one).HandleAdd(object, initial)
}

// HandleUpdate calls f with one event that has no key.
func (f BatchFunc[T]) HandleUpdate(old, object T) { EventFunc[T](f.one).HandleUpdate(old, object) }

// HandleDelete calls f with one event that has no key.
func (f BatchFunc[T]) HandleDelete(last T, final bool) { EventFunc[T](f.one).HandleDelete(last, final) }

func (f BatchFunc[T]) one(event Event[T]) { f([]Event[T]{event}) }

// wholeBatches returns the handler if it wants batches, and nil if not. It
// asserts, once a registration, so that no event has to.
func wholeBatches[T any](handler Handler[T]) BatchHandler[T] {
	batches, _ := handler.(BatchHandler[T])
	return batches
}

// deliverBatch calls the handler once with those of the events that concern it,
// and returns how many of them are dealt with: none if the delivery has ended
// before it was the handler's turn.
func (s *subscriber[T]) deliverBatch(events []Event[T]) int {
	s.batch = s.batch[:0]
	for i := range events {
		if seen, ok := s.concerned(&events[i]); ok {
			s.batch = append(s.batch, seen)
		}
	}
	defer clear(s.batch) // no object is kept alive by it
	if n := len(s.batch); n > 0 {
		if !s.takeTurn() {
			return 0
		}
		defer s.giveTurn() // also if the handler panics
		s.batches.HandleBatch(s.batch[:n:n])
	}
	return len(events)
}
