// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"reflect"
	"unsafe"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A step makes the value compact that is at an address, which is of the type that
// the step was made for.
//
// Steps that go by reflection were set aside: with those, the way through a pod
// took more than half of what decoding it from protobuf takes. Reflection is for
// making the steps, and for what they do seldom.
type step func(at unsafe.Pointer)

// planner makes the steps for a type, once a source, so that the way through an
// object is over the fields in which there can be something to do, and no type
// is asked what it is again.
type planner struct {
	strings *sharedStrings
	drop    bool // managedFields
	known   map[reflect.Type]*step
}

func newPlanner(strings *sharedStrings, drop bool) *planner {
	return &planner{strings: strings, drop: drop, known: map[reflect.Type]*step{}}
}

// step returns what is to be done in values of a type; nil if it is nothing.
func (p *planner) step(t reflect.Type) step {
	if known, ok := p.known[t]; ok {
		if *known != nil {
			return *known
		}
		// A type that contains itself: its step is still being made. That there
		// will be one follows from this one, which is in it.
		return func(at unsafe.Pointer) { (*known)(at) }
	}
	made := new(step)
	p.known[t] = made
	*made = p.make(t)
	if *made == nil {
		delete(p.known, t)
	}
	return *made
}

func (p *planner) make(t reflect.Type) step {
	switch t {
	case reflect.TypeFor[resource.Quantity]():
		return nil // its one exported string is a constant
	case reflect.TypeFor[unstructured.Unstructured]():
		return p.unstructured
	case reflect.TypeFor[map[string]string]():
		return p.labels
	case reflect.TypeFor[map[string]any]():
		return p.contentAt
	case reflect.TypeFor[[]metav1.ManagedFieldsEntry]():
		if p.drop {
			return func(at unsafe.Pointer) { *(*[]metav1.ManagedFieldsEntry)(at) = nil }
		}
	}
	switch t.Kind() {
	case reflect.String:
		return p.text
	case reflect.Pointer:
		return p.pointer(t)
	case reflect.Struct:
		return p.structure(t)
	case reflect.Slice:
		return p.slice(t)
	case reflect.Array:
		return p.array(t)
	case reflect.Map:
		return p.table(t)
	}
	return nil
}

func (p *planner) text(at unsafe.Pointer) {
	text := (*string)(at)
	if shared, ok := p.strings.share(*text); ok {
		*text = shared
	}
}

func (p *planner) pointer(t reflect.Type) step {
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	return func(at unsafe.Pointer) {
		if to := *(*unsafe.Pointer)(at); to != nil {
			inner(to)
		}
	}
}

// layout is where in a struct there is something to do, in those that it is made
// of too.
type layout struct {
	texts []uintptr // offsets of strings, which are most of it
	parts []part
}

type part struct {
	offset uintptr
	step   step
}

func (p *planner) structure(t reflect.Type) step {
	var l layout
	p.lay(&l, t, 0)
	if l.texts == nil && l.parts == nil {
		return nil
	}
	return func(at unsafe.Pointer) {
		for _, offset := range l.texts {
			if field := unsafe.Add(at, offset); *(*string)(field) != "" {
				p.text(field)
			}
		}
		for i := range l.parts {
			l.parts[i].step(unsafe.Add(at, l.parts[i].offset))
		}
	}
}

// lay adds the fields of a struct that begins at an offset.
func (p *planner) lay(l *layout, t reflect.Type, start uintptr) {
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue // what it is for, its own package knows
		}
		offset, inner := start+field.Offset, p.step(field.Type)
		switch {
		case inner == nil:
		case field.Type.Kind() == reflect.String:
			l.texts = append(l.texts, offset)
		case field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[unstructured.Unstructured]():
			p.lay(l, field.Type, offset)
		default:
			l.parts = append(l.parts, part{offset, inner})
		}
	}
}

func (p *planner) slice(t reflect.Type) step {
	inner, size := p.step(t.Elem()), t.Elem().Size()
	return func(at unsafe.Pointer) {
		// Of a slice of any type, this is its length and capacity.
		slice := (*[]byte)(at)
		if cap(*slice) == 0 {
			return
		}
		if pays(len(*slice), cap(*slice), int(size)) {
			clip(reflect.NewAt(t, at).Elem())
		}
		if inner != nil {
			each(unsafe.Pointer(unsafe.SliceData(*slice)), len(*slice), size, inner)
		}
	}
}

func (p *planner) array(t reflect.Type) step {
	inner, length, size := p.step(t.Elem()), t.Len(), t.Elem().Size()
	if inner == nil {
		return nil
	}
	return func(at unsafe.Pointer) { each(at, length, size, inner) }
}

// each does a step for values side by side.
func each(first unsafe.Pointer, length int, size uintptr, do step) {
	for i := range length {
		do(unsafe.Add(first, uintptr(i)*size))
	}
}

// clip gives a slice an array of its length.
func clip(slice reflect.Value) {
	short := reflect.MakeSlice(slice.Type(), slice.Len(), slice.Len())
	reflect.Copy(short, slice)
	slice.Set(short)
}

// pays reports whether a slice is worth a shorter array. The allocator hands out
// sizes that are up to an eighth apart, so less than that is no gain.
func pays(length, capacity, size int) bool {
	const least = 16 // bytes
	over := (capacity - length) * size
	return over >= least && over > capacity*size/8
}

// labels is table for the most frequent kind of map, without reflection.
func (p *planner) labels(at unsafe.Pointer) {
	labels := *(*map[string]string)(at)
	for key, text := range labels {
		sharedKey, asKey := p.strings.share(key)
		sharedText, asText := p.strings.share(text)
		if asKey || asText {
			labels[sharedKey] = sharedText // takes the key's memory over too
		}
	}
}

// table returns the step for a map. Of one whose keys are not strings nothing
// is touched: writing to it while going through it could add to it (NaN).
func (p *planner) table(t reflect.Type) step {
	if t.Key().Kind() != reflect.String {
		return nil
	}
	inner := p.step(t.Elem())
	return func(at unsafe.Pointer) {
		table := reflect.NewAt(t, at).Elem()
		if table.Len() == 0 {
			return
		}
		// They are set anew for each pair, since what is in a map has no address.
		key, element := reflect.New(t.Key()), reflect.New(t.Elem())
		for pairs := table.MapRange(); pairs.Next(); {
			key.Elem().SetIterKey(pairs)
			element.Elem().SetIterValue(pairs)
			p.text(key.UnsafePointer())
			if inner != nil {
				inner(element.UnsafePointer())
			}
			table.SetMapIndex(key.Elem(), element.Elem())
		}
	}
}
