// SPDX-License-Identifier: Apache-2.0

package project

import (
	"encoding"
	"encoding/json"
	"reflect"
)

// For returns the plan of what a type takes, which is a struct or a pointer to
// one. The plan is nil if that is everything as it is, as with a type that
// decodes itself, a map or an interface.
//
// It fails with a [*FieldError] if two fields take one member.
func For(t reflect.Type) (*Plan, error) {
	if t == nil {
		return nil, &FieldError{Field: "nil", Reason: "is no type: give that of a struct"}
	}
	target, ok := pointedTo(t)
	if !ok || !takesObjects(target) {
		return nil, &FieldError{Field: t.String(), Reason: "takes no JSON object: give the type of a struct"}
	}
	p := planner{nodes: map[reflect.Type]*node{}}
	root, err := p.node(target, target.String())
	if root == nil || err != nil {
		return nil, err
	}
	return &Plan{root: root}, nil
}

func takesObjects(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Interface:
		return true
	}
	return decodesItself(t)
}

// A planner makes the nodes of types, one for each, since a type may have fields
// of its own type.
type planner struct {
	nodes map[reflect.Type]*node
}

// node returns the node of a type, which is nil if its values are taken as they
// are. The path is that of a field of the type.
func (p *planner) node(t reflect.Type, path string) (*node, error) {
	t, ok := pointedTo(t)
	if !ok || decodesItself(t) {
		return nil, nil
	}
	if n, known := p.nodes[t]; known {
		return n, nil
	}
	n := &node{}
	p.nodes[t] = n // for what it holds of its own type
	switch t.Kind() {
	case reflect.Struct:
		return n, p.addFields(n, t, path)
	case reflect.Map, reflect.Slice, reflect.Array:
		taken, err := p.addElement(n, t, path)
		if !taken {
			p.nodes[t] = nil
			return nil, err
		}
		return n, err
	}
	p.nodes[t] = nil
	return nil, nil
}

func (p *planner) addFields(n *node, t reflect.Type, path string) error {
	fields, err := fieldsOf(t, path)
	if err != nil {
		return err
	}
	members := make([]member, len(fields))
	for i, f := range fields {
		members[i] = member{name: f.name, fold: !f.tagged}
		if members[i].node, err = p.node(f.typ, f.path); err != nil {
			return err
		}
	}
	n.members = newTable(members)
	return nil
}

// addElement says whether anything but everything is taken of the elements.
func (p *planner) addElement(n *node, t reflect.Type, path string) (bool, error) {
	element, err := p.node(t.Elem(), path)
	if t.Kind() == reflect.Map {
		n.kind, n.others = object, &member{node: element}
	} else {
		n.kind, n.each = array, element
	}
	return element != nil, err
}

// pointedTo returns what a pointer leads to, or false if it never ends.
func pointedTo(t reflect.Type) (_ reflect.Type, ok bool) {
	seen := map[reflect.Type]bool{}
	for t.Kind() == reflect.Pointer {
		if seen[t] {
			return t, false
		}
		seen[t] = true
		t = t.Elem()
	}
	return t, true
}

// decodesItself says whether values of the type have a method that decoding
// leaves them to. A struct that embeds one such has it too.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
