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
	value   func(object T) (K, bool)      // nil if the index goes by key
	ofKey   func(key store.Key) (K, bool) // in that case
	unique  bool
	members perSlot[member]
	// What Update has noted of the object that was written last, for Revert: where
	// it was, if it has moved. Most do not.
	moved  bool
	before *posting[K]
}

// Insert makes the place of the slot first: an object that is refused may stay
// in the store all the same, if it was there before the index.
func (s *single[K, T]) Insert(slot store.Slot, key store.Key, object T) error {
	place := s.members.grow(slot)
	found, err := s.resolve(nil, key, object)
	if err != nil {
		return err
	}
	s.moved, s.before = found != nil, nil
	if s.moved {
		*place = s.index.lookup.add(found, slot)
		s.check(found, key)
	}
	return nil
}

// Update is where most of the work of a busy informer passes through: when the
// value has not changed it is one call of the user's function and a comparison.
func (s *single[K, T]) Update(slot store.Slot, key store.Key, _, object T) error {
	held := s.held(slot)
	found, err := s.resolve(held, key, object)
	if err != nil {
		return err
	}
	s.moved = found != held
	if !s.moved {
		return nil
	}
	s.before = held
	s.leave(slot)
	s.enter(slot, found)
	s.check(found, key)
	return nil
}

// check reports an object that has come to a posting, if that breaks what a unique
// index asks for.
func (s *single[K, T]) check(found *posting[K], key store.Key) {
	if s.shared(found) {
		s.add(&UniqueError{Index: s.index.name, Value: fmt.Sprint(found.value), Key: key})
	}
}

// held returns the posting of the object in a slot, nil if it has no value.
func (s *single[K, T]) held(slot store.Slot) *posting[K] {
	return s.index.lookup.of(*s.members.at(slot))
}

// shared reports whether a posting breaks what a unique index asks for.
func (s *single[K, T]) shared(p *posting[K]) bool {
	return s.unique && p != nil && len(s.index.lookup.set(p).slots) > 1
}

// Revert goes by what Update has noted and not by the object, of which the
// user's function may now say something else.
func (s *single[K, T]) Revert(slot store.Slot, _ store.Key, _, _ T, _ bool) {
	if !s.moved {
		return
	}
	if s.shared(s.held(slot)) {
		s.retract()
	}
	s.leave(slot)
	if s.before != nil { // and if it has been dropped, there is another in its place
		s.enter(slot, s.index.lookup.getOrAdd(s.before.value))
	}
}

func (s *single[K, T]) Remove(slot store.Slot, _ store.Key, _ T) { s.leave(slot) }

// resolve returns the posting that the object belongs to: held, if that is the
// one, else the one that is found or made; nil if the object has no value.
// Nothing has changed if there is an error.
func (s *single[K, T]) resolve(held *posting[K], key store.Key, object T) (found *posting[K], err error) {
	// The user's function is called here, and so is the hashing of a value
	// that may turn out not to be hashable.
	defer func() {
		if cause := recover(); cause != nil {
			err = &FuncError{Index: s.index.name, Key: key, Err: asError(cause)}
		}
	}()
	value, has := s.valueOf(key, object)
	if !has {
		return nil, nil
	}
	if held != nil && held.value == value {
		return held, nil
	}
	return s.index.lookup.getOrAdd(value), nil
}

func (s *single[K, T]) valueOf(key store.Key, object T) (K, bool) {
	if s.value != nil {
		return s.value(object)
	}
	return s.ofKey(key)
}

func (s *single[K, T]) valuesAt(slot store.Slot) []K {
	if held := s.held(slot); held != nil {
		return []K{held.value}
	}
	return nil
}

func (s *single[K, T]) enter(slot store.Slot, found *posting[K]) {
	if found != nil {
		*s.members.at(slot) = s.index.lookup.add(found, slot)
	}
}

func (s *single[K, T]) leave(slot store.Slot) {
	held := s.held(slot)
	if held == nil {
		return
	}
	member := s.members.at(slot)
	if moved, hasMoved := s.index.lookup.remove(held, member.place); hasMoved {
		s.members.at(moved).place = member.place
	}
	s.index.lookup.dropIfEmpty(held)
	member.number = 0
}

// byKey is an index that goes by key, which an update does not change.
type byKey[K comparable, T any] struct{ *single[K, T] }

func (byKey[K, T]) Update(store.Slot, store.Key, T, T) error { return nil }

func (x byKey[K, T]) Revert(slot store.Slot, _ store.Key, _, _ T, existed bool) {
	if !existed {
		x.leave(slot)
	}
}
