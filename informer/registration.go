// SPDX-License-Identifier: Apache-2.0

package informer

import "context"

// Registration is a handler's place in an informer. It is safe for concurrent
// use by multiple goroutines, the handler itself included.
type Registration struct {
	name    string
	synced  chan struct{}
	removed chan struct{} // closed when delivery ends, with a call running or not
	done    chan struct{}
	// then is called when done has been closed, if it is not nil.
	then     func(*Registration)
	cause    error // why it ended; set before removed is closed
	delivery delivery
}

// delivery is a [subscriber] of whatever type.
type delivery interface {
	// unsubscribe ends the delivery.
	unsubscribe()
	drain(ctx context.Context) error
	// waitForSync waits until the handler has returned from every initial add.
	// Its error is a [*NotSyncedError].
	waitForSync(ctx context.Context) error
	waitFor(ctx context.Context, to goal) error // see WaitForVersion
}

// markDone says that the handler's last call has returned. No lock is held.
func (r *Registration) markDone() {
	close(r.done)
	if r.then != nil {
		r.then(r)
	}
}

// Name returns the handler's name; see [HandlerOptions.Name].
func (r *Registration) Name() string { return r.name }

// Synced returns a channel that is closed once the handler has returned from
// every initial add. It stays open if the handler was removed, or the informer
// stopped, before that.
func (r *Registration) Synced() <-chan struct{} { return r.synced }

// Done returns a channel that is closed when the handler was removed, or the
// informer has stopped, and the handler's last call has returned.
func (r *Registration) Done() <-chan struct{} { return r.done }

// Err returns nil as long as no end of the delivery is decided, and then why it
// ends: [ErrRemoved] after Remove and Drain, an error that wraps it and the cause
// of [HandlerOptions].Context, [ErrStopped], or a [*BacklogError]. A call of the handler
// may still be running; see [Registration.Done].
func (r *Registration) Err() error {
	if !closed(r.removed) {
		return nil
	}
	return r.cause
}

// Remove ends the delivery to the handler. After it returns no new call begins;
// one that is running goes on, and [Registration.Done] tells of its end. What was
// pending is dropped; [Registration.Drain] has it delivered. Calling it again does
// nothing.
func (r *Registration) Remove() { r.delivery.unsubscribe() }

// gone reports whether the delivery has ended while the informer goes on, and the
// handler's last call has returned.
func (r *Registration) gone() bool {
	return closed(r.done) && r.cause != ErrStopped
}
