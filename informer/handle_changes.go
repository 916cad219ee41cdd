// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"
	"iter"
)

// Changes is [Informer.Changes]. The sequence ends at [Handle.Release] too.
func (h *Handle[T]) Changes(ctx context.Context, since string) iter.Seq2[Change[T], error] {
	return func(yield func(Change[T], error) bool) {
		h.loop(ctx, ErrReleased, func(ctx context.Context) {
			h.informer.Changes(ctx, since)(func(change Change[T], err error) bool { return yield(change, h.named(err)) })
		})
	}
}

// Snapshot is [Informer.Snapshot]. The sequences of [Snapshot.Changes] end at
// [Handle.Release] too.
func (h *Handle[T]) Snapshot(ctx context.Context) (Snapshot[T], error) {
	s, err := h.informer.Snapshot(ctx)
	if err != nil {
		return s, h.member.nameNotSynced(err)
	}
	since := s.changes
	s.changes = func(ctx context.Context, s Snapshot[T], yield func(Change[T], error) bool) {
		h.loop(ctx, ErrReleased, func(ctx context.Context) {
			since(ctx, s, func(change Change[T], err error) bool { return yield(change, h.named(err)) })
		})
	}
	return s, nil
}

// named makes an error tell the informers of one resource from each other. Such
// errors are made for each caller.
func (h *Handle[T]) named(err error) error {
	var missed *VersionError
	var gap *GapError
	switch {
	case errors.As(err, &missed):
		missed.Resource = h.member.name()
		missed.Last = cmp.Or(missed.Last, h.member.flaw)
	case errors.As(err, &gap):
		gap.Resource = h.member.name()
	}
	return err
}
