// SPDX-License-Identifier: Apache-2.0

package project

import "slices"

// Without returns a plan that takes what p does, but for the member with that
// path, such as "metadata", "managedFields". Names are compared exactly. The path
// leads through objects, not into the elements of arrays. Without a path, the plan
// is p. It does not change p.
func (p *Plan) Without(path ...string) *Plan {
	if len(path) == 0 {
		return p
	}
	if p == nil {
		return &Plan{root: (*node)(nil).without(path)}
	}
	return &Plan{root: p.root.without(path)}
}

// without returns a copy of the node that has nodes of its own along the path,
// since a type may have the same node elsewhere too.
func (n *node) without(path []string) *node {
	if n == nil {
		n = &node{kind: object, others: &member{}}
	}
	found := n.find([]byte(path[0]))
	if found == nil || n.kind != object {
		return n
	}
	changed := *found
	if found == n.others {
		changed.name = path[0]
	}
	if rest := path[1:]; len(rest) > 0 {
		changed.node = found.node.without(rest)
	} else {
		changed.dropped = true
	}
	list := slices.DeleteFunc(slices.Clone(n.members.list), func(m member) bool { return m.name == changed.name })
	less := *n
	less.members = newTable(append(list, changed))
	return &less
}
