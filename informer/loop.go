// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"slices"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// loop moves changes from the queue into the cache and the log until ctx is
// done. It takes all that is pending at once, so under load a batch is large and
// what is done once a batch costs little an event.
func (inf *Informer[T]) loop(ctx context.Context) error {
	for {
		batch, err := inf.queue.PopBatch(ctx)
		if ctx.Err() != nil || errors.Is(err, queue.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		// What handlers are told of as initial is the first list, and not what
		// happened to come right behind it.
		if first := inf.throughFirstList(batch); first > 0 {
			inf.apply(batch[:first])
			batch = batch[first:]
		}
		if len(batch) > 0 {
			inf.apply(batch)
		}
	}
}

// throughFirstList returns the number of deltas up to the first list, that one
// included; 0 if it has been applied already or is not among them.
func (inf *Informer[T]) throughFirstList(batch []queue.Delta[T]) int {
	select {
	case <-inf.synced:
		return 0
	default:
	}
	isList := func(delta queue.Delta[T]) bool { return delta.Type == queue.Replaced }
	return slices.IndexFunc(batch, isList) + 1
}

// apply makes a batch part of the cache and shows it to the handlers, as one
// step: a handler that joins sees all of it in its first state, or all of it in
// the log. The store is unlocked before anything is published (G04).
func (inf *Informer[T]) apply(batch []queue.Delta[T]) {
	inf.postponed.hold()
	defer inf.postponed.release()
	inf.mu.Lock()
	defer inf.mu.Unlock()

	listed := false
	inf.writer.heard = inf.log.Readers() > 0
	inf.store.Apply(func(tx store.Tx[T]) {
		inf.writer.tx = tx
		for i := range batch {
			inf.writer.apply(&batch[i])
			listed = listed || batch[i].Type == queue.Replaced
		}
	})
	inf.version = batch[len(batch)-1].Item.Version
	inf.log.Publish()
	if listed {
		inf.firstList()
	}
}

// firstList tells those who wait for the first list, when it has come. mu is
// held.
func (inf *Informer[T]) firstList() {
	select {
	case <-inf.synced:
		return
	default:
	}
	for _, begin := range inf.waiting {
		begin <- inf.point()
	}
	inf.waiting = nil
	close(inf.synced)
}

// writer applies deltas within one transaction and stages the events that come
// of them. There is one, in the informer, so that a batch allocates nothing.
type writer[T any] struct {
	informer *Informer[T]
	tx       store.Tx[T]
	heard    bool // somebody reads the log
}

func (w *writer[T]) apply(delta *queue.Delta[T]) {
	switch delta.Type {
	case queue.Added, queue.Updated, queue.Sync:
		switch old, existed, err := w.tx.Put(delta.Item); {
		case err != nil:
			w.Refused(delta.Item, err)
		case existed:
			w.Updated(old, delta.Item)
		default:
			w.Inserted(delta.Item)
		}
	case queue.Deleted:
		if old, existed := w.tx.Delete(delta.Item.Key); existed {
			w.stage(Event[T]{Type: Deleted, Final: true, Key: old.Key, Object: delta.Item.Object, Old: old.Object})
		}
	case queue.Left:
		if old, existed := w.tx.Delete(delta.Item.Key); existed {
			w.Removed(old)
		}
	case queue.Replaced:
		w.tx.Replace(delta.Items, w)
	case queue.Bookmark: // moves the version on, like all others
	}
}

// Inserted, Updated, Removed and Refused are what [store.Replacement] asks for.
func (w *writer[T]) Inserted(item store.Item[T]) {
	w.stage(Event[T]{Type: Added, Key: item.Key, Object: item.Object})
}

func (w *writer[T]) Updated(old, item store.Item[T]) {
	w.stage(Event[T]{
		Type: Updated, Key: item.Key, Object: item.Object, Old: old.Object,
		repeated: item.Version != "" && item.Version == old.Version,
	})
}

func (w *writer[T]) Removed(old store.Item[T]) {
	w.stage(Event[T]{Type: Deleted, Key: old.Key, Object: old.Object, Old: old.Object})
}

func (w *writer[T]) Refused(_ store.Item[T], err error) { w.informer.postponed.add(err) }

func (w *writer[T]) stage(event Event[T]) {
	if w.heard {
		w.informer.log.Stage(event)
	}
}
