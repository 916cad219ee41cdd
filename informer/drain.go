// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
)

// Drain is [Registration.Remove] that has what is pending delivered first, and
// waits for it: nothing that is published after the call began is delivered, and
// it returns nil when the handler has returned from everything before, initial
// adds included. A handler that waits for itself waits in vain.
//
// If ctx ends before that, what is left is dropped as by Remove, and the error
// says how much that was; a call that is running goes on. If the handler was
// removed otherwise, or the informer stops, the error is [Registration.Err]'s.
func (r *Registration) Drain(ctx context.Context) error { return r.delivery.drain(ctx) }

func (s *subscriber[T]) drain(ctx context.Context) error {
	if !s.startDrain() {
		s.unsubscribe()
		return nil // the handler has not begun, so nothing was pending
	}
	select {
	case <-s.done:
	case <-ctx.Done():
		if !closed(s.done) {
			pending := s.stats().Backlog
			s.unsubscribe()
			return fmt.Errorf("informer: %s: Drain: %w while handler %q had %d changes to go; they are dropped",
				s.informer.resource, context.Cause(ctx), s.name, pending)
		}
	}
	if s.drained.Load() {
		return nil
	}
	return fmt.Errorf("informer: %s: Drain: handler %q ended before it had been through its changes: %w", s.informer.resource, s.name, s.cause)
}

// startDrain reports whether there is somebody to drain: a state that waits for
// the handler's goroutine is pending too. With informer.mu held, no first list
// comes in between.
func (s *subscriber[T]) startDrain() bool {
	s.informer.mu.Lock()
	defer s.informer.mu.Unlock()
	return s.reader.drain()
}
