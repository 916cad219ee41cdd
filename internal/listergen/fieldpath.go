// SPDX-License-Identifier: Apache-2.0

package listergen

import (
	"fmt"
	"go/types"
	"strings"
)

// stepKind is a way from one value to the next.
type stepKind int

const (
	intoField   stepKind = iota // of a struct
	intoPointer                 // to what it points to, if it is not nil
	intoItems                   // to each item of a slice
)

// step is one part of the way from an object to the values of an index.
type step struct {
	kind  stepKind
	field string // the Go name, of intoField
	// embedded says of intoField that Go may leave it out in a selector, and from
	// is what it is a field of.
	embedded bool
	from     types.Type
}

// fieldPath is the way from an object to the values of an index.
type fieldPath struct {
	steps []step
	last  *types.Var // the field that the path ends with
	value types.Type // of the index
}

// many says whether an object has any number of values.
func (p *fieldPath) many() bool {
	for _, s := range p.steps {
		if s.kind == intoItems {
			return true
		}
	}
	return false
}

// resolve finds the way that JSON names lead from a type. The error says which
// part of the path is wrong.
func resolve(object *types.Named, path []string) (*fieldPath, error) {
	found := &fieldPath{value: object}
	at := object.Obj().Name() // what messages call the place
	for _, part := range path {
		found.unwrap()
		structure, ok := found.value.Underlying().(*types.Struct)
		if !ok {
			return nil, fmt.Errorf("there is no %s in %s, which is %s", part, at, describe(found.value))
		}
		fields := jsonFields(structure)
		field, ok := findField(fields, part)
		if !ok {
			return nil, fmt.Errorf("there is no %s in %s, which has %s", part, at, strings.Join(exportedNames(fields), ", "))
		}
		if !field.last().Exported() {
			return nil, fmt.Errorf("%s of %s is not exported: only exported fields can be read from the generated package", part, at)
		}
		found.enter(field)
		at += "." + part
	}
	found.unwrap()
	if reason := unfit(found.value); reason != "" {
		return nil, fmt.Errorf("%s cannot be looked up by: %s", at, reason)
	}
	return found, nil
}

// enter goes to a field, through the embedded structs that it is in.
func (p *fieldPath) enter(field jsonField) {
	for _, passed := range field.chain {
		p.unwrap() // an embedded struct may be behind a pointer
		next := step{kind: intoField, field: passed.Name(), embedded: passed.Embedded(), from: p.value}
		if last := len(p.steps) - 1; last >= 0 && p.steps[last].embedded && promotes(p.steps[last].from, passed) {
			next.from = p.steps[last].from
			p.steps = p.steps[:last]
		}
		p.steps, p.value = append(p.steps, next), passed.Type()
	}
	p.last = field.last()
}

// promotes says whether a type has a field of a struct that is embedded in it as
// if it were its own.
func promotes(outer types.Type, field *types.Var) bool {
	promoted, _, _ := types.LookupFieldOrMethod(outer, true, field.Pkg(), field.Name())
	return promoted == field
}

// unwrap follows pointers and slices.
func (p *fieldPath) unwrap() {
	for {
		switch t := p.value.Underlying().(type) {
		case *types.Pointer:
			p.steps, p.value = append(p.steps, step{kind: intoPointer}), t.Elem()
		case *types.Slice:
			if isByte(t.Elem()) { // one value, and not one for each byte
				return
			}
			p.steps, p.value = append(p.steps, step{kind: intoItems}), t.Elem()
		default:
			return
		}
	}
}

func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Kind() == types.Byte
}

// unfit says why a type cannot be that of an index's values; it is empty for
// one that can. Being comparable is not enough: two equal values behind
// different pointers would not be found by each other.
func unfit(t types.Type) string {
	if !types.Comparable(t) {
		return describe(t) + " is not comparable"
	}
	if held := holdsReference(t); held != "" {
		return describe(t) + " holds " + held + ", which is not compared by what it says"
	}
	if hidden := hiddenName(t); hidden != "" {
		return "its type " + hidden + " is not exported"
	}
	return ""
}

// holdsReference names what is not compared by its value in a type.
func holdsReference(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Chan:
		return describe(t)
	case *types.Basic:
		if u.Kind() == types.UnsafePointer || u.Kind() == types.Invalid {
			return describe(t)
		}
	case *types.Array:
		return holdsReference(u.Elem())
	case *types.Struct:
		for i := range u.NumFields() {
			if held := holdsReference(u.Field(i).Type()); held != "" {
				return held
			}
		}
	}
	return ""
}

// hiddenName names the type that another package cannot name.
func hiddenName(t types.Type) string {
	switch t := t.(type) {
	case *types.Alias:
		return hidden(t.Obj())
	case *types.Named:
		return hidden(t.Obj())
	case *types.Array:
		return hiddenName(t.Elem())
	case *types.Struct:
		return "struct{…}"
	}
	return ""
}

func hidden(name *types.TypeName) string {
	if name.Pkg() == nil || name.Exported() {
		return ""
	}
	return name.Name()
}

// describe returns a type as a message calls it: with the names of packages,
// and without what a struct has in it.
func describe(t types.Type) string {
	if _, ok := t.(*types.Struct); ok {
		return "struct{…}"
	}
	return types.TypeString(t, func(p *types.Package) string { return p.Name() })
}
