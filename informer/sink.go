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
type sink[T any] struct{ informer *Informer[T] }

func (s sink[T]) Known(key store.Key) (store.Item[T], bool) { return s.informer.store.Item(key) }

func (s sink[T]) Replace(ctx context.Context, items *store.Batch[T], version string) error {
	return s.informer.queue.Push(ctx, queue.Delta[T]{
		Type:  queue.Replaced,
		Item:  store.Item[T]{Version: version},
		Items: items,
	})
}

func (s sink[T]) Apply(ctx context.Context, event listwatch.Event[T]) error {
	kind, err := deltaType(event.Type)
	if err != nil {
		return err
	}
	return s.informer.queue.Push(ctx, queue.Delta[T]{Type: kind, Item: event.Item})
}

func deltaType(event listwatch.EventType) (queue.DeltaType, error) {
	switch event {
	case listwatch.Added:
		return queue.Added, nil
	case listwatch.Modified:
		return queue.Updated, nil
	case listwatch.Deleted:
		return queue.Deleted, nil
	case listwatch.Left:
		return queue.Left, nil
	case listwatch.Bookmark:
		return queue.Bookmark, nil
	}
	return 0, fmt.Errorf("the source sent an event of type %v, which is not one of listwatch.EventType", event)
}
