// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"iter"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A table is one resource as the protocol sees it: a [Source] without its type.
// Objects that it hands out are shared by all readers and never changed; those it
// is given are its own from then on.
type table interface {
	define() definition
	// blank returns a new object without content, to decode into.
	blank() Object
	// object returns the state now.
	object(key store.Key) (Object, bool)
	// page and events are List and Watch of the view of a scope.
	page(ctx context.Context, scope Scope, options listwatch.ListOptions) (tablePage, error)
	events(ctx context.Context, scope Scope, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[Object], error]
	// check finds what is wrong with a watch before it begins.
	check(scope Scope, options listwatch.WatchOptions) error
}

// tablePage is a page of a list.
type tablePage struct {
	listwatch.Page
	objects []Object
	// remaining is how many objects there are after this page, if there is a
	// next one and nothing is selected.
	remaining int64
}
