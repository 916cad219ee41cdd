// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"log/slog"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// ErrSkip is what the function of a [Map], a [Join] or a [GroupBy] returns to
// leave something out of the view: it is no failure, and nobody is told of it.
var ErrSkip = errors.New("it is left out of the view")

// An Input is what a view is made of: an [*Informer], be it a view itself, or a
// [*Handle].
type Input[T any] interface {
	// Indexer returns the cache with its indexes.
	Indexer() *index.Indexer[T]

	// informerOf returns the informer behind it, nil if there is none.
	informerOf() *Informer[T]
	// use begins to use it, until leave is called. end is called if that comes
	// to its end before the informer does.
	use(end func()) (leave func(), err error)
}

// ViewOptions are the options of a view of T. The zero value works.
type ViewOptions[T any] struct {
	// Resource is named in errors, and by the NotFound errors of the lister.
	// The default is the input's for a [Filter], else the name of the type T.
	Resource schema.GroupVersionResource

	// Key names the objects of the view. If it is nil they are named as what
	// they are made of: the object of the input, the left one of a [Join], the
	// group of a [GroupBy]. It is called once for each result, and must give the
	// same key for the same object.
	//
	// If two have one key, the view shows the one that is made of the object
	// whose own key comes first, and OnError is told by a [*CollisionError]. The
	// other one is kept aside: when the first goes, it takes the place.
	Key func(object T) store.Key

	// Equal says whether a result is the same as the one that the view holds. If
	// it is, the old one stays, pointer included, and no handler hears of it. It
	// is called for each result that is computed anew. Nil means deep equality,
	// as of [reflect.DeepEqual], which costs some microseconds for a large
	// object; for a [Filter], whose objects are those of the input, it means
	// that each change of the input is one.
	Equal func(a, b T) bool

	// OnError and Logger are those of [Options]. A view tells them of objects
	// that its functions failed on, as [*listwatch.ItemError], of each
	// [*CollisionError], and of its handlers and indexes.
	OnError func(error)
	Logger  *slog.Logger
}

// CollisionError says that several objects of a view have one key; see
// [ViewOptions.Key].
type CollisionError struct {
	Resource string
	Key      store.Key
	// Rows are the keys of what they are made of, sorted. The view shows what is
	// made of the first.
	Rows []store.Key
}

func (e *CollisionError) Error() string {
	return fmt.Sprintf("informer: %s: %q is the key of what is made of %v; the first is shown, the others when it goes: have ViewOptions.Key tell them apart",
		e.Resource, e.Key, e.Rows)
}
