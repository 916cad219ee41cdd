// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"errors"
	"testing"

	"github.com/typedinformer/typedinformer/store"
)

// A mirror is an observer that holds what the store holds, but for the states
// that are bad for it, and checks that it is told of nothing else.
type mirror struct {
	t      *testing.T
	number int
	held   map[store.Slot]*state
}

var errBad = errors.New("a bad state")

func (m *mirror) takes(item store.Item[*state]) bool { return item.Object.badFor != m.number }

func (m *mirror) Insert(slot store.Slot, key store.Key, object *state) error {
	m.expect("Insert", slot, key, nil)
	return m.hold(slot, object)
}

func (m *mirror) Update(slot store.Slot, key store.Key, old, object *state) error {
	m.expect("Update", slot, key, old)
	return m.hold(slot, object)
}

func (m *mirror) Revert(slot store.Slot, key store.Key, refused, held *state, existed bool) {
	m.expect("Revert", slot, key, refused)
	delete(m.held, slot)
	if existed {
		_ = m.hold(slot, held) // one it has never taken it goes on without
	}
}

func (m *mirror) Remove(slot store.Slot, key store.Key, old *state) {
	m.expect("Remove", slot, key, old)
	delete(m.held, slot)
}

func (m *mirror) Settle() {}

func (m *mirror) hold(slot store.Slot, object *state) error {
	if object.badFor == m.number {
		return errBad
	}
	m.held[slot] = object
	return nil
}

// expect checks what is held in a slot before a call.
func (m *mirror) expect(call string, slot store.Slot, key store.Key, want *state) {
	if want != nil && want.badFor == m.number {
		want = nil // from before this mirror
	}
	if got := m.held[slot]; got != want || got != nil && got.key != key {
		m.t.Errorf("mirror %d, %s of %v: slot %d holds %+v, want %+v", m.number, call, key, slot, got, want)
	}
}
