// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Dispatcher makes one handler of several resources: it calls the handlers that
// were added through it, by [Dispatch], one at a time over all of them. What they
// share needs no lock, and each is told of objects of its own type.
//
//	var changes informer.Dispatcher
//	err := informer.Dispatch(&changes, deployments, informer.HandlerFuncs[*appsv1.Deployment]{…}, …)
//	err = informer.Dispatch(&changes, pods, informer.HandlerFuncs[*corev1.Pod]{…}, …)
//
// The order is that of the changes for each resource; between resources there is
// none. While one call runs the others wait, so a slow handler delays those of
// the same Dispatcher, and nobody else.
//
// The zero value is ready. A Dispatcher must not be copied once it is used. It
// has no goroutine of its own, and is safe for concurrent use by multiple
// goroutines, its handlers included.
type Dispatcher struct {
	mu            sync.Mutex // guards all below; not held while a handler is called
	turn          chan struct{}
	registrations []*Registration
	removed       bool
}

// Dispatch adds a handler to from, an [*Informer] or a [*Handle], and has it called in
// turn with the others of the Dispatcher. It can be called at any time.
//
// The error is that of [Informer.AddHandler], or wraps [ErrRemoved] after
// [Dispatcher.Remove].
func Dispatch[T any](d *Dispatcher, from Registrar[T], handler Handler[T], options HandlerOptions[T]) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.removed {
		return fmt.Errorf("informer: Dispatch: %w, and calls nobody any more; use another one", ErrRemoved)
	}
	if d.turn == nil {
		// A channel, since a goroutine that waits for a mutex is not idle to
		// testing/synctest, and cannot be woken by a removal.
		d.turn = make(chan struct{}, 1)
	}
	options.turn = d.turn
	registration, err := from.AddHandlerWithOptions(handler, options)
	if err != nil {
		return err
	}
	d.registrations = append(slices.DeleteFunc(d.registrations, (*Registration).gone), registration)
	return nil
}

// WaitForSync waits until the handlers that were added before the call have
// returned from all their initial adds. It returns nil then; handlers that are
// removed meanwhile, with the handle they were added through, do not count.
//
// If ctx ends before that, the error joins one [*NotSyncedError] for each handler
// that is behind; if an informer stops, or a handler is disconnected ([Disconnect]),
// it is that of the handler. After [Dispatcher.Remove] it wraps [ErrRemoved].
func (d *Dispatcher) WaitForSync(ctx context.Context) error {
	var behind []error
	for _, registration := range d.all() {
		err := registration.delivery.waitForSync(ctx)
		switch {
		case err == nil:
		case errors.Is(err, ErrRemoved) && !d.isRemoved():
		case ctx.Err() == nil:
			return err
		default:
			behind = append(behind, err)
		}
	}
	return errors.Join(behind...)
}

// Remove removes all handlers, each as [Registration.Remove] does: no new call
// begins after it, and one that is running goes on; [Dispatcher.Wait] waits for
// its end. Calling it again does nothing.
func (d *Dispatcher) Remove() {
	d.mu.Lock()
	d.removed = true
	d.mu.Unlock()
	for _, registration := range d.all() {
		registration.Remove()
	}
}

// Wait waits until the last call has returned: all handlers have been removed,
// or their informers have stopped. If ctx ends before that, the error names a
// handler that goes on. A handler that waits for itself waits in vain.
func (d *Dispatcher) Wait(ctx context.Context) error {
	for _, registration := range d.all() {
		select {
		case <-registration.done:
		case <-ctx.Done():
			if closed(registration.done) {
				continue
			}
			return fmt.Errorf("informer: Dispatcher: %w while waiting for the end of handler %q", context.Cause(ctx), registration.name)
		}
	}
	return nil
}

func (d *Dispatcher) all() []*Registration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.registrations)
}

func (d *Dispatcher) isRemoved() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.removed
}
