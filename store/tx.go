// SPDX-License-Identifier: Apache-2.0

package store

import "iter"

// Tx writes to a store within one [Store.Apply]. It must not be used after
// that, nor by another goroutine.
type Tx[T any] struct {
	store *Store[T]
}

// Apply calls write with the store locked: readers see the state before it or
// the one after it, nothing between. write must not call the store itself, only
// tx. If it panics, what it had written stays and the lock is given back.
func (s *Store[T]) Apply(write func(tx Tx[T])) {
	for _, observer := range s.locked(write) {
		observer.Settle()
	}
}

// locked runs write under the lock and returns who is to settle after it.
func (s *Store[T]) locked(write func(tx Tx[T])) []Observer[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	write(Tx[T]{s})
	return s.observers
}

// Put stores an item, and returns the one it replaced and whether there was
// one. The key must be valid; see [Key.Validate]. O(1); an update allocates
// nothing unless a [Snapshot] holds the page, which is then copied.
//
// The error is that of an [Observer], such as an index, that does not take the
// object. Nothing has changed then, and old is the item that stays, if there is
// one. The transaction goes on; it is the caller who decides what a refused
// write means for the others.
func (tx Tx[T]) Put(item Item[T]) (old Item[T], existed bool, err error) {
	s := tx.store
	hash := s.hash(item.Key)
	slot, existed := s.find(hash, item.Key)
	if !existed {
		return old, false, tx.insert(hash, &item)
	}
	old = s.itemAt(slot)
	return old, true, tx.update(slot, &item)
}

// put is Put for those who do not ask for the item before.
func (tx Tx[T]) put(hash uint32, item *Item[T]) error {
	if slot, existed := tx.store.find(hash, item.Key); existed {
		return tx.update(slot, item)
	}
	return tx.insert(hash, item)
}

// Delete removes the item of a key and returns it, and whether there was one.
func (tx Tx[T]) Delete(key Key) (old Item[T], existed bool) {
	s := tx.store
	hash := s.hash(key)
	slot, existed := s.find(hash, key)
	if !existed {
		return old, false
	}
	return tx.remove(hash, slot), true
}

// Get returns the item of a key as it is within this transaction.
func (tx Tx[T]) Get(key Key) (Item[T], bool) {
	slot, found := tx.store.find(tx.store.hash(key), key)
	if !found {
		return Item[T]{}, false
	}
	return tx.store.itemAt(slot), true
}

// SetVersion says which version of its source the store reflects once the
// transaction is over; see [Snapshot.Version]. A store reads nothing into it.
func (tx Tx[T]) SetVersion(version string) { tx.store.version = version }

// A Replacement is told what [Tx.Replace] changed: first each removal, in no
// particular order, then each insertion and update, in the order of the list.
// It is not told of items that stayed as they are.
type Replacement[T any] interface {
	Removed(old Item[T])
	Inserted(item Item[T])
	Updated(old, item Item[T])
	// Unlisted is told of an item that stays though it is not listed, because
	// the list is not complete; see [Batch.KeepUnlisted].
	Unlisted(old Item[T])
	// Refused is told of an item that was not taken, in its turn in the list,
	// and of the error of [Tx.Put]. What is held of its key stays.
	Refused(item Item[T], err error)
}

// Replace makes items the whole content. What the batch does not list is removed
// first; then the items are put in their order, and of several with one key
// the last wins. An item whose version is not empty and is held already is left
// alone, pointer included. An item that is refused leaves what is held of its
// key as it is, and so does a key that the batch keeps without an item. report
// may be nil. The batch is empty afterwards. O(held + given).
func (tx Tx[T]) Replace(items *Batch[T], report Replacement[T]) {
	tx.replaceAll(items, report, refusedOf(report))
}

func refusedOf[T any](report Replacement[T]) func(Item[T], error) {
	if report == nil {
		return nil
	}
	return report.Refused
}

// ReplaceAmong is [Tx.Replace] for a part of the content: only what is in the
// slots of held is removed if it is not listed. What is listed is put, wherever
// it is. O(held + given), and a byte for each slot of the store.
func (tx Tx[T]) ReplaceAmong(held []Slot, items *Batch[T], report Replacement[T]) {
	slots := func(yield func(uint32) bool) {
		for _, slot := range held {
			if !yield(uint32(slot)) {
				return
			}
		}
	}
	tx.removeOthers(slots, items, report)
	tx.putAll(items, report, refusedOf(report))
}

// replaceAll is Replace for those who ask for refusals alone, or for nothing.
func (tx Tx[T]) replaceAll(items *Batch[T], report Replacement[T], refused func(Item[T], error)) {
	s := tx.store
	if s.pages.Len() > 0 {
		tx.removeOthers(s.pages.Slots(), items, report)
		tx.putAll(items, report, refused)
		return
	}
	s.table.Reserve(items.Len())
	s.pages.TakeOver(&items.items)
	tx.putAll(items, report, refused)
	s.pages.Clip()
}

func (tx Tx[T]) putAll(items *Batch[T], report Replacement[T], refused func(Item[T], error)) {
	for item := range items.All() {
		if err := tx.replace(&item, report); err != nil && refused != nil {
			refused(item, err)
		}
	}
	*items = Batch[T]{} // the store may be using its memory
}

// replace and what it calls take items by pointer: they are 72 bytes each, and
// this is where the stack of an informer's goroutine is deepest.
func (tx Tx[T]) replace(item *Item[T], report Replacement[T]) error {
	s := tx.store
	hash := s.hash(item.Key)
	slot, existed := s.find(hash, item.Key)
	switch {
	case !existed:
		if err := tx.insert(hash, item); err != nil {
			return err
		}
		reportInserted(report, item)
	case item.Version == "" || item.Version != s.pages.Note(slot).version:
		return tx.renew(slot, item, report)
	}
	return nil
}

func reportInserted[T any](report Replacement[T], item *Item[T]) {
	if report != nil {
		report.Inserted(*item)
	}
}

// renew is update with a report.
func (tx Tx[T]) renew(slot uint32, item *Item[T], report Replacement[T]) error {
	old := tx.store.itemAt(slot)
	err := tx.update(slot, item)
	if err == nil && report != nil {
		report.Updated(old, *item)
	}
	return err
}

// removeOthers removes those in the slots of held whose keys are not listed.
func (tx Tx[T]) removeOthers(held iter.Seq[uint32], items *Batch[T], report Replacement[T]) {
	s := tx.store
	listed := make([]bool, s.pages.Limit())
	list := func(key Key) {
		if slot, found := s.find(s.hash(key), key); found {
			listed[slot] = true
		}
	}
	for item := range items.All() {
		list(item.Key)
	}
	for key := range items.Kept() {
		list(key)
	}
	for slot := range held {
		if listed[slot] {
			continue
		}
		if items.partial {
			if report != nil {
				report.Unlisted(s.itemAt(slot))
			}
			continue
		}
		old := tx.remove(s.hash(*s.pages.Key(slot)), slot)
		if report != nil {
			report.Removed(old)
		}
	}
}

// insert takes a slot before the observers are asked, since they are told its
// number, and gives it back if one refuses.
func (tx Tx[T]) insert(hash uint32, item *Item[T]) error {
	s := tx.store
	slot := s.pages.Insert(item.Key, headerOf(item), item.Object)
	s.table.Insert(hash, slot)
	for i, observer := range s.observers {
		if err := observer.Insert(Slot(slot), item.Key, item.Object); err != nil {
			var nothing T
			s.revert(i, slot, item, nothing, false)
			s.table.Remove(hash, slot)
			s.pages.Remove(slot)
			return err
		}
	}
	return nil
}

// update replaces what a slot holds, if no observer refuses. The key in the slot
// stays the one that was inserted: it is equal, and frozen views may be reading
// it.
func (tx Tx[T]) update(slot uint32, item *Item[T]) error {
	s := tx.store
	for i, observer := range s.observers {
		held := s.pages.Object(slot)
		if err := observer.Update(Slot(slot), item.Key, held, item.Object); err != nil {
			s.revert(i, slot, item, held, true)
			return err
		}
	}
	s.pages.Set(slot, headerOf(item), item.Object)
	return nil
}

func headerOf[T any](item *Item[T]) header { return header{uid: item.UID, version: item.Version} }

func (tx Tx[T]) remove(hash, slot uint32) (old Item[T]) {
	s := tx.store
	old = s.itemAt(slot)
	s.table.Remove(hash, slot)
	s.pages.Remove(slot)
	s.removed++
	for _, observer := range s.observers {
		observer.Remove(Slot(slot), old.Key, old.Object)
	}
	return old
}
