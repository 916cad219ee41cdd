// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"iter"

	"k8s.io/apimachinery/pkg/types"

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

	// transform makes of the object of key what next says, in one step: nobody
	// writes in between. Next is given the state now, nil if there is none, and
	// the UID that a new object would have; the source is locked while it runs.
	// What transform returns is the object as it is answered.
	transform(key store.Key, next func(current Object, uid types.UID) (step, error)) (Object, error)
	// compact forgets what was before version; bookmark is Source.Bookmark.
	compact(version uint64)
	bookmark()
}

// tablePage is a page of a list.
type tablePage struct {
	pageInfo
	objects []Object
}

// pageInfo is what a page of a list says of itself over the wire.
type pageInfo struct {
	listwatch.Page
	// remaining is how many objects there are after this page, if there is a
	// next one and nothing is selected. Zero means that this is not told.
	remaining int64
}

// step is what a write makes of an object. At most one of put and remove is set;
// with neither, nothing is written.
type step struct {
	put    Object // the new state
	remove Object // the last state of an object that is gone
	answer Object // what the client gets, if not what was written
}
