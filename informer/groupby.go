// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// GroupBy returns a view that has, for each group of objects that share a value,
// what f makes of them: of at least one, in the order of their keys. The sequence
// is for use within the call; [slices.Collect] makes it one to keep. The value is
// the key of the result:
//
//	nodes := informer.GroupBy(
//		informer.By(pods, func(p *Pod) (store.Key, bool) { return store.Key{Name: p.Node}, p.Node != "" }),
//		func(node store.Key, pods iter.Seq[*Pod]) (*Load, error) { … },
//		informer.ViewOptions[*Load]{})
//
// A group that has lost its last object is gone. f is called when an object of
// the group has come, changed or gone: O(objects of the group). It may return
// [ErrSkip]; other errors and panics are as with [Map], and so is a value that
// is no valid key.
func GroupBy[W, T any](input Keyed[store.Key, W], f func(group store.Key, objects iter.Seq[W]) (T, error), options ViewOptions[T]) *Informer[T] {
	v := newView(options)
	g := &grouper[W, T]{rows: v.rows, shelf: newShelf(input, v.rows)}
	if f == nil || g.shelf.incomplete(input) {
		return v.of("GroupBy needs an input with a function (see By), and one for the result; one of them is nil", nil)
	}
	v.rows.of = "group"
	g.f = func(group store.Key) (T, error) { return f(group, g.shelf.all(group)) }
	g.shelf.valid = store.Key.Validate
	return v.of("", g.derive, g.shelf.inlet)
}

// grouper makes the rows of a [GroupBy], which are named by the groups.
type grouper[W, T any] struct {
	rows  *rows[T]
	shelf *shelf[store.Key, W]
	f     func(group store.Key) (T, error)
	stale marks[store.Key] // groups
}

func (g *grouper[W, T]) derive() {
	g.shelf.place(nil, &g.stale)
	for _, group := range g.stale.order {
		if g.shelf.groups[group] != nil {
			object, err := attempt(g.f, group)
			g.rows.set(group, object, err)
		} else {
			g.rows.remove(group)
		}
	}
	g.stale.forget()
}
