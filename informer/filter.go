// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"github.com/typedinformer/typedinformer/listwatch"
)

// Filter returns a view of the objects of the input for which keep returns true,
// the very same objects. A change that makes one match is an add in the view, and
// one that makes it match no more a delete with its last matching state. keep is
// called when an object has come or changed, and must give the same answer for
// the same object. One that keep panics on is in quarantine, as with [Map].
//
// [listwatch.Filter] is the better choice where nobody needs the others: they are
// never cached. [HandlerOptions.Filter] is enough for one handler. Filter is for
// what has readers, indexes and handlers of its own.
func Filter[T any](input Input[T], keep func(object T) bool, options ViewOptions[T]) *Informer[T] {
	if options.Equal == nil {
		options.Equal = func(T, T) bool { return false }
	}
	if from := informerOf(input); from != nil && options.Resource.Resource == "" {
		options.Resource = from.gvr
	}
	var f func(object T) (T, error)
	if keep != nil {
		f = func(object T) (T, error) {
			if keep(object) {
				return object, nil
			}
			return object, ErrSkip
		}
	}
	return each("Filter", listwatch.StageFilter, input, f, options)
}
