// SPDX-License-Identifier: Apache-2.0

package store

import "github.com/typedinformer/typedinformer/internal/slots"

// Slot is the number of an object's place in a store. An object keeps it from
// its insertion to its removal; after that it is given to another. Numbers are
// small and dense, so a slice indexed by Slot is a good way to keep something
// for every object.
type Slot uint32

// An Observer is kept in step with a store: every method is called under the
// store's lock, so that what the observer holds and what the store holds can
// never be seen to disagree. It must be quick, must not panic, and must not
// call the store. Package index is built on it; so can be an index of another
// kind.
type Observer[T any] interface {
	// Insert reports an object under a key that was not there.
	Insert(slot Slot, key Key, object T)
	// Update reports that the object of a key was replaced.
	Update(slot Slot, key Key, old, object T)
	// Remove reports that the key is gone. After it the slot may be reused.
	Remove(slot Slot, key Key, old T)
	// Settle is called after a write when the lock has been given back, by the
	// goroutine that wrote: the place for what must not be done under a lock,
	// such as reporting errors. Several writers may be in it at once.
	Settle()
}

// Observe calls o.Insert for everything that is in the store and keeps o in
// step from then on, without a gap. O(n), and other users of the store wait.
func (s *Store[T]) Observe(o Observer[T]) {
	s.mu.Lock()
	for slot := range s.pages.Slots() {
		o.Insert(Slot(slot), *s.pages.Key(slot), s.pages.Object(slot))
	}
	s.observers = append(s.observers, o)
	s.mu.Unlock()
	o.Settle()
}

// Objects reads objects by slot within [Store.Read].
type Objects[T any] struct {
	pages *slots.Pages[Key, header, T]
}

// At returns the object in a slot that is taken. O(1).
func (o Objects[T]) At(slot Slot) T { return o.pages.Object(uint32(slot)) }

// Read calls read under the read lock: what an [Observer] has gathered by slot
// and the objects in those slots then agree. read must be quick and must not
// call the store or keep objects' argument.
func (s *Store[T]) Read(read func(objects Objects[T])) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	read(Objects[T]{&s.pages})
}
