// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// Handle is a share in an informer of a [Group]. It has what an [Informer] has,
// but for Run, which is the group's business. It is safe for concurrent use by
// multiple goroutines.
//
// What is read through a handle after its release is the cache as it is then, or
// as it was when the informer stopped.
type Handle[T any] struct {
	group    *Group
	member   *member
	informer *Informer[T]
	resync   time.Duration // of handlers that do not say
	done     chan struct{}

	mu       sync.Mutex // guards what follows; taken after Group.mu and before Informer.mu
	released bool
	settled  bool           // after the release, nothing but uses keeps it from being done
	uses     map[usage]bool // handlers that may be called, loops over Events, and views
}

// newHandle returns a handle on a member, which has been held for it.
func newHandle[T any](group *Group, m *member, resync time.Duration) *Handle[T] {
	return &Handle[T]{
		group:  group,
		member: m,
		// Asserted once an acquisition, so that the group need not know T. The
		// key of the member has T in it.
		informer: m.informer.(*Informer[T]),
		resync:   max(0, resync),
		done:     make(chan struct{}),
		uses:     map[usage]bool{},
	}
}

// Scope returns what the informer is of. Its Resource is set, unless nobody has
// said what it is.
func (h *Handle[T]) Scope() Scope { return h.member.key.scope }

// Indexer is [Informer.Indexer]. An index is shared by all who hold the
// informer, and lasts as long as that.
func (h *Handle[T]) Indexer() *index.Indexer[T] { return h.informer.Indexer() }

// Lister is [Informer.Lister].
func (h *Handle[T]) Lister() *index.Lister[T] { return h.informer.Lister() }

// Reader is [Informer.Reader].
func (h *Handle[T]) Reader() store.Reader[T] { return h.informer.Reader() }

// Synced is [Informer.Synced].
func (h *Handle[T]) Synced() <-chan struct{} { return h.informer.Synced() }

// Stopped is [Informer.Stopped]: it is closed when the group has ended the informer,
// be this handle released or not.
func (h *Handle[T]) Stopped() <-chan struct{} { return h.informer.Stopped() }

// WaitForSync is [Informer.WaitForSync]. It waits for all handlers of the
// informer, also for those of others who hold it. [NotSyncedError].Resource is
// the text of the scope.
func (h *Handle[T]) WaitForSync(ctx context.Context) error { return h.member.waitForSync(ctx) }

// Events is [Informer.Events]. The sequence ends at [Handle.Release] too.
func (h *Handle[T]) Events(ctx context.Context) iter.Seq[Event[T]] {
	return withoutError(h.EventsWithOptions(ctx, EventsOptions[T]{}))
}

// EventsWithOptions is [Informer.EventsWithOptions]. The sequence ends at
// [Handle.Release] too, with [ErrReleased].
func (h *Handle[T]) EventsWithOptions(ctx context.Context, options EventsOptions[T]) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		released := fmt.Errorf("informer: %s: Events: %w; acquire another one", h.member.name(), ErrReleased)
		if !h.loop(ctx, released, func(ctx context.Context) { h.informer.EventsWithOptions(ctx, options)(yield) }) {
			yield(Event[T]{}, released)
		}
	}
}

// usage is what a handle is used for, and what ends with it: a [Registration], or
// something else.
type usage interface{ Remove() }

type otherUsage struct{ end func() }

func (u *otherUsage) Remove() { u.end() }

// loop calls body with a context that ends at the release too, with that as its
// cause. It returns false if the handle has been released already.
func (h *Handle[T]) loop(ctx context.Context, released error, body func(ctx context.Context)) bool {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	use := &otherUsage{func() { cancel(released) }}
	if !h.begin(use) {
		return false
	}
	defer h.finished(use)
	body(ctx)
	return true
}

func (h *Handle[T]) begin(use usage) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.released {
		h.uses[use] = true
	}
	return !h.released
}

// finished notes that a use has come to its end.
func (h *Handle[T]) finished(use usage) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.uses, use)
	h.closeIfDone()
}

// AddHandler is [Informer.AddHandler] for a handler that is removed at
// [Handle.Release]. After that, the error is [ErrReleased].
func (h *Handle[T]) AddHandler(handler Handler[T]) (*Registration, error) {
	return h.AddHandlerWithOptions(handler, HandlerOptions[T]{})
}

// AddHandlerWithOptions is [Handle.AddHandler] with options. A Resync of zero
// means [Provider].Resync, one of less than zero never.
func (h *Handle[T]) AddHandlerWithOptions(handler Handler[T], options HandlerOptions[T]) (*Registration, error) {
	if options.Resync == 0 {
		options.Resync = h.resync
	}
	options.Resync = max(0, options.Resync)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.released {
		return nil, fmt.Errorf("informer: %s: AddHandler: %w; acquire another one", h.member.name(), ErrReleased)
	}
	// The handler may be done before it is noted: finished waits for mu then.
	s, err := h.informer.subscribe(handler, options, func(r *Registration) { h.finished(r) })
	if err != nil {
		return nil, fmt.Errorf("informer: %s: AddHandler: %w", h.member.name(), err)
	}
	h.uses[&s.Registration] = true
	return &s.Registration, nil
}

// Stats is [Informer.Stats].
func (h *Handle[T]) Stats() Stats { return h.informer.Stats() }

// Health is [Informer.Health].
func (h *Handle[T]) Health() Health { return h.informer.Health() }

// Quarantined is [Informer.Quarantined].
func (h *Handle[T]) Quarantined(key store.Key) (Quarantined, bool) {
	return h.informer.Quarantined(key)
}

// Release gives the share back. The handlers that were added through this handle
// are removed, and the loops over its events end. If nobody holds the informer
// any more, it ends, after [GroupOptions].Linger.
//
// Release waits for nothing, and may be called from a handler; [Handle.Done]
// tells when all has ended. Calling it again does nothing.
func (h *Handle[T]) Release() {
	uses, first := h.close()
	if !first {
		return
	}
	for _, use := range uses {
		use.Remove()
	}
	h.group.release(h.member, h.settle)
}

// close ends the time in which uses begin, and returns those there are. first
// says that it was the first call.
func (h *Handle[T]) close() (uses []usage, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first, h.released = !h.released, true
	return slices.Collect(maps.Keys(h.uses)), first
}

// settle notes that the informer has ended or is the business of others.
// Group.mu is held.
func (h *Handle[T]) settle() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settled = true
	h.closeIfDone()
}

// closeIfDone is called with mu held, after each change.
func (h *Handle[T]) closeIfDone() {
	if h.settled && len(h.uses) == 0 {
		close(h.done)
	}
}

// Done returns a channel that is closed after [Handle.Release], when the last
// call of a handler of this handle has returned, and the loops over its events
// have ended. If this was the last handle on the informer, it is closed when
// besides that the informer has ended, or was acquired anew.
func (h *Handle[T]) Done() <-chan struct{} { return h.done }
