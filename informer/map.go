// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/listwatch"

// Map returns a view that has, for each object of the input, what f makes of it.
// f is called when an object has come or changed; it must give the same result
// for the same object, and treats it as read-only. It may return [ErrSkip].
//
// An object for which f returns another error, or panics, is in quarantine: its
// last good result stays, [Options].OnError gets a [*listwatch.ItemError], and f
// is tried again when the object changes. The rest goes on.
//
// [listwatch.Map] is the better choice where nobody needs the objects as they
// were: it changes them before they are cached, and they are held once. Map is
// for several views of one cache, which is read from the server once.
func Map[W, T any](input Input[W], f func(object W) (T, error), options ViewOptions[T]) *Informer[T] {
	return each("Map", listwatch.StageTransform, input, f, options)
}
