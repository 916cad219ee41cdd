// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// loop moves changes from the queue into the cache and the log until ctx is
// done. It takes all that is pending at once, so under load a batch is large and
// what is done once a batch costs little an event. As long as it has not ended,
// the group takes further goroutines, of handlers.
func (inf *Informer[T]) loop(ctx context.Context) error {
	defer inf.stop()
	if inf.view != nil {
		return inf.view.Run(ctx)
	}
	for {
		batch, err := inf.queue.PopBatch(ctx)
		if ctx.Err() != nil || errors.Is(err, queue.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		for len(batch) > 0 {
			n := inf.throughFirstList(batch)
			inf.apply(batch[:n])
			batch = batch[n:]
		}
	}
}

// throughFirstList returns the number of deltas up to the first list of a part,
// that one included, as long as not all have come: what handlers are told of as
// initial is these lists, and not what happened to come right behind the last.
func (inf *Informer[T]) throughFirstList(batch []queue.Delta[T]) int {
	if closed(inf.synced) {
		return len(batch)
	}
	isList := func(delta queue.Delta[T]) bool { return delta.Type == queue.Replaced }
	if i := slices.IndexFunc(batch, isList); i >= 0 {
		return i + 1
	}
	return len(batch)
}

// apply makes a batch part of the cache and shows it to the handlers, as one
// step: a handler that joins sees all of it in its first state, or all of it in
// the log. The store is unlocked before anything is published (G04).
func (inf *Informer[T]) apply(batch []queue.Delta[T]) {
	inf.postponed.hold()
	defer inf.postponed.release()
	inf.mu.Lock()
	defer inf.mu.Unlock()

	w := &inf.writer
	w.begin(inf.log.Readers() > 0)
	w.history = inf.ongoingHistory()
	inf.store.Apply(func(tx store.Tx[T]) { w.applyAll(tx, batch) })
	inf.publish()
}

// publish shows what a batch has changed. mu is held.
func (inf *Informer[T]) publish() {
	w := &inf.writer
	inf.log.Publish()
	if w.history != nil {
		w.history.publish()
	}
	for _, r := range inf.limited {
		r.enforce()
	}
	w.end()
	w.passMilestones()
	inf.notify()
}

// writer applies deltas within one transaction and stages the events that come
// of them. There is one, in the informer, so that a batch allocates nothing.
type writer[T any] struct {
	informer *Informer[T]
	tx       store.Tx[T]
	heard    bool        // somebody reads the log
	history  *history[T] // nil if none is kept
	now      time.Time
	part     *part[T]   // that the delta is of
	initial  bool       // what is inserted is of the first list of a part
	listed   []*part[T] // whose first list was in the batch
	dropped  []*part[T]
	awaited  []*part[T] // that somebody waits for and that were in the batch
}

func (w *writer[T]) begin(heard bool) {
	w.heard, w.now, w.part = heard, time.Now(), nil
}

// end tells those who wait for a list, when what came of it has been published.
// mu is held.
func (w *writer[T]) end() {
	if len(w.listed) == 0 && len(w.dropped) == 0 {
		return
	}
	for _, p := range w.listed {
		close(p.synced)
	}
	for _, p := range w.dropped {
		w.informer.dropPart(p)
	}
	w.listed, w.dropped = nil, nil
	w.informer.checkSynced()
}

// passMilestones wakes those who wait for a version. That is done once a batch,
// when all of it has been published, and costs nothing if nobody waits.
func (w *writer[T]) passMilestones() {
	for _, p := range w.awaited {
		w.informer.passMilestones(p)
	}
	clear(w.awaited)
	w.awaited = w.awaited[:0]
}

// enter notes which part the deltas that follow are of.
func (w *writer[T]) enter(p *part[T]) {
	w.part = p
	if w.informer.view == nil { // else it says of one input that it is well, not of all
		p.contact = w.now
	}
	if p.awaited.any() {
		w.awaited = append(w.awaited, p)
	}
}

// moveOn notes the version that its part reflects with a delta. What could not be
// used of a list comes behind the list, with the older version of its own.
func (w *writer[T]) moveOn(delta *queue.Delta[T]) {
	version := delta.Item.Version
	if version == "" {
		return
	}
	if delta.Type == queue.Quarantined {
		if order, err := compareVersions(version, w.part.version); err != nil || order < 0 {
			return
		}
	}
	w.part.version = version
}

func (w *writer[T]) applyAll(tx store.Tx[T], batch []queue.Delta[T]) {
	inf := w.informer
	w.tx = tx
	for i := range batch {
		w.apply(&batch[i])
		if inf.view == nil {
			w.record(&batch[i])
		}
	}
	if inf.view != nil {
		w.recordBatch()
	}
	if !inf.severalVersions() {
		tx.SetVersion(w.part.version)
	}
}

func (w *writer[T]) apply(delta *queue.Delta[T]) {
	inf := w.informer
	if w.part == nil || w.part.number != delta.Part {
		w.enter(inf.parts[delta.Part])
	}
	w.moveOn(delta)
	switch delta.Type {
	case queue.Added, queue.Updated, queue.Sync:
		w.put(&delta.Item)
	case queue.Deleted, queue.Left:
		w.remove(delta)
	case queue.Replaced:
		w.replace(delta.Items)
	case queue.Bookmark: // moves the version on, like all others
	}
	if delta.Err != nil {
		inf.quarantine.add(delta.Err)
	}
}

// replace makes a list the content of its part. Nil is the end of the part.
func (w *writer[T]) replace(items *store.Batch[T]) {
	switch {
	case items == nil:
		w.dropped = append(w.dropped, w.part)
		items = new(store.Batch[T])
	case !closed(w.part.synced) && !slices.Contains(w.listed, w.part):
		w.listed = append(w.listed, w.part)
		w.initial = true
	}
	if w.informer.territory == nil {
		w.informer.quarantine.keep(items.Kept(), nil)
		w.tx.Replace(items, w)
	} else {
		w.replaceAmong(items)
	}
	w.initial = false
}

// replaceAmong makes a list the content of a part among others.
func (w *writer[T]) replaceAmong(items *store.Batch[T]) {
	land, name := w.informer.territory, w.part.name
	w.informer.quarantine.keep(items.Kept(), func(key store.Key) bool { return land.partOf(key) == name })
	w.tx.ReplaceAmong(land.objects.Slots(w.tx, name), items, w)
}

func (w *writer[T]) put(item *store.Item[T]) {
	old, existed, err := w.tx.Put(*item)
	if err != nil {
		w.Refused(*item, err)
		return
	}
	w.informer.quarantine.remove(item.Key)
	switch {
	case !existed:
		w.Inserted(*item)
	case item.Version != "" && item.Version == old.Version:
		w.repeat(old)
	default:
		w.Updated(old, *item)
	}
}

func (w *writer[T]) remove(delta *queue.Delta[T]) {
	w.informer.quarantine.remove(delta.Item.Key)
	old, existed := w.tx.Delete(delta.Item.Key)
	switch {
	case !existed:
	case delta.Type == queue.Left:
		w.Removed(old)
	default:
		w.stage(Event[T]{Type: Deleted, Final: true, Key: old.Key, Object: delta.Item.Object, Old: old.Object})
	}
}

// repeat undoes a write that has changed nothing: an object keeps its pointer as
// long as it has its version, in the cache as with those who were told of it.
func (w *writer[T]) repeat(old store.Item[T]) {
	// An index that has taken an object takes it again.
	_, _, _ = w.tx.Put(old)
	w.stage(Event[T]{Type: Updated, Key: old.Key, Object: old.Object, Old: old.Object, repeated: true})
}

// Inserted, Updated, Removed, Unlisted and Refused are what [store.Replacement] asks for.
func (w *writer[T]) Inserted(item store.Item[T]) {
	w.stage(Event[T]{Type: Added, Initial: w.initial, Key: item.Key, Object: item.Object})
}

func (w *writer[T]) Updated(old, item store.Item[T]) {
	// UIDs are compared only if it matters: that of the old item is seldom in the
	// processor's caches.
	recreated := w.informer.apart > 0 && old.UID != item.UID && old.UID != "" && item.UID != ""
	w.stage(Event[T]{Type: Updated, recreated: recreated, Key: item.Key, Object: item.Object, Old: old.Object})
}

func (w *writer[T]) Removed(old store.Item[T]) {
	w.stage(Event[T]{Type: Deleted, Key: old.Key, Object: old.Object, Old: old.Object})
}

// Unlisted marks an object as out of date of which nobody knows whether it is
// still there.
func (w *writer[T]) Unlisted(old store.Item[T]) {
	w.informer.quarantine.add(&listwatch.ItemError{
		Resource: w.informer.gvr, Key: old.Key, Stage: listwatch.StageDecode, Err: errUnlisted,
	})
}

// Refused puts an object into quarantine that an index cannot take.
func (w *writer[T]) Refused(item store.Item[T], err error) {
	failure := &listwatch.ItemError{
		Resource: w.informer.gvr, Key: item.Key, Version: item.Version, Stage: StageIndex, Err: err,
	}
	w.informer.quarantine.add(failure)
	w.informer.reportLater(failure)
}

func (w *writer[T]) stage(event Event[T]) {
	if w.heard {
		w.informer.log.Stage(event)
	}
	if w.history != nil && !event.repeated {
		w.history.step = append(w.history.step, event)
	}
}

// record ends the step that a delta is to those who read the history.
func (w *writer[T]) record(delta *queue.Delta[T]) {
	if w.history != nil {
		w.history.record(w.part.name, w.part.version, delta.Type == queue.Replaced)
	}
}

// recordBatch is record for a view, of which a whole batch is one step: from what
// its inputs were to what they are, without the states in between.
func (w *writer[T]) recordBatch() {
	if w.history != nil {
		w.history.record("", w.informer.parts[0].version, len(w.history.step) > 0)
	}
}
