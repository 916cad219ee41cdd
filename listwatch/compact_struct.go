// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"reflect"
	"time"
	"unsafe"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// layout is where in a struct there is something to do, in those that it is made
// of too.
type layout struct {
	words  []word
	texts  []text // which are most of it
	parts  []part
	opaque bool // there are fields that nothing is known of
}

// word is a part of a value that has no pointers, or none that matter.
type word struct {
	offset uintptr
	size   uint8 // 1, 2, 4 or 8 bytes
}

// text is a string.
type text struct {
	offset uintptr
	last   string // that was shared
	hash   uint64 // of last
}

type part struct {
	offset   uintptr
	step     *step
	nillable bool // nil if its first word is, and then there is nothing to do
}

func (p *planner) structure(t reflect.Type) *step {
	l := new(layout)
	p.lay(l, t, 0)
	if l.opaque && l.texts == nil && l.parts == nil {
		return nil
	}
	return &step{func(at unsafe.Pointer) (uint64, bool) { return l.compact(p, at) }, l.alike}
}

func (l *layout) compact(p *planner, at unsafe.Pointer) (hash uint64, settled bool) {
	settled = !l.opaque
	for _, word := range l.words {
		if bits := word.read(at); bits != 0 {
			hash = mix(hash+uint64(word.offset), bits)
		}
	}
	for i := range l.texts {
		text := &l.texts[i]
		if field := unsafe.Add(at, text.offset); *(*unsafe.Pointer)(field) != nil {
			inner, ok := text.compact(p, (*string)(field))
			hash, settled = mix(hash+uint64(text.offset), inner), settled && ok
		}
	}
	for i := range l.parts {
		part := &l.parts[i]
		field := unsafe.Add(at, part.offset)
		if part.nillable && *(*unsafe.Pointer)(field) == nil {
			continue
		}
		inner, ok := part.step.compact(field)
		hash, settled = mix(hash+uint64(part.offset), inner), settled && ok
	}
	return hash, settled
}

func (l *layout) alike(at, settled unsafe.Pointer) bool {
	for _, word := range l.words {
		if word.read(at) != word.read(settled) {
			return false
		}
	}
	for i := range l.texts {
		offset := l.texts[i].offset
		if !alikeTexts(unsafe.Add(at, offset), unsafe.Add(settled, offset)) {
			return false
		}
	}
	for i := range l.parts {
		if !l.parts[i].alike(at, settled) {
			return false
		}
	}
	return true
}

func (t *text) compact(p *planner, field *string) (hash uint64, settled bool) {
	if *field == t.last {
		*field = t.last
		return t.hash, true
	}
	hash, settled = p.text(unsafe.Pointer(field))
	if settled {
		t.last, t.hash = *field, hash
	}
	return hash, settled
}

func (p *part) alike(at, settled unsafe.Pointer) bool {
	field, other := unsafe.Add(at, p.offset), unsafe.Add(settled, p.offset)
	if p.nillable && *(*unsafe.Pointer)(other) == nil {
		return *(*unsafe.Pointer)(field) == nil
	}
	return p.step.alike(field, other)
}

func (w word) read(at unsafe.Pointer) uint64 {
	at = unsafe.Add(at, w.offset)
	switch w.size {
	case 1:
		return uint64(*(*uint8)(at))
	case 2:
		return uint64(*(*uint16)(at))
	case 4:
		return uint64(*(*uint32)(at))
	}
	return *(*uint64)(at)
}

// lay adds what begins at an offset.
func (p *planner) lay(l *layout, t reflect.Type, start uintptr) {
	switch {
	case t == reflect.TypeFor[resource.Quantity]():
		layQuantity(l, t, start)
	case t.Kind() == reflect.String:
		l.texts = append(l.texts, text{offset: start})
	case isPlain(t):
		l.raw(start, t.Size())
	case t.Kind() == reflect.Struct && t != reflect.TypeFor[unstructured.Unstructured]():
		for i := range t.NumField() {
			if field := t.Field(i); field.IsExported() {
				p.lay(l, field.Type, start+field.Offset)
			} else {
				l.opaque = true // what it is for, its own package knows
			}
		}
	default:
		if inner := p.composite(t); inner != nil {
			l.parts = append(l.parts, part{start, inner, isNillable(t)})
		} else {
			l.opaque = true
		}
	}
}

// raw adds bytes that are compared as they are.
func (l *layout) raw(start, size uintptr) {
	for _, step := range []uintptr{8, 4, 2, 1} {
		for ; size >= step; start, size = start+step, size-step {
			l.words = append(l.words, word{start, uint8(step)})
		}
	}
}

// composite returns the step for what is not laid out in its struct. It is one of
// the field's own, for what it remembers.
func (p *planner) composite(t reflect.Type) *step {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Array, reflect.Struct:
		return p.make(t)
	}
	return nil
}

func isNillable(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map
}

// layQuantity adds a quantity: a number, and its text, which is not exported. It
// is left alone should it be made of other fields one day.
func layQuantity(l *layout, t reflect.Type, start uintptr) {
	s, found := t.FieldByName("s")
	format, alsoFound := t.FieldByName("Format")
	const size = unsafe.Sizeof("")
	if !found || !alsoFound || s.Type.Kind() != reflect.String || format.Type.Kind() != reflect.String ||
		s.Offset+size != format.Offset || format.Offset+size != t.Size() {
		l.opaque = true
		return
	}
	l.raw(start, s.Offset)
	l.texts = append(l.texts, text{offset: start + s.Offset}, text{offset: start + format.Offset})
}

// isPlain reports whether two values of a type are equal if their bits are.
func isPlain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Bool, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
		reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return true
	case reflect.Array:
		return isPlain(t.Elem())
	case reflect.Struct:
		return t == reflect.TypeFor[time.Time]() // its zones are in memory once
	}
	return false
}
