// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"slices"
)

// GroupStats are the numbers of an informer of a [Group].
type GroupStats struct {
	Scope   Scope
	Type    string // of its objects, such as "*v1.Pod"
	Handles int    // that hold it; none while it lingers, or is ending
	Stats
}

// GroupHealth is the health of an informer of a [Group].
type GroupHealth struct {
	Scope   Scope
	Type    string // of its objects, such as "*v1.Pod"
	Handles int    // that hold it; none while it lingers, or is ending
	Health
}

// Stats returns the numbers of the informers that are held or have not ended,
// sorted by the text of their scope and then by type.
func (g *Group) Stats() []GroupStats {
	var all []GroupStats
	for _, m := range g.sorted() {
		all = append(all, GroupStats{m.key.scope, m.key.of.String(), m.holders, m.informer.Stats()})
	}
	return all
}

// Health returns the health of the informers that are held or have not ended,
// sorted by the text of their scope and then by type.
func (g *Group) Health() []GroupHealth {
	var all []GroupHealth
	for _, m := range g.sorted() {
		all = append(all, GroupHealth{m.key.scope, m.key.of.String(), m.holders, m.informer.Health()})
	}
	return all
}

// sorted returns the members by name, as they are now.
func (g *Group) sorted() []heldMember {
	g.mu.Lock()
	all := make([]heldMember, 0, len(g.members))
	for _, m := range g.members {
		all = append(all, heldMember{member: m, text: m.name(), holders: m.holders, released: m.released})
	}
	g.mu.Unlock()
	slices.SortFunc(all, func(a, b heldMember) int {
		return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.key.of.String(), b.key.of.String()), cmp.Compare(a.number, b.number))
	})
	return all
}
