// SPDX-License-Identifier: Apache-2.0

package store

import (
	"sync"

	"github.com/typedinformer/typedinformer/internal/slots"
)

// A finder finds the slots of a snapshot's keys. It asks the store, in which those
// that are still there have the slots that they had. If others have been removed
// since, one that is not found may be one of them, and the finder makes a table of
// its own.
//
// A table that can be frozen, as the pages can, was set aside: it made each look-up
// in the store a tenth slower, also where there are no snapshots.
type finder[T any] struct {
	store   *Store[T]
	removed uint64 // keys that the store had removed, ever, when the snapshot was taken
	make    sync.Once
	table   slots.Table
}

func (f *finder[T]) find(content *slots.Content[Key, header, T], key Key) (slot uint32, found bool) {
	hash := f.store.hash(key)
	slot, found, removed := f.ask(hash, key)
	switch {
	case found && content.Taken(slot) && *content.Key(slot) == key:
		return slot, true
	case removed == f.removed:
		return 0, false
	}
	f.make.Do(func() { f.fill(content) })
	return find(&f.table, content, hash, key)
}

func (f *finder[T]) ask(hash uint32, key Key) (slot uint32, found bool, removed uint64) {
	f.store.mu.RLock()
	defer f.store.mu.RUnlock()
	slot, found = f.store.find(hash, key)
	return slot, found, f.store.removed
}

func (f *finder[T]) fill(content *slots.Content[Key, header, T]) {
	f.table.Reserve(content.Len())
	for slot := range content.Slots() {
		f.table.Insert(f.store.hash(*content.Key(slot)), slot)
	}
}
