// SPDX-License-Identifier: Apache-2.0

package store

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
func (tx Tx[T]) Put(item Item[T]) (old Item[T], existed bool) {
	s := tx.store
	hash := s.hash(item.Key)
	slot, existed := s.find(hash, item.Key)
	if !existed {
		tx.insert(hash, &item)
		return old, false
	}
	old = s.itemAt(slot)
	tx.update(slot, &item)
	return old, true
}

// put is Put for those who do not ask for the item before.
func (tx Tx[T]) put(hash uint32, item *Item[T]) {
	if slot, existed := tx.store.find(hash, item.Key); existed {
		tx.update(slot, item)
	} else {
		tx.insert(hash, item)
	}
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

// A Replacement is told what [Tx.Replace] changed: first each removal, in no
// particular order, then each insertion and update, in the order of the list.
// It is not told of items that stayed as they are.
type Replacement[T any] interface {
	Removed(old Item[T])
	Inserted(item Item[T])
	Updated(old, item Item[T])
}

// Replace makes items the whole content. What is not in the batch is removed
// first; then the items are put in their order, and of several with one key
// the last wins. An item whose version is not empty and is held already is left
// alone, pointer included. report may be nil. O(held + given).
func (tx Tx[T]) Replace(items *Batch[T], report Replacement[T]) {
	s := tx.store
	if s.pages.Len() == 0 {
		s.table.Reserve(items.Len())
		s.pages.Grow(items.Len())
	} else {
		tx.removeOthers(items, report)
	}
	for item := range items.All() {
		tx.replace(item, report)
	}
}

func (tx Tx[T]) replace(item Item[T], report Replacement[T]) {
	s := tx.store
	hash := s.hash(item.Key)
	slot, existed := s.find(hash, item.Key)
	switch {
	case !existed:
		tx.insert(hash, &item)
		if report != nil {
			report.Inserted(item)
		}
	case item.Version == "" || item.Version != s.pages.Note(slot).version:
		old := s.itemAt(slot)
		tx.update(slot, &item)
		if report != nil {
			report.Updated(old, item)
		}
	}
}

// removeOthers removes all whose keys are not among items.
func (tx Tx[T]) removeOthers(items *Batch[T], report Replacement[T]) {
	s := tx.store
	listed := make([]bool, s.pages.Limit())
	for item := range items.All() {
		if slot, found := s.find(s.hash(item.Key), item.Key); found {
			listed[slot] = true
		}
	}
	for slot := range s.pages.Slots() {
		if listed[slot] {
			continue
		}
		old := tx.remove(s.hash(*s.pages.Key(slot)), slot)
		if report != nil {
			report.Removed(old)
		}
	}
}

func (tx Tx[T]) insert(hash uint32, item *Item[T]) {
	s := tx.store
	slot := s.pages.Insert(item.Key, headerOf(item), item.Object)
	s.table.Insert(hash, slot)
	for _, observer := range s.observers {
		observer.Insert(Slot(slot), item.Key, item.Object)
	}
}

// update replaces what a slot holds. The key in the slot stays the one that was
// inserted: it is equal, and frozen views may be reading it.
func (tx Tx[T]) update(slot uint32, item *Item[T]) {
	s := tx.store
	old := s.pages.Set(slot, headerOf(item), item.Object)
	for _, observer := range s.observers {
		observer.Update(Slot(slot), item.Key, old, item.Object)
	}
}

func headerOf[T any](item *Item[T]) header { return header{uid: item.UID, version: item.Version} }

func (tx Tx[T]) remove(hash, slot uint32) (old Item[T]) {
	s := tx.store
	old = s.itemAt(slot)
	s.table.Remove(hash, slot)
	s.pages.Remove(slot)
	for _, observer := range s.observers {
		observer.Remove(Slot(slot), old.Key, old.Object)
	}
	return old
}
