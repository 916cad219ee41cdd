// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"reflect"
	"unsafe"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A step makes the value compact that is at an address, which is of the type that
// the step was made for. It returns a hash of what is there, and whether that is
// settled: all that can be reached from there is in memory once for all objects.
// Settled values are equal if their bits are.
//
// Steps that go by reflection were set aside, since they take longer. Reflection
// is for making the steps, and for what they do seldom.
type step func(at unsafe.Pointer) (hash uint64, settled bool)

// planner makes the steps for a type, once a source, so that the way through an
// object is over the fields in which there can be something to do, and no type
// is asked what it is again.
type planner struct {
	strings *sharedStrings
	values  pool
	drop    bool // managedFields
	known   map[reflect.Type]*step
}

func newPlanner(options CompactOptions) *planner {
	return &planner{
		strings: newSharedStrings(options.SharedStrings),
		values:  newPool(options.SharedValues, defaultSharedValues),
		drop:    options.DropManagedFields,
		known:   map[reflect.Type]*step{},
	}
}

// root returns what is to be done in objects of a type. What they are made of is
// shared, but not they: each is one of its own, however much two are alike.
func (p *planner) root(t reflect.Type) step {
	if t.Kind() != reflect.Pointer {
		return p.step(t)
	}
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	return func(at unsafe.Pointer) (uint64, bool) {
		if to := *(*unsafe.Pointer)(at); to != nil {
			inner(to)
		}
		return 0, false
	}
}

// step returns what is to be done in values of a type; nil if it is nothing, and
// nothing is known of them either.
func (p *planner) step(t reflect.Type) step {
	if known, ok := p.known[t]; ok {
		if *known != nil {
			return *known
		}
		// A type that contains itself: its step is still being made. That there
		// will be one follows from this one, which is in it.
		return func(at unsafe.Pointer) (uint64, bool) { return (*known)(at) }
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
	case reflect.TypeFor[unstructured.Unstructured]():
		return p.unstructured
	case reflect.TypeFor[map[string]any]():
		return p.contentAt
	case reflect.TypeFor[[]metav1.ManagedFieldsEntry]():
		if p.drop {
			return dropManagedFields
		}
	}
	switch t.Kind() {
	case reflect.String:
		return p.text
	case reflect.Pointer:
		return p.pointer(t)
	case reflect.Slice:
		return p.slice(t)
	case reflect.Map:
		return p.table(t)
	case reflect.Array:
		if !isPlain(t) {
			return p.array(t)
		}
	}
	return p.structure(t)
}

func dropManagedFields(at unsafe.Pointer) (uint64, bool) {
	*(*[]metav1.ManagedFieldsEntry)(at) = nil
	return 0, true
}

func (p *planner) text(at unsafe.Pointer) (uint64, bool) {
	text := (*string)(at)
	if *text == "" {
		*text = "" // without the memory that it may be a part of
		return 0, true
	}
	shared, hash, ok := p.strings.share(*text)
	if ok {
		*text = shared
	}
	return hash, ok
}

// shared returns the value that objects have in place of v, which is settled or
// not, and whether there is one.
func (p *planner) shared(v value, settled bool) (at unsafe.Pointer, ok bool) {
	if !settled {
		p.values.again(v.hash) // its strings may be shared when it comes again
		return nil, false
	}
	if at, ok = p.values.find(v); ok {
		return at, true
	}
	return p.taken(v)
}

// taken returns a copy of a settled value that has come before, which is shared
// from now on.
func (p *planner) taken(v value) (at unsafe.Pointer, ok bool) {
	if v.length*v.of.size > largestShared || !p.values.again(v.hash) {
		return nil, false
	}
	v.at = v.of.copy(v)
	p.values.take(v)
	return v.at, true
}

func (p *planner) pointer(t reflect.Type) step {
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	of := &kind{size: int(t.Elem().Size()), copy: func(v value) unsafe.Pointer {
		fresh := reflect.New(t.Elem())
		fresh.Elem().Set(reflect.NewAt(t.Elem(), v.at).Elem())
		return fresh.UnsafePointer()
	}}
	return func(at unsafe.Pointer) (uint64, bool) {
		to := (*unsafe.Pointer)(at)
		if *to == nil {
			return 0, true
		}
		hash, settled := inner(*to)
		if shared, ok := p.shared(value{hash, of, *to, 1}, settled); ok {
			*to = shared
			return hash, true
		}
		return hash, false
	}
}

func (p *planner) slice(t reflect.Type) step {
	size := int(t.Elem().Size())
	elements := p.elementsOf(t.Elem())
	of := &kind{size: size, copy: func(v value) unsafe.Pointer {
		fresh := reflect.MakeSlice(t, v.length, v.length)
		reflect.Copy(fresh, reflect.SliceAt(t.Elem(), v.at, v.length))
		return fresh.UnsafePointer()
	}}
	return func(at unsafe.Pointer) (hash uint64, settled bool) {
		// Of a slice of any type, this is its length and capacity.
		slice := (*[]byte)(at)
		length := len(*slice)
		if length == 0 {
			if *slice != nil {
				*slice = []byte{} // which has no memory
			}
			return 0, true
		}
		first := unsafe.Pointer(unsafe.SliceData(*slice))
		hash, settled = elements(first, length)
		if shared, ok := p.shared(value{hash, of, first, length}, settled); ok {
			*slice = unsafe.Slice((*byte)(shared), length)
			return hash, true
		}
		if pays(length, cap(*slice), size) {
			clip(reflect.NewAt(t, at).Elem())
		}
		return hash, false
	}
}

// elementsOf returns the step for values of a type side by side.
func (p *planner) elementsOf(t reflect.Type) func(first unsafe.Pointer, length int) (hash uint64, settled bool) {
	inner, size := p.step(t), t.Size()
	switch {
	case isPlain(t):
		return func(first unsafe.Pointer, length int) (uint64, bool) {
			if length*int(size) > largestShared {
				return 0, false
			}
			return maphash.String(p.strings.seed, unsafe.String((*byte)(first), length*int(size))), true
		}
	case inner == nil:
		return func(unsafe.Pointer, int) (uint64, bool) { return 0, false }
	}
	return func(first unsafe.Pointer, length int) (hash uint64, settled bool) {
		hash, settled = uint64(length), true
		for i := range length {
			element, ok := inner(unsafe.Add(first, uintptr(i)*size))
			hash, settled = mix(hash, element), settled && ok
		}
		return hash, settled
	}
}

func (p *planner) array(t reflect.Type) step {
	if p.step(t.Elem()) == nil {
		return nil
	}
	length, elements := t.Len(), p.elementsOf(t.Elem())
	return func(at unsafe.Pointer) (uint64, bool) { return elements(at, length) }
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
