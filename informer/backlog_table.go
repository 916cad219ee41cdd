// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/store"

// table holds the changes that a reader has not been through, merged by key: one
// each, or a deletion and an addition that are kept apart. They come out in the
// order of the keys' first changes. The zero table is empty and ready.
type table[T any] struct {
	apart       bool // deletion and addition are kept apart
	changes     map[store.Key]*change[T]
	first, last *change[T]
	length      int    // events
	merged      uint64 // events, ever, that are not delivered for themselves
}

// change is what has become of one key.
type change[T any] struct {
	gone          *Event[T] // a Deleted that comes before event, an Added; nil for none
	event         Event[T]
	position      uint64 // in the log, of the first of them
	before, after *change[T]
}

// add takes an event that is at a position of the log.
func (t *table[T]) add(event *Event[T], position uint64) {
	if t.apart && event.recreated {
		gone, added := event.apart()
		t.merge(&gone, position)
		t.merge(&added, position)
		return
	}
	t.merge(event, position)
}

func (t *table[T]) merge(event *Event[T], position uint64) {
	held := t.changes[event.Key]
	if held == nil {
		t.push(&change[T]{event: *event, position: position})
		return
	}
	t.merged++
	switch now := &held.event; {
	case now.Type == Added && event.Type == Deleted:
		t.merged++
		t.cancel(held)
	case now.Type == Deleted && t.apart:
		t.merged--
		t.length++
		gone := *now
		held.gone, held.event = &gone, *event
	case now.Type == Deleted: // and added anew
		*now = Event[T]{Type: Updated, Key: now.Key, Object: event.Object, Old: now.Old}
	case event.Type == Deleted:
		*now = Event[T]{Type: Deleted, Final: event.Final, Key: now.Key, Object: event.Object, Old: now.Old}
	default: // an update of what was added or updated
		now.Object = event.Object
		now.repeated = now.repeated && event.repeated
	}
}

// cancel takes back an addition of an object that is gone again.
func (t *table[T]) cancel(held *change[T]) {
	if held.gone == nil {
		t.remove(held)
		return
	}
	held.gone, held.event = nil, *held.gone
	t.length--
}

func (t *table[T]) push(c *change[T]) {
	if t.changes == nil {
		t.changes = map[store.Key]*change[T]{}
	}
	t.changes[c.event.Key] = c
	t.length++
	if c.before = t.last; c.before == nil {
		t.first = c
	} else {
		c.before.after = c
	}
	t.last = c
}

func (t *table[T]) remove(c *change[T]) {
	delete(t.changes, c.event.Key)
	t.length--
	if c.gone != nil {
		t.length--
	}
	if c.before == nil {
		t.first = c.after
	} else {
		c.before.after = c.after
	}
	if c.after == nil {
		t.last = c.before
	} else {
		c.after.before = c.before
	}
	if t.first == nil {
		t.changes = nil // a map keeps the size it once had
	}
}

// take removes the changes of the first n keys and returns them.
func (t *table[T]) take(n int) []Event[T] {
	events := make([]Event[T], 0, min(n, len(t.changes))+1)
	for ; n > 0 && t.first != nil; n-- {
		c := t.first
		t.remove(c)
		if c.gone != nil {
			events = append(events, *c.gone)
		}
		events = append(events, c.event)
	}
	return events
}
