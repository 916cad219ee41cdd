// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Handler is told what has changed. Its methods are called one at a time, in
// the order of the changes, from a goroutine of this handler's own: a slow
// handler delays nobody else. Objects are shared: treat them as read-only.
//
// A panic in a handler is reported as a [*PanicError], and delivery goes on with
// the next event; see [PanicPolicy].
//
// A handler that wants the keys of objects too is an [EventHandler], one that
// wants many events at a time a [BatchHandler].
type Handler[T any] interface {
	// HandleAdd is called for an object that was not there. initial says that
	// it was there when the handler began, rather than having come since.
	HandleAdd(object T, initial bool)
	// HandleUpdate is called when an object has changed. What changed while
	// there was no watch is one update. A handler with
	// [HandlerOptions.Resync] is also called with unchanged objects, in which
	// case old and object are the same state.
	HandleUpdate(old, object T)
	// HandleDelete is called when an object is gone. final says that last is
	// the state that was deleted; otherwise it is the last one known.
	HandleDelete(last T, final bool)
}

// HandlerFuncs is a [Handler] made of functions; those that are nil are not
// called.
type HandlerFuncs[T any] struct {
	OnAdd    func(object T, initial bool)
	OnUpdate func(old, object T)
	OnDelete func(last T, final bool)
}

// HandleAdd calls OnAdd.
func (h HandlerFuncs[T]) HandleAdd(object T, initial bool) {
	if h.OnAdd != nil {
		h.OnAdd(object, initial)
	}
}

// HandleUpdate calls OnUpdate.
func (h HandlerFuncs[T]) HandleUpdate(old, object T) {
	if h.OnUpdate != nil {
		h.OnUpdate(old, object)
	}
}

// HandleDelete calls OnDelete.
func (h HandlerFuncs[T]) HandleDelete(last T, final bool) {
	if h.OnDelete != nil {
		h.OnDelete(last, final)
	}
}

// HandlerOptions are the options of one handler. The zero value works.
type HandlerOptions[T any] struct {
	// Name stands for the handler in errors and in [Stats]. The default is
	// "handler-" and a number that counts the handlers of the informer.
	Name string
	// Filter confines the handler to the objects that it returns true for: it
	// is told of an add when an object starts to match, and of a delete, with
	// the last matching state, when it stops. Filter must give the same result
	// for the same object. Nil lets all pass.
	Filter func(object T) bool
	// Resync is how often the handler is told of all cached objects again, as
	// updates from a state to itself. It does not ask the server. Zero, the
	// default, means never.
	Resync time.Duration
	// Backlog says what happens when the handler is slower than the changes
	// are. The default is [EveryEvent].
	Backlog Backlog
	// RecreateAsDeleteAdd says that the handler is told of an object that took
	// the place of another one of the same name, as the UID tells, by a delete
	// and an add. The delete is not final then, unless it was seen. Otherwise
	// what was not seen, or was merged by [Coalesce], is an update from the one
	// object to the other.
	RecreateAsDeleteAdd bool
	// PanicPolicy says what follows from a panic of the handler. The default is
	// [RecoverPanics].
	PanicPolicy PanicPolicy
	// Context, if it is not nil, is how long the handler is to be registered:
	// when it is done, that is a [Registration.Remove].
	Context context.Context

	// turn, if it is not nil, is a channel of capacity one that a call of the
	// handler fills while it runs; see [Dispatcher].
	turn chan struct{}
}

func (o HandlerOptions[T]) validate() error {
	if o.Resync < 0 {
		return fmt.Errorf("a resync period of %v is negative; zero means never", o.Resync)
	}
	if o.Context != nil && o.Context.Err() != nil {
		return fmt.Errorf("the context of the handler has ended: %w", context.Cause(o.Context))
	}
	return o.Backlog.validate()
}

var errNilHandler = errors.New("the handler is nil; HandlerFuncs, EventFunc and BatchFunc make one of functions")
