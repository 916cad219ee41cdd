// SPDX-License-Identifier: Apache-2.0

package project

import (
	"slices"
	"strings"
)

// Plan says which members of a JSON document are taken. A nil Plan takes all of
// them as they are.
type Plan struct {
	root *node
}

// A node says what is taken of one value. A nil node takes it as it is, as any
// node does with a value of another kind.
type node struct {
	kind    kind
	members table   // of an object, those that are known by their names
	others  *member // of an object, all others; nil if they are not taken
	each    *node   // of the elements of an array
}

type kind uint8

const (
	object kind = iota
	array
)

// A member is what a node says of one of an object's.
type member struct {
	name    string
	fold    bool // the name may be in any case, and is replaced by this one
	dropped bool
	node    *node
}

// find returns the member of that name, unescaped, or nil if it is not taken.
func (n *node) find(name []byte) *member {
	m := n.members.find(name)
	switch {
	case m == nil:
		return n.others
	case m.dropped:
		return nil
	}
	return m
}

// OnlyMetadata says whether of an API object no member is taken beside its
// metadata, kind and apiVersion, so that these are all that needs to be asked
// for.
func (p *Plan) OnlyMetadata() bool {
	if p == nil || p.root.others != nil {
		return false
	}
	return !slices.ContainsFunc(p.root.members.list, func(m member) bool {
		return !m.isAny("metadata", "kind", "apiVersion")
	})
}

func (m *member) isAny(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return m.name == name || m.fold && strings.EqualFold(m.name, name)
	})
}

// Takes says whether the member with that path is taken, or a part of it.
func (p *Plan) Takes(path ...string) bool {
	if p == nil {
		return true
	}
	n := p.root
	for _, name := range path {
		if n == nil {
			return true
		}
		m := n.find([]byte(name))
		if m == nil {
			return false
		}
		n = m.node
	}
	return true
}
