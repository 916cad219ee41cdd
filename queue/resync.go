// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"context"
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// Resync pushes a Sync delta for each item that nothing is under way for: a
// change that is pending, or was taken by the consumer that has not come back
// yet, says more than a repetition would. A Replaced under way says it of all.
//
// The items are to be read from the cache that the consumer fills, as known is
// iterated and no earlier. The queue stands still meanwhile, so that no
// repetition ends up behind a change that is newer: known must not call it. The
// deltas are pushed together and wait for room as one; the errors are those of
// Push.
func (q *DeltaFIFO[T]) Resync(ctx context.Context, known iter.Seq[store.Item[T]]) error {
	if err := q.lockWithRoom(ctx, Sync); err != nil {
		return err
	}
	defer q.mu.Unlock()
	busy, all := q.underWay()
	if all {
		return nil
	}
	for item := range known {
		if _, skip := busy[item.Key]; !skip {
			q.add(Delta[T]{Type: Sync, Item: item})
		}
	}
	return nil
}

// underWay returns the keys with a change that the consumer is not done with;
// all says that this is each key. mu is held.
func (q *DeltaFIFO[T]) underWay() (keys map[store.Key]struct{}, all bool) {
	keys = make(map[store.Key]struct{}, len(q.taken)+len(q.pending))
	for _, deltas := range [][]Delta[T]{q.taken, q.pending} {
		for i := range deltas {
			if deltas[i].Type == Replaced {
				return nil, true
			}
			keys[deltas[i].Item.Key] = struct{}{}
		}
	}
	return keys, false
}
