// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/store"

// EventType says what an [Event] reports.
type EventType uint8

const (
	// Added reports an object under a key that the cache did not hold.
	Added EventType = iota + 1
	// Updated reports another state of an object that the cache held.
	Updated
	// Deleted reports that an object is gone from the cache.
	Deleted
	// Synced comes once in [Informer.Events], when all that was there at the
	// start has been yielded. It carries no object.
	Synced
)

// String returns the name of the constant.
func (t EventType) String() string {
	switch t {
	case Added:
		return "Added"
	case Updated:
		return "Updated"
	case Deleted:
		return "Deleted"
	case Synced:
		return "Synced"
	}
	return "EventType(?)"
}

// Event is one change of the cache. Its objects are shared by all who see the
// event: treat them as read-only.
type Event[T any] struct {
	Type EventType
	// Initial says, of an Added, that the object was there when the handler
	// began, as opposed to having come since.
	Initial bool
	// Final says, of a Deleted, that Object is the state that was deleted, as
	// seen on the watch. If not, Object is the last state that was known: the
	// deletion was noticed on a relist, or the object has stopped to match.
	Final bool
	// repeated marks an Updated whose resource version has not changed; only
	// handlers that asked for resync get it (G14).
	repeated bool
	// recreated marks an Updated whose UID has changed. It is set if somebody
	// wants to know, who gets a Deleted and an Added instead (G02).
	recreated bool

	Key store.Key
	// Object is the new state, or the last one of a Deleted.
	Object T
	// Old is what the cache held before an Updated or a Deleted.
	Old T
}

// twoStates reports whether Old is another state than Object: an update that is
// not a repetition, or a deletion that was seen.
func (e *Event[T]) twoStates() bool {
	return e.Type == Updated && !e.repeated || e.Type == Deleted && e.Final
}

// filtered turns an event into the one that a reader sees who wants only the
// objects that keep is true for: an add when an object starts to match, a delete
// when it stops (G13). ok is false if that reader is not concerned.
func (e Event[T]) filtered(keep func(T) bool) (seen Event[T], ok bool) {
	switch e.Type {
	case Added:
		return e, keep(e.Object)
	case Updated:
		return e.filteredUpdate(keep(e.Old), keep(e.Object))
	case Deleted:
		if !keep(e.Old) {
			return e, false
		}
		if !keep(e.Object) {
			e.Object, e.Final = e.Old, false
		}
		return e, true
	}
	return e, true
}

func (e Event[T]) filteredUpdate(before, now bool) (seen Event[T], ok bool) {
	switch {
	case before && now:
		return e, true
	case now:
		return Event[T]{Type: Added, Key: e.Key, Object: e.Object}, true
	case before:
		return Event[T]{Type: Deleted, Key: e.Key, Object: e.Old, Old: e.Old}, true
	}
	return e, false
}
