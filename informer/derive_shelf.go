// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"iter"
	"slices"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// shelf has the objects of an input by the values that they are found by. The
// indexes of the input would not do: they have gone on by the time that the view
// gets to a change.
type shelf[K comparable, W any] struct {
	inlet  *inlet[W]
	find   func(object W) ([]K, error)
	valid  func(value K) error // nil if all are
	placed map[store.Key]placed[K, W]
	groups map[K]*members[W]
	rows   troubler
}

// troubler is what a shelf needs of [rows].
type troubler interface {
	failAs(row, name store.Key, stage listwatch.Stage, err error)
	heal(row store.Key)
}

// placed is an object in its last good state.
type placed[K comparable, W any] struct {
	object W
	values []K
}

// members are the objects that have a value, in the order of their keys.
type members[W any] struct {
	keys    []store.Key
	objects []W
}

func newShelf[K comparable, W any](keyed Keyed[K, W], rows troubler) *shelf[K, W] {
	s := &shelf[K, W]{
		inlet:  newInlet(keyed.input),
		placed: map[store.Key]placed[K, W]{},
		groups: map[K]*members[W]{},
		rows:   rows,
	}
	s.find = func(object W) (values []K, err error) {
		keyed.values(object, func(value K) {
			_ = s.groups[value] // panics now, if it is an interface with something in it that has no ==
			if !slices.Contains(values, value) {
				values = append(values, value)
			}
		})
		for _, value := range values {
			if s.valid != nil && err == nil {
				err = s.valid(value)
			}
		}
		return values, err
	}
	return s
}

// incomplete reports whether there is nothing to be made of it.
func (s *shelf[K, W]) incomplete(keyed Keyed[K, W]) bool {
	return s.inlet.from == nil || keyed.values == nil
}

// place puts the objects that have changed where they belong. It marks the key of
// each, and each value that it had or has; nil marks are for nobody.
func (s *shelf[K, W]) place(keys *marks[store.Key], groups *marks[K]) {
	for c := range s.inlet.all() {
		before, had := s.placed[c.key]
		var values []K
		if c.there {
			var err error
			if values, err = attempt(s.find, c.object); err != nil {
				name := foreignKey(s.inlet.from.resource, c.key)
				s.rows.failAs(name, name, listwatch.StageKey, err)
				continue
			}
		}
		s.rows.heal(foreignKey(s.inlet.from.resource, c.key))
		if had {
			s.takeOut(c.key, before.values, values)
		}
		delete(s.placed, c.key)
		if c.there {
			s.placed[c.key] = placed[K, W]{c.object, values}
			for _, value := range values {
				s.putIn(c.key, value, c.object)
			}
		}
		keys.add(c.key)
		for _, value := range slices.Concat(before.values, values) {
			groups.add(value)
		}
	}
}

// takeOut takes an object out of the groups of the values that it has no more.
func (s *shelf[K, W]) takeOut(key store.Key, before, values []K) {
	for _, value := range before {
		if slices.Contains(values, value) {
			continue
		}
		group := s.groups[value]
		at, _ := slices.BinarySearchFunc(group.keys, key, store.Key.Compare)
		group.keys = slices.Delete(group.keys, at, at+1)
		group.objects = slices.Delete(group.objects, at, at+1)
		if len(group.keys) == 0 {
			delete(s.groups, value)
		}
	}
}

func (s *shelf[K, W]) putIn(key store.Key, value K, object W) {
	group := s.groups[value]
	if group == nil {
		group = &members[W]{}
		s.groups[value] = group
	}
	at, there := slices.BinarySearchFunc(group.keys, key, store.Key.Compare)
	if there {
		group.objects[at] = object
		return
	}
	group.keys = slices.Insert(group.keys, at, key)
	group.objects = slices.Insert(group.objects, at, object)
}

// all iterates over the objects that have a value.
func (s *shelf[K, W]) all(value K) iter.Seq[W] {
	group := s.groups[value]
	if group == nil {
		return func(func(W) bool) {}
	}
	return slices.Values(group.objects)
}

// matches iterates over the objects that have one of these values or several,
// each once, in the order of their keys.
func (s *shelf[K, W]) matches(values []K) iter.Seq[W] {
	if len(values) == 0 {
		return func(func(W) bool) {}
	}
	if len(values) == 1 {
		return s.all(values[0])
	}
	var keys []store.Key
	for _, value := range values {
		if group := s.groups[value]; group != nil {
			keys = append(keys, group.keys...)
		}
	}
	slices.SortFunc(keys, store.Key.Compare)
	keys = slices.Compact(keys)
	return func(yield func(W) bool) {
		for _, key := range keys {
			if !yield(s.placed[key].object) {
				return
			}
		}
	}
}

// marks are what has to be computed anew, each once, in the order in which it was
// marked.
type marks[K comparable] struct {
	order []K
	known map[K]struct{}
}

func (m *marks[K]) add(what K) {
	if m == nil {
		return
	}
	if _, again := m.known[what]; again {
		return
	}
	if m.known == nil {
		m.known = map[K]struct{}{}
	}
	m.known[what] = struct{}{}
	m.order = append(m.order, what)
}

func (m *marks[K]) forget() {
	if len(m.order) > mostKept {
		*m = marks[K]{}
	}
	clear(m.order)
	m.order = m.order[:0]
	clear(m.known)
}
