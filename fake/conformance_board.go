// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"sync"
)

// board is a lock whose holders see to it that those who wait for a change look
// again: so a test waits for what it wants, and nobody polls. A sync.Cond would
// not let go when a context ends.
type board struct {
	mu      sync.Mutex
	changed chan struct{} // closed with the next change; nil if nobody waits
}

// change calls f with the lock held.
func (b *board) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

// read calls f with the lock held. f changes nothing.
func (b *board) read(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

// await waits until reached, which is called with the lock held, returns true.
// The error is the cause of ctx.
func (b *board) await(ctx context.Context, reached func() bool) error {
	for {
		changed := b.look(reached)
		if changed == nil {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// look returns nil if it is reached, or else what is closed with the next change.
func (b *board) look(reached func() bool) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if reached() {
		return nil
	}
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.changed
}
