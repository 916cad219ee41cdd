// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// Events returns what a handler would be told as a sequence: first what is in
// the cache, as initial adds, once it has synced; then one event of type
// [Synced]; then each change. Every loop over the sequence begins anew.
//
// The sequence ends when ctx is done or the informer has stopped. No goroutine
// is behind it. The loop reads at its own speed and delays nobody; what it has
// not read yet is kept for it, so a loop that stands still costs memory.
func (inf *Informer[T]) Events(ctx context.Context) iter.Seq[Event[T]] {
	return func(yield func(Event[T]) bool) {
		r := newReader(inf, EveryEvent())
		inf.join(r)
		defer inf.leave(r)
		select {
		case <-ctx.Done():
		case <-inf.ending:
		case state := <-r.begin:
			inf.yieldFrom(ctx, r, state, yield)
		}
	}
}

func (inf *Informer[T]) join(r *reader[T]) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.attach(r)
}

func (inf *Informer[T]) leave(r *reader[T]) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.detach(r)
}

func (inf *Informer[T]) yieldFrom(ctx context.Context, r *reader[T], state store.Snapshot[T], yield func(Event[T]) bool) {
	if !inf.yieldState(ctx, state, yield) || !yield(Event[T]{Type: Synced}) {
		return
	}
	state = store.Snapshot[T]{} // the loop may go on for long: do not keep it
	for !inf.over(ctx) {
		events, _ := r.take()
		for i := range events {
			r.returned(1)
			if events[i].repeated {
				continue
			}
			if !yield(events[i]) || inf.over(ctx) {
				return
			}
		}
		if len(events) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-inf.ending:
		case <-r.ready():
		}
	}
}

func (inf *Informer[T]) yieldState(ctx context.Context, state store.Snapshot[T], yield func(Event[T]) bool) bool {
	for key, object := range state.Items() {
		if inf.over(ctx) || !yield(Event[T]{Type: Added, Initial: true, Key: key, Object: object}) {
			return false
		}
	}
	return true
}

// over reports whether a sequence has to end.
func (inf *Informer[T]) over(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	case <-inf.ending:
		return true
	default:
		return false
	}
}
