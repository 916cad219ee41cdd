// SPDX-License-Identifier: Apache-2.0

package informer

// EventHandler is a [Handler] that wants whole events, with their keys. Where it
// is added it is called by HandleEvent alone, in place of the three other
// methods, and all that is promised to a Handler holds: a filter, say, hands on
// an object that begins to match as an [Added].
//
// [EventFunc] makes one of a function.
type EventHandler[T any] interface {
	Handler[T]
	// HandleEvent is called for each Added, Updated and Deleted. There is no
	// [Synced], which [Registration.Synced] stands for.
	HandleEvent(event Event[T])
}

// EventFunc is an [EventHandler] of one function.
//
// Its three other methods are for handlers that wrap one another and know
// nothing of events: the events that these make have no Key.
type EventFunc[T any] func(event Event[T])

// HandleEvent calls f.
func (f EventFunc[T]) HandleEvent(event Event[T]) { f(event) }

// HandleAdd calls f with an event that has no key.
func (f EventFunc[T]) HandleAdd(object T, initial bool) {
	f(Event[T]{Type: Added, Initial: initial, Object: object})
}

// HandleUpdate calls f with an event that has no key.
func (f EventFunc[T]) HandleUpdate(old, object T) {
	f(Event[T]{Type: Updated, Object: object, Old: old})
}

// HandleDelete calls f with an event that has no key.
func (f EventFunc[T]) HandleDelete(last T, final bool) {
	f(Event[T]{Type: Deleted, Final: final, Object: last, Old: last})
}

// Registrar is what handlers are added to: an [*Informer], a [*Handle], or what
// wraps one of them, which has to hand on the options whole.
type Registrar[T any] interface {
	// AddHandlerWithOptions registers a handler, as that of an [Informer] does.
	AddHandlerWithOptions(handler Handler[T], options HandlerOptions[T]) (*Registration, error)
}

// wholeEvents returns the handler if it wants whole events, and nil if not. It
// asserts, once a registration, so that no event has to.
func wholeEvents[T any](handler Handler[T]) EventHandler[T] {
	events, _ := handler.(EventHandler[T])
	return events
}

// isNil reports whether there is nothing to call. That a nil function is in the
// interface cannot be seen without an assertion; there is one a registration.
func isNil[T any](handler Handler[T]) bool {
	switch f := handler.(type) {
	case nil:
		return true
	case EventFunc[T]:
		return f == nil
	case BatchFunc[T]:
		return f == nil
	}
	return false
}
