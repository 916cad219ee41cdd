// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"reflect"
	"unsafe"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// A step is what is to be done in values of a type, which are at the addresses
// that it is given.
//
// Steps that go by reflection were set aside, since they take longer. Reflection
// is for making the steps, and for what they do seldom.
type step struct {
	// compact makes a value compact. It returns a hash of it, and whether it is
	// settled: all that can be reached from there is in memory once for all
	// objects. Settled values are equal if their bits are.
	compact func(at unsafe.Pointer) (hash uint64, settled bool)
	// alike reports whether a value equals one that is settled, as what comes in
	// a field often equals what came there in the object before: then it takes
	// the place of the other, and nothing is hashed and looked for. It is nil if
	// no such value is ever settled.
	alike func(at, settled unsafe.Pointer) bool
}

// planner makes the steps for a type, once a source, so that the way through an
// object is over the fields in which there can be something to do, and no type
// is asked what it is again.
type planner struct {
	strings *sharedStrings
	values  pool
	drop    bool // managedFields
	known   map[reflect.Type]*step
	kinds   map[reflect.Type]*kind
}

func newPlanner(options CompactOptions) *planner {
	return &planner{
		strings: newSharedStrings(options.SharedStrings),
		values:  newPool(options.SharedValues, defaultSharedValues),
		drop:    options.DropManagedFields,
		known:   map[reflect.Type]*step{},
		kinds:   map[reflect.Type]*kind{},
	}
}

// root returns what is to be done in objects of a type. What they are made of is
// shared, but not they: each is one of its own, however much two are alike.
func (p *planner) root(t reflect.Type) *step {
	if t.Kind() != reflect.Pointer {
		return p.step(t)
	}
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	return &step{compact: func(at unsafe.Pointer) (uint64, bool) {
		if to := *(*unsafe.Pointer)(at); to != nil {
			inner.compact(to)
		}
		return 0, false
	}}
}

// step returns what is to be done in values of a type; nil if it is nothing, and
// nothing is known of them either.
func (p *planner) step(t reflect.Type) *step {
	if known, ok := p.known[t]; ok {
		// That of a type that contains itself is still being made. That there
		// will be one follows from this one, which is in it.
		return known
	}
	known := new(step)
	p.known[t] = known
	made := p.make(t)
	if made == nil {
		delete(p.known, t)
		return nil
	}
	*known = *made
	return known
}

// make makes the step for values of a type at one place. There it remembers what
// was shared last, also if the pool has forgotten it: one value for each field of a
// type, which is few beside what the pools hold.
func (p *planner) make(t reflect.Type) *step {
	switch t {
	case reflect.TypeFor[unstructured.Unstructured]():
		return &step{compact: p.unstructured}
	case reflect.TypeFor[map[string]any]():
		return &step{compact: p.contentAt}
	case reflect.TypeFor[[]metav1.ManagedFieldsEntry]():
		if p.drop {
			return &step{compact: dropManagedFields}
		}
	}
	switch t.Kind() {
	case reflect.String:
		return &step{p.text, alikeTexts}
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

// kind returns what the steps for a type have in common, which is made for the
// first of them.
func (p *planner) kind(t reflect.Type, made *kind) *kind {
	if known, ok := p.kinds[t]; ok {
		return known
	}
	p.kinds[t] = made
	return made
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

func alikeTexts(at, settled unsafe.Pointer) bool { return *(*string)(at) == *(*string)(settled) }

// shared returns the value that objects have in place of v, which is settled or
// not, and whether there is one.
func (p *planner) shared(v value, settled bool) (value, bool) {
	if !settled {
		p.values.again(v.hash) // its strings may be shared when it comes again
		return v, false
	}
	if at, ok := p.values.find(v); ok {
		v.at = at
		return v, true
	}
	return p.taken(v)
}

// taken returns a copy of a settled value that has come before, which is shared
// from now on.
func (p *planner) taken(v value) (value, bool) {
	if v.length*v.of.size > largestShared || !p.values.again(v.hash) {
		return v, false
	}
	v.at = v.of.copy(v)
	p.values.take(v)
	return v, true
}

func (p *planner) pointer(t reflect.Type) *step {
	inner := p.step(t.Elem())
	if inner == nil {
		return nil
	}
	of := p.kind(t, &kind{size: int(t.Elem().Size()), copy: func(v value) unsafe.Pointer {
		fresh := reflect.New(t.Elem())
		fresh.Elem().Set(reflect.NewAt(t.Elem(), v.at).Elem())
		return fresh.UnsafePointer()
	}})
	var last value
	return &step{
		compact: func(at unsafe.Pointer) (uint64, bool) {
			to := (*unsafe.Pointer)(at)
			switch {
			case *to == nil:
				return 0, true
			case last.at != nil && inner.alike(*to, last.at):
				*to = last.at
				return last.hash, true
			}
			hash, settled := inner.compact(*to)
			v, ok := p.shared(value{hash, of, *to, 1}, settled)
			if ok {
				*to, last = v.at, v
			}
			return hash, ok
		},
		alike: func(at, settled unsafe.Pointer) bool {
			to, other := *(*unsafe.Pointer)(at), *(*unsafe.Pointer)(settled)
			return to == other || to != nil && other != nil && inner.alike(to, other)
		},
	}
}

func (p *planner) slice(t reflect.Type) *step {
	size := int(t.Elem().Size())
	elements := p.elementsOf(t.Elem())
	of := p.kind(t, &kind{size: size, copy: func(v value) unsafe.Pointer {
		fresh := reflect.MakeSlice(t, v.length, v.length)
		reflect.Copy(fresh, reflect.SliceAt(t.Elem(), v.at, v.length))
		return fresh.UnsafePointer()
	}})
	var last value
	return &step{
		compact: func(at unsafe.Pointer) (hash uint64, settled bool) {
			// Of a slice of any type, this is its length and capacity.
			slice := (*[]byte)(at)
			length, first := len(*slice), unsafe.Pointer(unsafe.SliceData(*slice))
			switch {
			case length == 0:
				if *slice != nil {
					*slice = []byte{} // which has no memory
				}
				return 0, true
			case length == last.length && elements.alike(first, last.at, length):
				*slice = unsafe.Slice((*byte)(last.at), length)
				return last.hash, true
			}
			hash, settled = elements.compact(first, length)
			if v, ok := p.shared(value{hash, of, first, length}, settled); ok {
				*slice, last = unsafe.Slice((*byte)(v.at), length), v
				return hash, true
			}
			if pays(length, cap(*slice), size) {
				clip(reflect.NewAt(t, at).Elem())
			}
			return hash, false
		},
		alike: func(at, settled unsafe.Pointer) bool {
			slice, other := *(*[]byte)(at), *(*[]byte)(settled)
			return len(slice) == len(other) && (slice == nil) == (other == nil) &&
				elements.alike(unsafe.Pointer(unsafe.SliceData(slice)), unsafe.Pointer(unsafe.SliceData(other)), len(other))
		},
	}
}

// row is a step for values of a type side by side.
type row struct {
	compact func(first unsafe.Pointer, length int) (hash uint64, settled bool)
	alike   func(first, settled unsafe.Pointer, length int) bool
}

func (p *planner) elementsOf(t reflect.Type) row {
	inner, size := p.step(t), t.Size()
	switch {
	case isPlain(t):
		return p.plainElements(int(size))
	case inner == nil:
		return row{
			compact: func(unsafe.Pointer, int) (uint64, bool) { return 0, false },
			alike:   func(_, _ unsafe.Pointer, length int) bool { return length == 0 },
		}
	}
	return row{
		compact: func(first unsafe.Pointer, length int) (hash uint64, settled bool) {
			hash, settled = uint64(length), true
			for i := range length {
				element, ok := inner.compact(unsafe.Add(first, uintptr(i)*size))
				hash, settled = mix(hash, element), settled && ok
			}
			return hash, settled
		},
		alike: func(first, settled unsafe.Pointer, length int) bool {
			for i := range length {
				if offset := uintptr(i) * size; !inner.alike(unsafe.Add(first, offset), unsafe.Add(settled, offset)) {
					return false
				}
			}
			return true
		},
	}
}

func (p *planner) plainElements(size int) row {
	text := func(first unsafe.Pointer, length int) string { return unsafe.String((*byte)(first), length*size) }
	return row{
		compact: func(first unsafe.Pointer, length int) (uint64, bool) {
			if length*size > largestShared {
				return 0, false
			}
			return maphash.String(p.strings.seed, text(first, length)), true
		},
		alike: func(first, settled unsafe.Pointer, length int) bool {
			return text(first, length) == text(settled, length)
		},
	}
}

func (p *planner) array(t reflect.Type) *step {
	if p.step(t.Elem()) == nil {
		return nil
	}
	length, elements := t.Len(), p.elementsOf(t.Elem())
	return &step{
		compact: func(at unsafe.Pointer) (uint64, bool) { return elements.compact(at, length) },
		alike:   func(at, settled unsafe.Pointer) bool { return elements.alike(at, settled, length) },
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
