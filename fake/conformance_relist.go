// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"github.com/google/go-cmp/cmp"
)

func relistPromises() []promise {
	return []promise{
		{"G15_DeletionsComeFirstThenTheList", deletionsComeFirst},
		{"G16_UnlistedIsDeleted", unlistedIsDeleted},
		{"G16_NoGhosts", noGhosts},
		{"G17_UnchangedListCausesNoEvent", unchangedListCausesNoEvent},
		{"G17_UnchangedObjectKeepsItsPointer", unchangedObjectKeepsItsPointer},
		{"G18_EarlierChangesComeFirst", earlierChangesComeFirst},
	}
}

// Servers list by name.
func deletionsComeFirst(c *trial) {
	l, _ := c.follow("a", "c", "e", "g", "i")
	c.relist(func() {
		c.update("i", 2)
		c.create("h", 2)
		c.update("a", 2)
		c.delete("g")
		c.create("b", 2)
		c.delete("c")
	})
	c.fence(l)
	lines := l.lines()
	deletions, changes := lines[:min(2, len(lines))], lines[min(2, len(lines)):]
	if diff := cmp.Diff([]string{"gone c=1", "gone g=1"}, sorted(deletions)); diff != "" {
		c.Errorf("the handler was told first, in whatever order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"update a=1→2", "add b=2", "add h=2", "update i=1→2"}, changes); diff != "" {
		c.Errorf("after the deletions the handler was told (-want +got):\n%s", diff)
	}
}

func unlistedIsDeleted(c *trial) {
	l, s := c.follow("a", "b", "c", "d")
	c.update("b", 2)
	c.wantTold(l, "update b=1→2")
	c.relist(func() {
		c.delete("a")
		c.delete("b")
		c.delete("c")
		c.create("c", 3)
	})
	c.wantToldInAnyOrder(l, "gone a=1", "gone b=2", "update c=1→3")
	c.wantServerState(s, l)
}

// A handler that has yet to hear of an object hears of its end too.
func noGhosts(c *trial) {
	gate := c.gate()
	slow, quick := c.ledger(func(told) { gate.pass() }), c.ledger()
	s := c.start(slow, quick)
	c.create("a", 1)
	c.await("the slow handler to be called", gate.reached)
	c.create("ghost", 1)
	c.update("ghost", 2)
	c.fence(quick)
	c.relist(func() { c.delete("ghost") })
	c.fence(quick)
	gate.open()
	c.wantTold(slow, "add a=1", "add ghost=1", "update ghost=1→2", "gone ghost=2")
	c.wantServerState(s, slow, quick)
}

func unchangedListCausesNoEvent(c *trial) {
	l, _ := c.follow("a", "b", "c")
	c.relist(func() {})
	c.wantTold(l)
	c.relist(func() { c.update("b", 2) })
	c.wantTold(l, "update b=1→2")
}

// This is for informers whose Get hands out what the cache has, and not a copy
// each time.
func unchangedObjectKeepsItsPointer(c *trial) {
	l, s := c.follow("kept", "changed")
	kept, changed := s.get("kept"), s.get("changed")
	if s.get("kept") != kept {
		c.Log("Get returns a copy each time: there is no pointer to keep")
		return
	}
	c.relist(func() { c.update("changed", 2) })
	c.fence(l)
	if s.get("kept") != kept {
		c.Error("an unchanged object is another one after a list")
	}
	if s.get("changed") == changed {
		c.Error("a changed object is the same one after a list")
	}
}

func earlierChangesComeFirst(c *trial) {
	c.create("a", 1)
	gate := c.gate()
	slow, quick := c.ledger(func(e told) {
		if !e.initial {
			gate.pass()
		}
	}), c.ledger()
	c.start(slow, quick)
	c.update("a", 2)
	c.await("the slow handler to be called", gate.reached)
	c.update("a", 3)
	c.create("b", 1)
	c.fence(quick)
	c.relist(func() {
		c.update("a", 4)
		c.delete("b")
		c.create("b", 2)
	})
	c.fence(quick)
	gate.open()
	c.fence(slow)
	lines := slow.lines()
	before := min(4, len(lines))
	if diff := cmp.Diff([]string{"initial a=1", "update a=1→2", "update a=2→3", "add b=1"}, lines[:before]); diff != "" {
		c.Errorf("what came before the list (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"update a=3→4", "update b=1→2"}, sorted(lines[before:])); diff != "" {
		c.Errorf("what came of the list, in whatever order (-want +got):\n%s", diff)
	}
}
