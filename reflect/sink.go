// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A Sink takes what a [Reflector] has read. The reflector calls it from one
// goroutine, in the order of the source. A method that waits, because what is
// behind it is full, watches ctx and returns its error; the reflector ends
// with any error that a Sink returns.
type Sink[T any] interface {
	// Empty reports whether the cache holds nothing yet, so that there is no use in
	// asking Known for each item of a list. It is called when a list begins.
	Empty() bool

	// Known returns the item that the cache holds now. A listed item with the
	// version that is known already is passed to Replace as the known item:
	// the cache keeps its pointer and the new copy is garbage at once. A source
	// may ask too, from goroutines of its own, so this must be safe for concurrent
	// use.
	Known(key store.Key) (store.Item[T], bool)

	// Replace hands over a complete list and its version. The batch is the
	// sink's from then on. A listed item that cannot be used is in it as kept
	// ([store.Batch.Keep]), and a call of Quarantine follows.
	Replace(ctx context.Context, items *store.Batch[T], version string) error

	// Apply hands over one event of the watch, bookmarks included.
	Apply(ctx context.Context, event listwatch.Event[T]) error

	// Quarantine says that the state of one object could not be used: what is
	// known of its key and version is in the error. What the cache holds of it
	// is out of date from then on, until the next that comes of it.
	Quarantine(ctx context.Context, failure *listwatch.ItemError) error
}
