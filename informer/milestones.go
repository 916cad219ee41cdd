// SPDX-License-Identifier: Apache-2.0

package informer

import "slices"

// milestones are the places on a way that somebody waits at: versions that a
// part is to reach, or events that a handler is to have returned from. They are
// kept in order, so whoever moves along looks at the first and no further, however
// many wait. Waiting at a place adds to the end in the usual case; in the worst
// one it moves a pointer for each place that is waited at.
//
// They have no lock of their own.
type milestones[K any] struct {
	compare func(a, b K) int
	ahead   []*milestone[K]
}

// A milestone is one place, shared by all who wait at it.
type milestone[K any] struct {
	at      K
	waiting int
	passed  chan struct{} // closed by pass and fail; the fields below are set before
	end     uint64        // events published when it was passed
	err     error         // why it cannot be passed
}

// wait returns the milestone at a place.
func (m *milestones[K]) wait(at K) *milestone[K] {
	i, found := m.find(at)
	if !found {
		m.ahead = slices.Insert(m.ahead, i, &milestone[K]{at: at, passed: make(chan struct{})})
	}
	m.ahead[i].waiting++
	return m.ahead[i]
}

// leave undoes one wait, if the milestone has not been passed.
func (m *milestones[K]) leave(stone *milestone[K]) {
	if stone.waiting--; stone.waiting > 0 {
		return
	}
	if i, found := m.find(stone.at); found && m.ahead[i] == stone {
		m.ahead = slices.Delete(m.ahead, i, i+1)
	}
}

func (m *milestones[K]) find(at K) (int, bool) {
	return slices.BinarySearchFunc(m.ahead, at, func(stone *milestone[K], at K) int { return m.compare(stone.at, at) })
}

// any reports whether somebody waits.
func (m *milestones[K]) any() bool { return len(m.ahead) > 0 }

// pass wakes those who wait at a place or before it.
func (m *milestones[K]) pass(at K, end uint64) {
	n := 0
	for ; n < len(m.ahead) && m.compare(m.ahead[n].at, at) <= 0; n++ {
		m.ahead[n].end = end
		close(m.ahead[n].passed)
	}
	m.drop(n)
}

// fail wakes all.
func (m *milestones[K]) fail(err error) {
	for _, stone := range m.ahead {
		stone.err = err
		close(stone.passed)
	}
	m.drop(len(m.ahead))
}

func (m *milestones[K]) drop(n int) {
	clear(m.ahead[:n])
	if m.ahead = m.ahead[n:]; len(m.ahead) == 0 {
		m.ahead = nil // with the room of those that are gone
	}
}
