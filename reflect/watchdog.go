// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// watchdog ends a request in which nothing comes. A connection that a proxy
// holds open, or whose other end is gone, brings no error: nothing comes.
//
// It looks now and then whether something has come, instead of setting a timer
// anew for each event, so that an event costs it one read of a word.
type watchdog struct {
	came   atomic.Bool // since the last look
	cancel context.CancelCauseFunc

	mu    sync.Mutex // guards all below
	from  time.Time  // when silence begins to count
	begun bool       // it has
	every time.Duration
	timer *time.Timer // nil until it is needed
}

// watchOver returns a context that ends if, from then on, nothing comes for as
// long as every; with less than zero it does not. release must be called in the
// end.
func watchOver(ctx context.Context, from time.Time, every time.Duration) (context.Context, *watchdog) {
	ctx, cancel := context.WithCancelCause(ctx)
	dog := &watchdog{cancel: cancel}
	dog.expect(from, every)
	return ctx, dog
}

// release ends the context and the watch over it.
func (d *watchdog) release() {
	d.expect(time.Time{}, -1)
	d.cancel(nil)
}

// expect sets anew from when on something has to come.
func (d *watchdog) expect(from time.Time, every time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	wait := time.Until(from)
	d.from, d.begun, d.every = from, wait <= 0, every
	if d.begun {
		wait = every
	}
	switch {
	case d.timer == nil && every > 0:
		d.timer = time.AfterFunc(wait, d.look)
	case every > 0:
		d.timer.Reset(wait)
	case d.timer != nil:
		d.timer.Stop()
	}
}

// alive notes that something has come.
func (d *watchdog) alive() {
	if !d.came.Load() { // reading is free for the many; writing is not
		d.came.Store(true)
	}
}

// look is called when silence begins to count, and then again and again.
func (d *watchdog) look() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.every < 0 || time.Now().Before(d.from) {
		return // it was under way when expect stopped the timer
	}
	if d.came.Swap(false) || !d.begun {
		d.begun = true
		d.timer.Reset(d.every)
		return
	}
	d.cancel(errSilent(d.every))
}

// silence returns the watchdog's error if that is what ended the request.
func silence(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	var given *problem
	if cause := context.Cause(ctx); errors.As(cause, &given) {
		return cause
	}
	return nil
}
