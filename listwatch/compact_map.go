// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"hash/maphash"
	"maps"
	"reflect"
	"unsafe"

	"k8s.io/apimachinery/pkg/api/resource"
)

// table returns the step for a map. Of one whose keys are not strings nothing
// is touched: writing to it while going through it could add to it (NaN).
func (p *planner) table(t reflect.Type) *step {
	switch {
	case t.Key().Kind() != reflect.String:
		return nil
	case t.Elem().Kind() == reflect.String:
		return mapStep[string](p, t)
	case t.Elem() == reflect.TypeFor[resource.Quantity]():
		return mapStep[resource.Quantity](p, t)
	}
	inner := p.step(t.Elem())
	return &step{compact: func(at unsafe.Pointer) (uint64, bool) {
		p.inTable(reflect.NewAt(t, at).Elem(), inner)
		return 0, false
	}}
}

// inTable does a step for the elements of a map, and shares its keys.
func (p *planner) inTable(table reflect.Value, inner *step) {
	if table.Len() == 0 {
		return
	}
	// They are set anew for each pair, since what is in a map has no address.
	key, element := reflect.New(table.Type().Key()), reflect.New(table.Type().Elem())
	for pairs := table.MapRange(); pairs.Next(); {
		key.Elem().SetIterKey(pairs)
		element.Elem().SetIterValue(pairs)
		p.text(key.UnsafePointer())
		if inner != nil {
			inner.compact(element.UnsafePointer())
		}
		table.SetMapIndex(key.Elem(), element.Elem())
	}
}

// mapStep returns the step for maps with keys that are strings, of any type, and
// elements of the most frequent types: without reflection. Such maps are compared
// by what is in them, so nothing has to be done in one of which there is an equal.
func mapStep[V comparable](p *planner, t reflect.Type) *step {
	inner, seed, of := p.step(t.Elem()), p.strings.seed, p.kind(t, kindOfMap[V]())
	var last value
	return &step{
		compact: func(at unsafe.Pointer) (hash uint64, settled bool) {
			place := (*unsafe.Pointer)(at)
			table := asMap[V](place)
			switch {
			case table == nil:
				return 0, true
			case last.at != nil && of.equal(*place, last.at):
				*place = last.at
				return last.hash, true
			}
			hash = uint64(len(table))
			for key, element := range table {
				hash += mix(maphash.String(seed, key), maphash.Comparable(seed, element)) // in any order
			}
			v := value{hash, of, *place, len(table)}
			equal, ok := p.values.find(v)
			if ok {
				v.at = equal
			} else {
				v, ok = p.shared(v, shareIn(p, table, inner))
			}
			if ok {
				*place, last = v.at, v
			}
			return hash, ok
		},
		alike: func(at, settled unsafe.Pointer) bool {
			table, other := *(*unsafe.Pointer)(at), *(*unsafe.Pointer)(settled)
			return table == other || table != nil && other != nil && of.equal(table, other)
		},
	}
}

func kindOfMap[V comparable]() *kind {
	return &kind{
		size:  int(unsafe.Sizeof("") + unsafe.Sizeof(*new(V))),
		equal: func(a, b unsafe.Pointer) bool { return maps.Equal(asMap[V](&a), asMap[V](&b)) },
		copy: func(v value) unsafe.Pointer {
			fresh := make(map[string]V, v.length)
			maps.Copy(fresh, asMap[V](&v.at))
			return *(*unsafe.Pointer)(unsafe.Pointer(&fresh))
		},
	}
}

// shareIn shares the strings in a map, and reports whether all are.
func shareIn[V any](p *planner, table map[string]V, inner *step) (settled bool) {
	settled = true
	pair := new(struct {
		key     string
		element V
	})
	for pair.key, pair.element = range table {
		_, key := p.text(unsafe.Pointer(&pair.key))
		_, element := inner.compact(unsafe.Pointer(&pair.element))
		table[pair.key] = pair.element // takes the key's memory over too
		settled = settled && key && element
	}
	return settled
}

// asMap is a map of any type with such keys and elements, whatever the names of
// their types are.
func asMap[V any](at *unsafe.Pointer) map[string]V {
	return *(*map[string]V)(unsafe.Pointer(at))
}
