// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/typedinformer/typedinformer/store"
)

// firstVersion is the version of a source that nothing was written to. It is
// not zero, which a list or watch takes for "any version".
const firstVersion = 1

// revision is one state of one object. It is never changed once made; lists and
// watches hold pointers to it.
type revision[T any] struct {
	version uint64
	item    store.Item[T]
	deleted bool // item.Object is the last state, with the deletion's version
}

// row is an object through time: its revisions, oldest first. The last one is
// the state now.
type row[T any] struct {
	key       store.Key
	revisions []*revision[T]
}

// at returns the state at version, nil if there was none. Versions below the
// floor of the history cannot be told.
func (r *row[T]) at(version uint64) *revision[T] {
	for _, revision := range slices.Backward(r.revisions) {
		if revision.version <= version {
			if revision.deleted {
				return nil
			}
			return revision
		}
	}
	return nil
}

// forget drops the oldest revision. The array moves on with the next append, so
// a key that is written again and again costs no shifting.
func (r *row[T]) forget() {
	r.revisions[0] = nil
	r.revisions = r.revisions[1:]
}

// change is one write: what the object became, and what it was before (nil for
// one that was created). Of the two, before is what selectors need.
type change[T any] struct {
	now, before *revision[T]
}

// history is every state since a certain version, the floor. It keeps all
// revisions of a key together, as etcd does: the state at an older version is
// read off without undoing anything, so the pages of a list fit together
// whatever is written between them, and a page costs what is on it.
//
// It is not safe for concurrent use.
type history[T any] struct {
	limit   int
	clock   *clock
	floor   uint64      // the state at floor, and everything since, is known
	lost    uint64      // the version of the last change that is not; it may be below the floor
	changes []change[T] // by version
	rows    map[store.Key]*row[T]
	live    int

	sorted []*row[T] // by key; rows without revisions are dropped now and then
	fresh  []*row[T] // rows to be merged into sorted before it is read
}

func newHistory[T any](limit int, clock *clock) history[T] {
	return history[T]{limit: limit, clock: clock, floor: clock.now, rows: make(map[store.Key]*row[T])}
}

// version is that of the last write, be it here or elsewhere.
func (h *history[T]) version() uint64 { return h.clock.now }

// get returns the state of key now, nil if there is none.
func (h *history[T]) get(key store.Key) *revision[T] {
	if row := h.rows[key]; row != nil {
		return row.at(h.version())
	}
	return nil
}

// mergeAt is how many fresh rows are left alone until somebody lists.
const mergeAt = 1024

// write appends the next revision of its key.
func (h *history[T]) write(next *revision[T]) {
	key := next.item.Key
	before := h.get(key)
	h.clock.now = next.version
	known := h.rows[key]
	if known != nil {
		known.revisions = append(known.revisions, next)
	} else {
		known = &row[T]{key: key, revisions: []*revision[T]{next}}
		h.rows[key] = known
		h.fresh = append(h.fresh, known)
		if len(h.fresh) > max(len(h.sorted), mergeAt) {
			h.ordered() // drops what has died; else objects that come and go would pile up while nobody lists
		}
	}
	switch {
	case next.deleted:
		h.live--
	case before == nil:
		h.live++
	}
	h.changes = append(h.changes, change[T]{next, before})
	for len(h.changes) > h.limit {
		h.forget()
	}
}

// forget raises the floor by one write.
func (h *history[T]) forget() {
	oldest := h.changes[0].now
	h.changes[0] = change[T]{}
	h.changes = h.changes[1:]
	h.floor, h.lost = oldest.version, oldest.version
	row := h.rows[oldest.item.Key]
	// The state at the floor is the oldest one that can be asked for.
	for row.revisions[0] != oldest {
		row.forget()
	}
	if oldest.deleted {
		row.forget()
		if len(row.revisions) == 0 {
			delete(h.rows, row.key)
		}
	}
}

// compact raises the floor to version, which must not be yet to come.
func (h *history[T]) compact(version uint64) {
	for len(h.changes) > 0 && h.changes[0].now.version <= version {
		h.forget()
	}
	h.floor = max(h.floor, version)
}

// compactionPoint reads the version that a history is to be compacted to.
func compactionPoint(text string, newest uint64) (uint64, error) {
	version, err := strconv.ParseUint(text, 10, 64)
	switch {
	case err != nil:
		return 0, fmt.Errorf("fake: compact to version %q: want a number", text)
	case version > newest:
		return 0, fmt.Errorf("fake: compact to version %d: it is yet to come, the newest is %d", version, newest)
	}
	return version, nil
}

// behind returns the newest version that a replica has which lacks the last n
// writes to this resource. If they are not all known any more, it is the oldest
// version that is.
func (h *history[T]) behind(n int) uint64 {
	switch {
	case n <= 0:
		return h.version()
	case n > len(h.changes):
		return h.floor
	}
	return h.changes[len(h.changes)-n].now.version - 1
}

// since returns up to len(into) changes after version, which must not be below
// the floor, up to and with last. A version that is yet to come has no changes.
func (h *history[T]) since(version, last uint64, into []change[T]) int {
	if version >= last {
		return 0
	}
	return copy(into, h.changes[h.place(version):h.place(last)])
}

// place returns how many changes there are up to and with version.
func (h *history[T]) place(version uint64) int {
	place, _ := slices.BinarySearchFunc(h.changes, version+1, func(c change[T], v uint64) int { return cmp.Compare(c.now.version, v) })
	return place
}

// ordered returns all rows by key. New ones are merged in here, not when they
// are written: inserting them one by one would be quadratic.
func (h *history[T]) ordered() []*row[T] {
	if len(h.fresh) == 0 {
		return h.sorted
	}
	slices.SortFunc(h.fresh, func(a, b *row[T]) int { return a.key.Compare(b.key) })
	merged := make([]*row[T], 0, len(h.sorted)+len(h.fresh))
	old, fresh := h.sorted, h.fresh
	for len(old) > 0 || len(fresh) > 0 {
		var next *row[T]
		if len(fresh) == 0 || len(old) > 0 && old[0].key.Compare(fresh[0].key) <= 0 {
			next, old = old[0], old[1:]
		} else {
			next, fresh = fresh[0], fresh[1:]
		}
		if len(next.revisions) > 0 {
			merged = append(merged, next)
		}
	}
	h.sorted, h.fresh = merged, nil
	return merged
}

// after returns the rows behind key.
func after[T any](rows []*row[T], key store.Key) []*row[T] {
	i, found := slices.BinarySearchFunc(rows, key, func(r *row[T], key store.Key) int { return r.key.Compare(key) })
	if found {
		i++
	}
	return rows[i:]
}

func formatVersion(version uint64) string { return strconv.FormatUint(version, 10) }
