// SPDX-License-Identifier: Apache-2.0

package queue

import (
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// DeltaType says what a [Delta] reports.
type DeltaType uint8

const (
	// Added and Updated carry a new state of one object.
	Added DeltaType = iota + 1
	Updated
	// Deleted carries the last state of one object, seen on the watch.
	Deleted
	// Left says that an object is gone from the source, its last state unseen:
	// Item has the header alone.
	Left
	// Replaced carries the complete state, in Items, and its version.
	Replaced
	// Sync repeats the state of one object that has not changed.
	Sync
	// Bookmark carries a version and no object.
	Bookmark
	// Quarantined says that there is a newer state of an object that cannot be
	// used, and why, in Err. Item is the header as far as it is known.
	Quarantined
)

// String returns the name of the constant.
func (t DeltaType) String() string {
	switch t {
	case Added:
		return "Added"
	case Updated:
		return "Updated"
	case Deleted:
		return "Deleted"
	case Left:
		return "Left"
	case Replaced:
		return "Replaced"
	case Sync:
		return "Sync"
	case Bookmark:
		return "Bookmark"
	case Quarantined:
		return "Quarantined"
	}
	return "DeltaType(?)"
}

// Delta is one change on its way to the cache.
type Delta[T any] struct {
	Type DeltaType
	// Part is the number of the source that the change is of, for a consumer of
	// several. The queue does not look at it.
	Part int32
	// Item is the object that changed. For Left it has no Object, for Replaced
	// and Bookmark nothing but the Version.
	Item store.Item[T]
	// Items is the complete list of a Replaced delta, nil for all others.
	Items *store.Batch[T]
	// Err is why the state of a Quarantined cannot be used. In a compressed
	// queue a delta with a state has it too, if a newer one cannot be used.
	Err *listwatch.ItemError
}
