// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/listwatch"

// each returns a view with a row for each object of one input.
func each[W, T any](what string, stage listwatch.Stage, input Input[W], f func(object W) (T, error), options ViewOptions[T]) *Informer[T] {
	v := newView(options)
	in := newInlet(input)
	if in.from == nil || f == nil {
		return v.of(what+" needs an input and a function, and one of them is nil", nil)
	}
	v.rows.stage, v.rows.of = stage, in.from.resource
	return v.of("", func() {
		for c := range in.all() {
			deriveOne(v.rows, c, f)
		}
	}, in)
}

func deriveOne[W, T any](rows *rows[T], c outcome[W], f func(object W) (T, error)) {
	if !c.there && !c.final {
		rows.remove(c.key)
		return
	}
	object, err := attempt(f, c.object)
	switch {
	case c.there:
		rows.set(c.key, object, err)
	case err != nil: // nothing comes of the last state, but it is gone all the same
		rows.remove(c.key)
	default:
		rows.removeFinal(c.key, object)
	}
}
