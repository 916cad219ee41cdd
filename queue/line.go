// SPDX-License-Identifier: Apache-2.0

package queue

import "github.com/typedinformer/typedinformer/store"

// line holds one item for each key in the order in which the keys came. Every
// operation is O(1) and allocates only to grow: the items are a ring of linked
// spots in one slice. A slice of keys beside a map would do, were it not for
// deletes, which leave holes in it that a consumer that is behind never sees the
// end of.
type line[T any] struct {
	spot  map[store.Key]int
	spots []spot[T] // spots[head] holds no item: the first stands behind it, the last before it
	free  int       // an unused spot, with the next one behind it; head if there is none
}

type spot[T any] struct {
	item           store.Item[T]
	before, behind int
	initial        bool // came with the first Replace
}

const head = 0

func newLine[T any]() line[T] {
	return line[T]{spot: map[store.Key]int{}, spots: make([]spot[T], 1)}
}

func (l *line[T]) len() int   { return len(l.spot) }
func (l *line[T]) first() int { return l.spots[head].behind }

// put gives a key that stands in line its new item, or puts it at the end; it
// reports whether the key is new.
func (l *line[T]) put(item store.Item[T]) (arrived bool) {
	if at, waiting := l.spot[item.Key]; waiting {
		l.spots[at].item = item
		return false
	}
	at := l.unused()
	last := l.spots[head].before
	l.spots[at] = spot[T]{item: item, before: last, behind: head}
	l.spots[last].behind = at
	l.spots[head].before = at
	l.spot[item.Key] = at
	return true
}

func (l *line[T]) unused() int {
	if l.free == head {
		l.spots = append(l.spots, spot[T]{})
		return len(l.spots) - 1
	}
	at := l.free
	l.free = l.spots[at].behind
	return at
}

// markInitial marks all that stands in line, and returns how many that are.
func (l *line[T]) markInitial() int {
	for at := l.first(); at != head; at = l.spots[at].behind {
		l.spots[at].initial = true
	}
	return l.len()
}

// remove takes an item out of the line.
func (l *line[T]) remove(at int) spot[T] {
	gone := l.spots[at]
	l.spots[gone.before].behind = gone.behind
	l.spots[gone.behind].before = gone.before
	l.spots[at] = spot[T]{behind: l.free}
	l.free = at
	delete(l.spot, gone.item.Key)
	if l.len() == 0 && len(l.spots) > keptDeltas {
		*l = newLine[T]() // the room of a burst is the collector's
	}
	return gone
}
