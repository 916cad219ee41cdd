// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"iter"

	"github.com/typedinformer/typedinformer/store"
)

// Join returns a view that has, for each object on the left, what f makes of it
// and of those on the right that share a value with it: none, one or many, each
// once, in the order of their keys. The sequence is for use within the call.
//
//	endpoints := informer.Join(
//		informer.By(services, func(s *Service) (string, bool) { return s.App, true }),
//		informer.By(pods, func(p *Pod) (string, bool) { return p.App, p.App != "" }),
//		func(s *Service, pods iter.Seq[*Pod]) (*Endpoints, error) { … },
//		informer.ViewOptions[*Endpoints]{})
//
// A result is computed from one state of each input: it never sees an object on
// the right in two places, say, or half of a relist. The states of two inputs
// need not be of one moment, also if both are made of the same third.
//
// f is called when the object on the left has changed, and when one on the right
// that it shares a value with has come, changed or gone: O(matches) for each
// object on the left that is concerned. It may return [ErrSkip], for one without
// a match, say; other errors and panics are as with [Map].
func Join[K comparable, L, R, T any](left Keyed[K, L], right Keyed[K, R], f func(left L, right iter.Seq[R]) (T, error), options ViewOptions[T]) *Informer[T] {
	v := newView(options)
	j := &joiner[K, L, R, T]{rows: v.rows, left: newShelf(left, v.rows), right: newShelf(right, v.rows)}
	if f == nil || j.left.incomplete(left) || j.right.incomplete(right) {
		return v.of("Join needs two inputs with a function each (see By), and one for the result; one of them is nil", nil)
	}
	v.rows.of = j.left.inlet.from.resource
	j.f = func(at placed[K, L]) (T, error) { return f(at.object, j.right.matches(at.values)) }
	return v.of("", j.derive, j.left.inlet, j.right.inlet)
}

// joiner makes the rows of a [Join], which are named by the left.
type joiner[K comparable, L, R, T any] struct {
	rows  *rows[T]
	left  *shelf[K, L]
	right *shelf[K, R]
	f     func(at placed[K, L]) (T, error)

	stale marks[store.Key] // rows: of objects on the left
	moved marks[K]         // values of objects on the right that have changed
}

func (j *joiner[K, L, R, T]) derive() {
	j.left.place(&j.stale, nil)
	j.right.place(nil, &j.moved)
	for _, value := range j.moved.order {
		if group := j.left.groups[value]; group != nil {
			for _, row := range group.keys {
				j.stale.add(row)
			}
		}
	}
	for _, row := range j.stale.order {
		if at, there := j.left.placed[row]; there {
			object, err := attempt(j.f, at)
			j.rows.set(row, object, err)
		} else {
			j.rows.remove(row)
		}
	}
	j.stale.forget()
	j.moved.forget()
}
