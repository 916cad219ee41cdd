// SPDX-License-Identifier: Apache-2.0

package informer

import "slices"

// apart returns the deletion and the addition that an update with another UID
// stands for (G02). The last state of the object before was not seen.
func (e *Event[T]) apart() (gone, added Event[T]) {
	gone = Event[T]{Type: Deleted, Key: e.Key, Object: e.Old, Old: e.Old}
	added = Event[T]{Type: Added, Key: e.Key, Object: e.Object}
	return gone, added
}

// keepApart returns the events with a deletion and an addition in the place of
// each update with another UID. It copies only if there is one.
func keepApart[T any](events []Event[T]) []Event[T] {
	recreated := func(e Event[T]) bool { return e.recreated }
	if !slices.ContainsFunc(events, recreated) {
		return events
	}
	split := make([]Event[T], 0, len(events)+1)
	for i := range events {
		if !events[i].recreated {
			split = append(split, events[i])
			continue
		}
		gone, added := events[i].apart()
		split = append(split, gone, added)
	}
	return split
}
