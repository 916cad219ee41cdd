// SPDX-License-Identifier: Apache-2.0

package index

import (
	"slices"

	"github.com/typedinformer/typedinformer/store"
)

// multi keeps an index in which an object has any number of values. It is the
// [store.Observer] behind the handle. Everything is guarded by the store's
// lock.
type multi[K comparable, T any] struct {
	*reports
	index   *Index[K, T]
	values  func(object T) []K
	members perSlot[[]member]
	found   []*posting[K] // what resolve returns; kept for its memory
	before  []*posting[K] // where the object was that was written last, for Revert
	moved   bool          // it has left them, and those may have been dropped
}

// Insert makes the place of the slot first: an object that is refused may stay
// in the store all the same, if it was there before the index.
func (m *multi[K, T]) Insert(slot store.Slot, key store.Key, object T) error {
	m.members.grow(slot)
	return m.Update(slot, key, object, object)
}

func (m *multi[K, T]) Update(slot store.Slot, key store.Key, _, object T) error {
	found, err := m.resolve(key, object)
	if err != nil {
		return err
	}
	m.moved = !m.holds(slot, found)
	if m.moved {
		m.before = m.before[:0]
		for _, held := range *m.members.at(slot) {
			m.before = append(m.before, m.index.lookup.of(held))
		}
		m.leave(slot, found)
		m.enter(slot, found)
	}
	return nil
}

// Revert goes by what Update has noted and not by the object, of which the
// user's function may now say something else.
func (m *multi[K, T]) Revert(slot store.Slot, _ store.Key, _, _ T, _ bool) {
	if !m.moved {
		return
	}
	m.found = m.found[:0]
	for _, p := range m.before {
		m.found = append(m.found, m.index.lookup.getOrAdd(p.value))
	}
	m.leave(slot, m.found)
	m.enter(slot, m.found)
}

func (m *multi[K, T]) Remove(slot store.Slot, _ store.Key, _ T) {
	m.leave(slot, nil)
	*m.members.at(slot) = nil
}

// resolve returns the postings that the object belongs to, each once. If the
// user's function panics, or hashing what it returned, there is an error and
// nothing has changed. The result is valid until the next call.
func (m *multi[K, T]) resolve(key store.Key, object T) (found []*posting[K], err error) {
	m.found = m.found[:0]
	defer func() {
		if cause := recover(); cause != nil {
			m.undo()
			err = &FuncError{Index: m.index.name, Key: key, Err: asError(cause)}
		}
	}()
	for _, value := range m.values(object) {
		if p := m.index.lookup.getOrAdd(value); !slices.Contains(m.found, p) {
			m.found = append(m.found, p)
		}
	}
	return m.found, nil
}

// undo removes what resolve made for the values before a bad one.
func (m *multi[K, T]) undo() {
	for _, p := range m.found {
		m.index.lookup.dropIfEmpty(p)
	}
}

// holds reports whether the object of a slot is in the given postings already
// and in no other, in the same order.
func (m *multi[K, T]) holds(slot store.Slot, found []*posting[K]) bool {
	held := *m.members.at(slot)
	return slices.EqualFunc(held, found, func(h member, p *posting[K]) bool { return m.index.lookup.of(h) == p })
}

func (m *multi[K, T]) valuesAt(slot store.Slot) (values []K) {
	for _, held := range *m.members.at(slot) {
		values = append(values, m.index.lookup.of(held).value)
	}
	return values
}

func (m *multi[K, T]) enter(slot store.Slot, found []*posting[K]) {
	members := m.members.at(slot)
	*members = (*members)[:0]
	for _, p := range found {
		*members = append(*members, m.index.lookup.add(p, slot))
	}
}

// leave takes the object of a slot out of all its postings. Those among keep
// are about to be entered again and stay, even if they are empty.
func (m *multi[K, T]) leave(slot store.Slot, keep []*posting[K]) {
	for _, held := range *m.members.at(slot) {
		of := m.index.lookup.of(held)
		if moved, hasMoved := m.index.lookup.remove(of, held.place); hasMoved {
			m.renumber(moved, held)
		}
		if !slices.Contains(keep, of) {
			m.index.lookup.dropIfEmpty(of)
		}
	}
}

// renumber notes that another object has taken the place that a member had.
// O(the values of that object).
func (m *multi[K, T]) renumber(slot store.Slot, to member) {
	for i, other := range *m.members.at(slot) {
		if other.number == to.number {
			(*m.members.at(slot))[i].place = to.place
			return
		}
	}
}
