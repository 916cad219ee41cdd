// SPDX-License-Identifier: Apache-2.0

package queue

import "github.com/typedinformer/typedinformer/store"

// latest knows the last pending delta of each key since the last Replaced.
type latest struct {
	at   map[store.Key]place
	most int // keys that the map has had room for
}

// place is where a delta stands in the queue.
type place struct {
	at int
	// again says that the key was gone and came back, and that both is in the
	// queue. What happens to it after that needs one place and no more: the
	// consumer has heard of nothing in between.
	again bool
}

// forget makes l empty.
func (l *latest) forget() {
	used := len(l.at)
	l.most = max(l.most, used)
	if wasteful(l.most, used) {
		l.at, l.most = map[store.Key]place{}, 0
		return
	}
	clear(l.at)
}

// compress queues a delta, in the place of the pending one of its key where the
// consumer loses nothing by that. mu is held.
func (q *DeltaFIFO[T]) compress(delta Delta[T]) {
	switch delta.Type {
	case Replaced:
		// Changes before a list and changes after it stay apart (G18).
		q.latest.forget()
		q.pending = append(q.pending, delta)
	case Bookmark:
		q.bookmark(delta)
	default:
		q.replaceOrAppend(delta)
	}
}

func (q *DeltaFIFO[T]) bookmark(delta Delta[T]) {
	if last := len(q.pending) - 1; last >= 0 && q.pending[last].Type == Bookmark {
		q.pending[last] = delta
		return
	}
	q.pending = append(q.pending, delta)
}

func (q *DeltaFIFO[T]) replaceOrAppend(delta Delta[T]) {
	last, pending := q.latest.at[delta.Item.Key]
	if pending && (last.again || merges(q.pending[last.at].Type, delta.Type)) {
		q.pending[last.at] = q.pending[last.at].then(delta)
		return
	}
	q.latest.at[delta.Item.Key] = place{
		at:    len(q.pending),
		again: pending && gone(q.pending[last.at].Type),
	}
	q.pending = append(q.pending, delta)
}

// merges reports whether a delta may take the place of an earlier one of its
// key. A new state after a delete may not: the object was recreated. A Left
// after a state may not either: it has no object, and the consumer wants the
// last known one.
func merges(earlier, later DeltaType) bool {
	return later == Deleted || gone(earlier) == gone(later)
}

func gone(t DeltaType) bool { return t == Deleted || t == Left }

// then returns the delta that stands for d and the later one.
func (d Delta[T]) then(later Delta[T]) Delta[T] {
	switch {
	case gone(d.Type) && gone(later.Type):
		return d // the object is gone already: later is of none that is known
	case gone(d.Type) || gone(later.Type):
	case later.Type == Quarantined && d.Type != Quarantined:
		d.Err = later.Err // the state before it stays the last good one
		return d
	case later.Type == Sync && d.Err != nil:
		later.Err = d.Err // a repetition heals nothing
		if d.Type != Quarantined {
			later.Type = d.Type
		}
	case d.Type == Added || later.Type == Sync:
		later.Type = d.Type // new to the consumer still, and a change still
	}
	return later
}
