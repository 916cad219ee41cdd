// SPDX-License-Identifier: Apache-2.0

package store

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
//
// An observer has a say in what the store holds: an error from Insert or Update
// refuses the object, and the observer must then be as it was before the call.
// Nothing of a refused write stays, in the store or in any observer: those that
// had taken it get a Revert. Asking each whether it would take the object, and
// then telling each, was set aside: it would be a second call for every write,
// and almost none is refused.
type Observer[T any] interface {
	// Insert reports an object under a key that was not there.
	Insert(slot Slot, key Key, object T) error
	// Update reports that the object of a key is replaced. There is one case of
	// a slot that the observer holds nothing for: it refused old in
	// [Store.Observe].
	Update(slot Slot, key Key, old, object T) error
	// Revert takes back the Insert or Update that came last, of the object that
	// another observer has refused. held is what the store goes on holding in
	// the slot, and existed is false if that is nothing. It cannot be refused:
	// an observer that would have to compute again what it can compute no more
	// does without the object. Observers are called in the reverse order.
	Revert(slot Slot, key Key, refused, held T, existed bool)
	// Remove reports that the key is gone. After it the slot may be reused.
	Remove(slot Slot, key Key, old T)
	// Settle is called after a write, also a refused one, when the lock has been
	// given back, by the goroutine that wrote: the place for what must not be
	// done under a lock, such as reporting errors. Several writers may be in it
	// at once.
	Settle()
}

// Observe calls o.Insert for everything that is in the store and keeps o in
// step from then on, without a gap. What o refuses stays in the store all the
// same, unknown to o until it is written again; the errors are returned. Settle
// is left to the caller, who may hold locks. O(n), and other users of the store
// wait.
func (s *Store[T]) Observe(o Observer[T]) (refused []error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for slot := range s.pages.Slots() {
		if err := o.Insert(Slot(slot), *s.pages.Key(slot), s.pages.Object(slot)); err != nil {
			refused = append(refused, err)
		}
	}
	s.observers = append(s.observers, o)
	return refused
}

// revert takes a write back from the first n observers. The lock is held.
func (s *Store[T]) revert(n int, slot uint32, refused *Item[T], held T, existed bool) {
	for i := n - 1; i >= 0; i-- {
		s.observers[i].Revert(Slot(slot), refused.Key, refused.Object, held, existed)
	}
}

// Objects reads objects by slot within [Store.Read].
type Objects[T any] struct {
	store *Store[T]
}

// At returns the object in a slot that is taken. O(1).
func (o Objects[T]) At(slot Slot) T { return o.store.pages.Object(uint32(slot)) }

// Find returns the slot of a key, and whether there is one. O(1).
func (o Objects[T]) Find(key Key) (slot Slot, found bool) {
	number, found := o.store.find(o.store.hash(key), key)
	return Slot(number), found
}

// Read calls read under the read lock: what an [Observer] has gathered by slot
// and the objects in those slots then agree. read must be quick and must not
// call the store or keep objects' argument.
func (s *Store[T]) Read(read func(objects Objects[T])) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	read(Objects[T]{s})
}
