// SPDX-License-Identifier: Apache-2.0

package index

import (
	"sync"
	"sync/atomic"
)

// reports keeps errors that come up under the store's lock until they can be
// handed on without it.
type reports struct {
	handle func(error)
	// between calls a function while no write is going on: what is pending
	// then is of writes that are complete, and none of it will be retracted.
	between func(func())
	waits   atomic.Bool // something is pending: what a write without errors reads

	mu      sync.Mutex // guards pending; taken after the store's lock
	pending []error
}

func (r *reports) add(err error) {
	r.mu.Lock()
	r.pending = append(r.pending, err)
	r.mu.Unlock()
	r.waits.Store(true)
}

// retract takes back what was added last, for a write that is reverted. Indexes
// are reverted in the reverse order, so that is the caller's own.
func (r *reports) retract() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = r.pending[:len(r.pending)-1]
}

// Settle hands the pending errors on. It is promoted to the indexes, which so
// take part in [store.Observer].
func (r *reports) Settle() {
	if !r.waits.Load() {
		return
	}
	for _, err := range r.take() {
		r.handle(err)
	}
}

func (r *reports) take() (taken []error) {
	r.between(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		taken, r.pending = r.pending, nil
		r.waits.Store(false)
	})
	return taken
}
