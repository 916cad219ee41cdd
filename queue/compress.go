// SPDX-License-Identifier: Apache-2.0

package queue

// compress queues a delta, in the place of the pending one of its key where the
// consumer loses nothing by that. mu is held.
func (q *DeltaFIFO[T]) compress(delta Delta[T]) {
	switch delta.Type {
	case Replaced:
		// Changes before a list and changes after it stay apart (G18).
		clear(q.latest)
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
	at, pending := q.latest[delta.Item.Key]
	if pending && merges(q.pending[at].Type, delta.Type) {
		q.pending[at] = q.pending[at].then(delta)
		return
	}
	q.latest[delta.Item.Key] = len(q.pending)
	q.pending = append(q.pending, delta)
}

// merges reports whether a delta may take the place of an earlier one of its
// key. A new state after a delete may not: the object was recreated.
func merges(earlier, later DeltaType) bool {
	return !gone(earlier) || gone(later)
}

func gone(t DeltaType) bool { return t == Deleted || t == Left }

// then returns the delta that stands for d and the later one.
func (d Delta[T]) then(later Delta[T]) Delta[T] {
	if later.Type == Sync || d.Type == Deleted && later.Type == Left {
		return d // it has the same state, or the last one, which later has not
	}
	if d.Type == Added && !gone(later.Type) {
		later.Type = Added
	}
	return later
}
