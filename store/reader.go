// SPDX-License-Identifier: Apache-2.0

package store

import "iter"

// Reader is the reading side of a store, and what consumers are handed. All
// methods are safe for concurrent use by multiple goroutines.
//
// Every call is answered from one state. The iterators take that state when
// the loop starts, and hold no lock while the loop runs: the body may take its
// time, call the reader again, or write to the store, and will not see what
// changed since. Objects come in no particular order and are shared: treat
// them as read-only.
type Reader[T any] interface {
	// Get returns the object of a key, and whether there is one. O(1), no
	// allocation.
	Get(key Key) (T, bool)
	// Len returns the number of objects. O(1).
	Len() int
	// All iterates over the objects of one state; see [Snapshot] for what it costs.
	All() iter.Seq[T]
	// Keys iterates over the keys, likewise.
	Keys() iter.Seq[Key]
	// Items iterates over keys and objects, likewise.
	Items() iter.Seq2[Key, T]
	// List returns the objects in a slice of the caller's own. O(n).
	List() []T
	// Snapshot returns the state as it is now.
	Snapshot() Snapshot[T]
}
