// SPDX-License-Identifier: Apache-2.0

package index

import (
	"fmt"

	"github.com/typedinformer/typedinformer/store"
)

// single keeps an index in which an object has at most one value. It is the
// [store.Observer] behind the handle. Everything is guarded by the store's
// lock.
type single[K comparable, T any] struct {
	*reports
	index   *Index[K, T]
	value   func(key store.Key, object T) (K, bool)
	unique  bool
	members perSlot[member[K]]
}

func (s *single[K, T]) Insert(slot store.Slot, key store.Key, object T) {
	s.members.grow(slot)
	s.enter(slot, key, s.resolve(nil, key, object))
}

// Update is where most of the work of a busy informer passes through: when the
// value has not changed it is one call of the user's function and a comparison.
func (s *single[K, T]) Update(slot store.Slot, key store.Key, _, object T) {
	held := s.members.at(slot).posting
	if found := s.resolve(held, key, object); found != held {
		s.leave(slot)
		s.enter(slot, key, found)
	}
}

func (s *single[K, T]) Remove(slot store.Slot, _ store.Key, _ T) { s.leave(slot) }

// resolve returns the posting that the object belongs to: held, if that is the
// one, else the one that is found or made; nil if the object has no value.
func (s *single[K, T]) resolve(held *posting[K], key store.Key, object T) (found *posting[K]) {
	// The user's function is called here, and so is the hashing of a value
	// that may turn out not to be hashable; see safely.
	defer func() {
		if cause := recover(); cause != nil {
			found = nil
			s.add(&FuncError{Index: s.index.name, Key: key, Err: asError(cause)})
		}
	}()
	value, has := s.value(key, object)
	if !has {
		return nil
	}
	if held != nil && held.value == value {
		return held
	}
	return s.index.lookup.getOrAdd(value)
}

func (s *single[K, T]) enter(slot store.Slot, key store.Key, found *posting[K]) {
	if found == nil {
		return
	}
	if s.unique && len(found.slots) > 0 {
		s.add(&UniqueError{Index: s.index.name, Value: fmt.Sprint(found.value), Key: key})
	}
	*s.members.at(slot) = member[K]{posting: found, place: found.add(slot)}
}

func (s *single[K, T]) leave(slot store.Slot) {
	held := s.members.at(slot)
	if held.posting == nil {
		return
	}
	if moved, hasMoved := held.posting.remove(held.place); hasMoved {
		s.members.at(moved).place = held.place
	}
	s.index.lookup.dropIfEmpty(held.posting)
	*held = member[K]{}
}

// byNamespace is the index that goes by key, which an update does not change.
type byNamespace[T any] struct{ *single[string, T] }

func (byNamespace[T]) Update(store.Slot, store.Key, T, T) {}
