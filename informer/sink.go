// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// sink is where the reflector puts what it has read: into the queue. It is a
// [reflect.Sink], kept apart so that the informer does not export its methods.
type sink[T any] struct {
	informer *Informer[T]
	part     int32 // number
}

func (s sink[T]) Empty() bool { return s.informer.store.Len() == 0 }

func (s sink[T]) Known(key store.Key) (store.Item[T], bool) { return s.informer.store.Item(key) }

func (s sink[T]) Replace(ctx context.Context, items *store.Batch[T], version string) error {
	return s.informer.queue.Push(ctx, queue.Delta[T]{
		Type:  queue.Replaced,
		Part:  s.part,
		Item:  store.Item[T]{Version: version},
		Items: items,
	})
}

func (s sink[T]) Apply(ctx context.Context, event listwatch.Event[T]) error {
	kind := deltaType(event.Type)
	if kind == 0 {
		s.informer.report(&listwatch.ItemError{
			Resource: s.informer.gvr, Key: event.Item.Key, Version: event.Item.Version, Stage: listwatch.StageDecode,
			Err: fmt.Errorf("the source sent an event of type %d, which is none of listwatch.EventType", event.Type),
		})
		return nil
	}
	return s.informer.queue.Push(ctx, queue.Delta[T]{Type: kind, Part: s.part, Item: event.Item})
}

func (s sink[T]) Quarantine(ctx context.Context, failure *listwatch.ItemError) error {
	return s.informer.queue.Push(ctx, queue.Delta[T]{
		Type: queue.Quarantined,
		Part: s.part,
		Item: store.Item[T]{Key: failure.Key, Version: failure.Version},
		Err:  failure,
	})
}

// deltaType returns 0 for a type that there is not.
func deltaType(event listwatch.EventType) queue.DeltaType {
	switch event {
	case listwatch.Added:
		return queue.Added
	case listwatch.Modified:
		return queue.Updated
	case listwatch.Deleted:
		return queue.Deleted
	case listwatch.Left:
		return queue.Left
	case listwatch.Bookmark:
		return queue.Bookmark
	}
	return 0
}
