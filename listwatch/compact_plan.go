// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"reflect"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A step makes what is in a value compact. The value can be set.
type step func(value reflect.Value)

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
		return func(value reflect.Value) { (*known)(value) }
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
		return p.unstructured()
	case reflect.TypeFor[map[string]string]():
		return p.labels
	case reflect.TypeFor[[]metav1.ManagedFieldsEntry]():
		if p.drop {
			return reflect.Value.SetZero
		}
	}
	switch t.Kind() {
	case reflect.String:
		return p.text
	case reflect.Pointer:
		return p.pointer(t)
	case reflect.Struct:
		return p.fields(t)
	case reflect.Slice:
		return p.slice(t)
	case reflect.Array:
		return p.array(t)
	case reflect.Map:
		return p.table(t)
	}
	return nil
}

func (p *planner) text(value reflect.Value) {
	if text, shared := p.strings.share(value.String()); shared {
		value.SetString(text)
	}
}

func (p *planner) pointer(t reflect.Type) step {
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	return func(value reflect.Value) {
		if !value.IsNil() {
			inner(value.Elem())
		}
	}
}

func (p *planner) fields(t reflect.Type) step {
	type field struct {
		index int
		step  step
	}
	var fields []field
	for i := range t.NumField() {
		if !t.Field(i).IsExported() {
			continue // reflection may not set it
		}
		if inner := p.step(t.Field(i).Type); inner != nil {
			fields = append(fields, field{i, inner})
		}
	}
	if fields == nil {
		return nil
	}
	return func(value reflect.Value) {
		for i := range fields {
			fields[i].step(value.Field(fields[i].index))
		}
	}
}

func (p *planner) slice(t reflect.Type) step {
	inner := p.step(t.Elem())
	return func(value reflect.Value) {
		if value.Cap() == 0 {
			return
		}
		clip(value, t)
		if inner != nil {
			each(value, inner)
		}
	}
}

func (p *planner) array(t reflect.Type) step {
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	return func(value reflect.Value) { each(value, inner) }
}

func each(elements reflect.Value, do step) {
	for i := range elements.Len() {
		do(elements.Index(i))
	}
}

// clip gives a slice an array of its length, if that saves enough.
func clip(value reflect.Value, t reflect.Type) {
	length, capacity := value.Len(), value.Cap()
	if !pays(length, capacity, int(t.Elem().Size())) {
		return
	}
	short := reflect.MakeSlice(t, length, length)
	reflect.Copy(short, value)
	value.Set(short)
}

// pays reports whether a slice is worth a shorter array. The allocator hands out
// sizes that are up to an eighth apart, so less than that is no gain.
func pays(length, capacity, size int) bool {
	const least = 16 // bytes
	over := (capacity - length) * size
	return over >= least && over > capacity*size/8
}

// labels is table for the most frequent kind of map, without reflection.
func (p *planner) labels(value reflect.Value) {
	if value.Len() == 0 {
		return
	}
	// The one kind of map that an object has several of: the type was asked
	// when the plan was made.
	labels := value.Interface().(map[string]string)
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
	if t == reflect.TypeFor[map[string]any]() {
		return p.contentOf
	}
	inner := p.step(t.Elem())
	return func(value reflect.Value) {
		if value.Len() == 0 {
			return
		}
		// They are set anew for each pair, since what is in a map has no address.
		key, element := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
		for pairs := value.MapRange(); pairs.Next(); {
			key.SetIterKey(pairs)
			element.SetIterValue(pairs)
			p.text(key)
			if inner != nil {
				inner(element)
			}
			value.SetMapIndex(key, element)
		}
	}
}
