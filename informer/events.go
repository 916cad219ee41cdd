// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"iter"
	"sync/atomic"

	"github.com/typedinformer/typedinformer/store"
)

// EventsOptions are the options of one sequence of events. The zero value works.
// The fields are those of [HandlerOptions].
type EventsOptions[T any] struct {
	// Name stands for the loop in a [BacklogError]. The default is "events".
	Name                string
	Filter              func(object T) bool
	Backlog             Backlog
	RecreateAsDeleteAdd bool
}

// Events returns what a handler would be told as a sequence: first what is in
// the cache, as initial adds, once it has synced; then one event of type
// [Synced]; then each change. Every loop over the sequence begins anew.
//
// The sequence ends when ctx is done or the informer has stopped. No goroutine
// is behind it. The loop reads at its own speed and delays nobody; what it has
// not read yet is kept for it, so a loop that stands still costs memory, which
// [Informer.EventsWithOptions] can bound.
func (inf *Informer[T]) Events(ctx context.Context) iter.Seq[Event[T]] {
	return withoutError(inf.EventsWithOptions(ctx, EventsOptions[T]{}))
}

func withoutError[T any](events iter.Seq2[Event[T], error]) iter.Seq[Event[T]] {
	return func(yield func(Event[T]) bool) {
		for event, err := range events {
			if err != nil || !yield(event) {
				return
			}
		}
	}
}

// EventsWithOptions is [Informer.Events] with options, and with a last pair of no
// event and the reason for which the sequence ends: the cause of ctx,
// [ErrStopped], a [*BacklogError] if the loop was too slow for its [Disconnect],
// or what is wrong with the options. All pairs before have no error.
func (inf *Informer[T]) EventsWithOptions(ctx context.Context, options EventsOptions[T]) iter.Seq2[Event[T], error] {
	if options.Name == "" {
		options.Name = "events"
	}
	return func(yield func(Event[T], error) bool) {
		loop := eventLoop[T]{ctx: ctx, informer: inf, options: options, yield: yield}
		if err := loop.run(); err != nil {
			yield(Event[T]{}, err)
		}
	}
}

// eventLoop is one loop over a sequence of events.
type eventLoop[T any] struct {
	ctx      context.Context
	informer *Informer[T]
	options  EventsOptions[T]
	yield    func(Event[T], error) bool
	exceeded atomic.Pointer[BacklogError]
}

// run returns why the sequence ends, nil if the loop was left.
func (l *eventLoop[T]) run() error {
	inf := l.informer
	if err := l.options.Backlog.validate(); err != nil {
		return fmt.Errorf("informer: %s: Events: %w", inf.resource, err)
	}
	r := newReader(inf, l.options.Backlog)
	r.apart, r.exceeds = l.options.RecreateAsDeleteAdd, l.exceed
	inf.join(r)
	defer inf.leave(r)
	select {
	case <-l.ctx.Done():
	case <-inf.ending:
	case state := <-r.begin:
		if !l.state(state) || !l.changes(r) {
			return nil
		}
	}
	return l.over()
}

// exceed notes that the loop is too far behind. informer.mu is held.
func (l *eventLoop[T]) exceed(behind int) {
	l.exceeded.Store(&BacklogError{
		Resource: l.informer.resource, Handler: l.options.Name, Backlog: behind, Limit: l.options.Backlog.limit,
	})
}

// state yields what the loop begins with; false if the loop was left.
func (l *eventLoop[T]) state(state store.Snapshot[T]) bool {
	for key, object := range state.Items() {
		if l.over() != nil {
			return true
		}
		if !l.event(Event[T]{Type: Added, Initial: true, Key: key, Object: object}) {
			return false
		}
	}
	return l.yield(Event[T]{Type: Synced}, nil)
}

// changes yields what comes after the state; false if the loop was left.
func (l *eventLoop[T]) changes(r *reader[T]) bool {
	for l.over() == nil {
		events, _, _ := r.take()
		for i := range events {
			if !l.event(events[i]) {
				return false
			}
			r.returned(1)
			if l.over() != nil {
				return true
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-l.ctx.Done():
		case <-l.informer.ending:
		case <-r.ready():
		}
	}
	return true
}

// event yields an event, if it concerns the loop; false if the loop was left.
func (l *eventLoop[T]) event(event Event[T]) bool {
	if event.repeated {
		return true
	}
	if l.options.Filter != nil {
		seen, ok := event.filtered(l.options.Filter)
		if !ok {
			return true
		}
		event = seen
	}
	return l.yield(event, nil)
}

// over returns why the sequence has to end, nil if it goes on.
func (l *eventLoop[T]) over() error {
	if err := l.exceeded.Load(); err != nil {
		return err
	}
	select {
	case <-l.ctx.Done():
		return context.Cause(l.ctx)
	case <-l.informer.ending:
		return fmt.Errorf("informer: %s: Events: %w", l.informer.resource, ErrStopped)
	default:
		return nil
	}
}

func (inf *Informer[T]) join(r *reader[T]) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.attach(r)
}

func (inf *Informer[T]) leave(r *reader[T]) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.detach(r)
}
