// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"strconv"
)

// AddHandler registers a handler, at any time and from any goroutine, handlers
// included. The handler is first told of all that is in the cache, as initial
// adds, once the cache has synced; then of each change, with no gap and no
// repetition between the two.
//
// It returns an error if the handler is nil or the informer has stopped
// ([ErrStopped]).
func (inf *Informer[T]) AddHandler(handler Handler[T]) (*Registration, error) {
	return inf.AddHandlerWithOptions(handler, HandlerOptions[T]{})
}

// AddHandlerWithOptions is [Informer.AddHandler] with options.
func (inf *Informer[T]) AddHandlerWithOptions(handler Handler[T], options HandlerOptions[T]) (*Registration, error) {
	s, err := inf.subscribe(handler, options, nil)
	if err != nil {
		return nil, fmt.Errorf("informer: %s: AddHandler: %w", inf.resource, err)
	}
	return &s.Registration, nil
}

// subscribe adds a handler. then, if it is not nil, is called with no lock held
// when the handler's last call has returned.
func (inf *Informer[T]) subscribe(handler Handler[T], options HandlerOptions[T], then func(*Registration)) (*subscriber[T], error) {
	if isNil(handler) {
		return nil, errNilHandler
	}
	if err := options.validate(); err != nil {
		return nil, err
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if inf.life == ended {
		return nil, fmt.Errorf("%w, and a handler added now would never be called; add it before", ErrStopped)
	}
	inf.registered++
	if options.Name == "" {
		options.Name = "handler-" + strconv.Itoa(inf.registered)
	}
	s := newSubscriber(inf, handler, options)
	s.number, s.then = inf.registered, then
	inf.attach(s.reader)
	s.endWith(options.Context)
	inf.subscribers[s] = struct{}{}
	if inf.life == running {
		inf.launch(s)
	}
	return s, nil
}

// launch starts the goroutine of a subscriber. mu is held.
func (inf *Informer[T]) launch(s *subscriber[T]) {
	s.running = true
	inf.owned.Go(func() error {
		s.run()
		return nil
	})
}

// unsubscribe ends the delivery to a subscriber.
func (inf *Informer[T]) unsubscribe(s *subscriber[T], cause error) {
	s.end(cause)
	if inf.dropIdle(s) {
		s.markDone()
	}
}

// dropIdle takes a subscriber off the list that has no goroutine to do so. It
// reports whether that was done.
func (inf *Informer[T]) dropIdle(s *subscriber[T]) bool {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	_, registered := inf.subscribers[s]
	if s.running || !registered {
		return false
	}
	inf.drop(s)
	return true
}

// drop takes a subscriber off the list. mu is held.
func (inf *Informer[T]) drop(s *subscriber[T]) {
	delete(inf.subscribers, s)
	inf.detach(s.reader)
	if s.release != nil {
		s.release()
	}
}

// endWith makes the registration last no longer than a context, nil for any.
// informer.mu is held.
func (s *subscriber[T]) endWith(ctx context.Context) {
	if ctx != nil {
		s.release = context.AfterFunc(ctx, func() {
			s.informer.unsubscribe(s, fmt.Errorf("%w: %w", ErrRemoved, context.Cause(ctx)))
		})
	}
}
