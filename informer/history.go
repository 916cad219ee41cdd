// SPDX-License-Identifier: Apache-2.0

package informer

import "slices"

// history is what has changed lately, step by step, so that a reader can go on
// from where it was. It holds no more than its limit, whoever reads it: one that
// is too far behind is told so. There is none until somebody asks for it, since
// the old states in it are kept from the collector.
//
// It is guarded by informer.mu. It begins when the informer has synced; until then
// it has no marks.
type history[T any] struct {
	limit int
	// marks are the states that can be gone on from. A reader that is at one reads
	// the steps of those behind it. The step of the first is gone.
	marks []mark[T]
	first uint64 // the number of the first mark
	// era is the number of the mark from which on versions have not gone back.
	era   uint64
	size  int           // of all marks but the first
	step  []Event[T]    // what the delta that is being applied has changed
	grown chan struct{} // closed when there is more to read; nil if nobody waits
}

// defaultHistoryLimit keeps some 10 MB alive if each object is 10 KB.
const defaultHistoryLimit = 1000

func newHistory[T any](limit int) *history[T] {
	if limit <= 0 {
		limit = defaultHistoryLimit
	}
	return &history[T]{limit: limit}
}

// A mark is a state of the cache, and the step that led to it.
type mark[T any] struct {
	Change[T]
	// list says that nobody knows the states between the mark before and this one.
	list bool
	// exact says that its version stands for no other state.
	exact bool
}

// size is what a mark counts for in the limit. Those of bookmarks count too, or
// there might be any number of them.
func (m *mark[T]) size() int { return max(1, len(m.Events)) }

// begin makes the state as it is now the first mark.
func (h *history[T]) begin(version string) {
	h.marks = append(h.marks, mark[T]{Change: Change[T]{Version: version}, exact: true})
}

func (h *history[T]) begun() bool { return len(h.marks) > 0 }

// last returns the number of the last mark.
func (h *history[T]) last() uint64 { return h.first + uint64(len(h.marks)) - 1 }

// record ends a step that has led to a version. list says that it was a list.
func (h *history[T]) record(part, version string, list bool) {
	last := &h.marks[len(h.marks)-1]
	order, err := compareVersions(version, last.Version)
	switch {
	case len(h.step) == 0 && version == last.Version:
		return
	case len(h.step) == 0 && !list && len(h.marks) > 1 && last.empty() && last.Part == part && err == nil && order > 0:
		last.Version = version // a bookmark behind a bookmark
		return
	}
	next := mark[T]{Change: Change[T]{Part: part, Version: version, Events: slices.Clone(h.step)}, list: list}
	next.exact = err == nil && order > 0
	if err != nil || order < 0 {
		h.era = h.last() + 1
	}
	clear(h.step)
	h.step = h.step[:0]
	h.marks = append(h.marks, next)
	h.size += next.size()
}

// empty reports whether a mark is that of a bookmark.
func (m *mark[T]) empty() bool { return len(m.Events) == 0 && !m.list }

// publish forgets what is past the limit and wakes those who wait for more.
func (h *history[T]) publish() {
	n := 0
	for ; h.size > h.limit; n++ {
		h.size -= h.marks[n+1].size()
		h.marks[n] = mark[T]{}
	}
	h.marks, h.first = h.marks[n:], h.first+uint64(n)
	h.marks[0].Events = nil
	if h.grown != nil {
		close(h.grown)
		h.grown = nil
	}
}

// more returns a channel that is closed when there is more to read.
func (h *history[T]) more() <-chan struct{} {
	if h.grown == nil {
		h.grown = make(chan struct{})
	}
	return h.grown
}

// A place is where a reader of the history is: at a mark, of which it knows the
// version. Bookmarks may have raised that since.
type place struct {
	at      uint64 // the number of the mark
	version string
}

// now returns the place of the state as it is.
func (h *history[T]) now() place { return h.place(h.last()) }

func (h *history[T]) place(at uint64) place { return place{at, h.marks[at-h.first].Version} }

// find returns the place that has the state of a version. ok is false if there is
// none: the version is too old, it was passed over by a list, or it stands for
// several states.
func (h *history[T]) find(version string) (found place, ok bool) {
	begin := max(h.era, h.first)
	marks := h.marks[begin-h.first:]
	n, _ := slices.BinarySearchFunc(marks, version, func(m mark[T], version string) int {
		if orderVersions(m.Version, version) <= 0 {
			return -1
		}
		return 1
	})
	if n == 0 {
		return place{}, false
	}
	if marks[n-1].Version == version {
		ok = marks[n-1].exact
	} else {
		ok = n < len(marks) && !marks[n].list // else the server has gone back meanwhile
	}
	return h.place(begin + uint64(n) - 1), ok
}

// oldest returns the version of the oldest mark.
func (h *history[T]) oldest() string { return h.place(max(h.era, h.first)).version }

// after returns up to cap(into) steps that lead on from a place, and the place that
// they lead to. ok is false if the steps are not all kept any more.
func (h *history[T]) after(from place, into []Change[T]) (steps []Change[T], to place, ok bool) {
	if from.at < h.first {
		return nil, from, false
	}
	steps, to = into[:0], h.place(from.at)
	if to.version != from.version { // a bookmark has raised it
		steps = append(steps, Change[T]{Part: h.marks[from.at-h.first].Part, Version: to.version})
	}
	for to.at < h.last() && len(steps) < cap(into) {
		to = h.place(to.at + 1)
		steps = append(steps, h.marks[to.at-h.first].Change)
	}
	return steps, to, true
}
