// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// Snapshot is the state of a cache at one moment, and knows what has changed since.
// It does not change, for as long as it is kept; see [store.Snapshot] for what that
// costs. Its Version is the resource version that the state reflects: empty for an
// informer over a [NameSet], a view of several resources, and a source without
// versions.
type Snapshot[T any] struct {
	store.Snapshot[T]
	taken   place // in the history
	changes func(ctx context.Context, s Snapshot[T], yield func(Change[T], error) bool)
}

// Snapshot returns the state of the cache as it is now. It waits for the first
// list; if ctx ends before that, or the informer stops, the error is a
// [*NotSyncedError]. Taking one waits for at most one batch to be applied.
func (inf *Informer[T]) Snapshot(ctx context.Context) (Snapshot[T], error) {
	inf.keepHistory()
	if err := inf.await(ctx, inf.synced, nil); err != nil {
		return Snapshot[T]{}, inf.notSynced(err)
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return Snapshot[T]{Snapshot: inf.store.Snapshot(), taken: inf.history.now(), changes: inf.changesSince}, nil
}

// Changes returns what has changed since the snapshot was taken, as
// [Informer.Changes] does: the state and the changes after it lose nothing and
// repeat nothing. It needs no versions, so it serves sources that have none, and
// informers over a [NameSet].
//
// A snapshot keeps no changes from being forgotten: the error is a [*GapError] if
// there have been more than [Options].HistoryLimit since.
func (s Snapshot[T]) Changes(ctx context.Context) iter.Seq2[Change[T], error] {
	return func(yield func(Change[T], error) bool) {
		if s.changes != nil { // nothing happens to the zero Snapshot
			s.changes(ctx, s, yield)
		}
	}
}

func (inf *Informer[T]) changesSince(ctx context.Context, s Snapshot[T], yield func(Change[T], error) bool) {
	inf.yieldChanges(ctx, s.taken, yield)
}
