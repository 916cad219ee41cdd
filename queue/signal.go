// SPDX-License-Identifier: Apache-2.0

package queue

import "context"

// signal wakes goroutines that wait for a condition on a queue. It is guarded by
// the queue's mutex, and costs nothing while nobody waits. A [sync.Cond] would
// do, if one could stop waiting when a context ends.
type signal struct {
	changed chan struct{} // closed by notify; nil while nobody waits
}

// notify wakes all that wait. The mutex is held.
func (s *signal) notify() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// waiter returns a channel that is closed by the next notify. The mutex is held,
// and is to be given back before receiving.
func (s *signal) waiter() <-chan struct{} {
	if s.changed == nil {
		s.changed = make(chan struct{})
	}
	return s.changed
}

// wait waits for the channel of a waiter, or for ctx.
func wait(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
