// SPDX-License-Identifier: Apache-2.0

package index

import "github.com/typedinformer/typedinformer/store"

// perSlot keeps an M for each slot. It grows by pages, so that growing copies
// nothing.
type perSlot[M any] struct {
	pages []*[pageSize]M
	first [4]*[pageSize]M // what pages starts as
}

const pageSize = 64

// at returns the place of a slot that has one.
func (m *perSlot[M]) at(slot store.Slot) *M { return &m.pages[slot/pageSize][slot%pageSize] }

// grow makes a place for a slot that may have none, and returns it.
func (m *perSlot[M]) grow(slot store.Slot) *M {
	page := int(slot / pageSize)
	if m.pages == nil {
		m.pages = m.first[:0]
	}
	for len(m.pages) <= page {
		m.pages = append(m.pages, nil)
	}
	if m.pages[page] == nil {
		m.pages[page] = new([pageSize]M)
	}
	return m.at(slot)
}

// A member is one object's place in one posting. It has the number of that and not
// a pointer to it: half the size, and nothing for the garbage collector to follow,
// for each object in each index.
type member struct {
	number uint32 // of the posting, from 1 on; 0: the object has no value
	place  uint32
}
