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
	waits  atomic.Bool // something is pending: what a write without errors reads

	mu      sync.Mutex // guards pending; taken after the store's lock
	pending []error
}

func (r *reports) add(err error) {
	r.mu.Lock()
	r.pending = append(r.pending, err)
	r.mu.Unlock()
	r.waits.Store(true)
}

// Settle hands the pending errors on. It is promoted to the indexes, which so
// take part in [store.Observer].
func (r *reports) Settle() {
	if !r.waits.Load() {
		return
	}
	r.mu.Lock()
	pending := r.pending
	r.pending = nil
	r.waits.Store(false)
	r.mu.Unlock()
	for _, err := range pending {
		r.handle(err)
	}
}
