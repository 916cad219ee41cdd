// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Quarantined is an object whose newest state could not be used (G34): it could
// not be decoded, transformed, or taken by an index. The next state that comes of
// it is tried again.
type Quarantined struct {
	Key     store.Key
	Version string          // of the state that could not be used, if known
	Stage   listwatch.Stage // that it failed in
	Err     error           // why
	Since   time.Time       // when the first such state came
	States  int             // how many there have been since
	// Stale says that the cache holds the last good state of the object. If not,
	// the object is missing from the cache.
	Stale bool
}

// quarantine knows the objects that are out of date in the cache. The loop alone
// writes to it.
type quarantine struct {
	healed func(key store.Key) // is told of each that is well again, or gone, with locks held

	mu      sync.Mutex // guards entries, which the loop may read without it
	entries map[store.Key]*Quarantined
}

// add notes that a state could not be used. One without a name is of nobody.
func (q *quarantine) add(failure *listwatch.ItemError) {
	if failure.Key == (store.Key{}) {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	entry := q.entries[failure.Key]
	if entry == nil {
		entry = &Quarantined{Key: failure.Key, Since: time.Now()}
		if q.entries == nil {
			q.entries = map[store.Key]*Quarantined{}
		}
		q.entries[failure.Key] = entry
	}
	entry.Version, entry.Stage, entry.Err = failure.Version, failure.Stage, failure.Err
	entry.States++
}

// remove notes that a key is well again, or gone. It costs nothing as long as
// there is nothing in quarantine.
func (q *quarantine) remove(key store.Key) {
	if len(q.entries) == 0 {
		return
	}
	q.mu.Lock()
	_, known := q.entries[key]
	delete(q.entries, key)
	q.mu.Unlock()
	if known {
		q.healed(key)
	}
}

// keep removes all but these: a list says of everything else that it is well, or
// gone. If among is not nil, the list is of the keys that it is true for alone.
func (q *quarantine) keep(broken iter.Seq[store.Key], among func(key store.Key) bool) {
	if len(q.entries) == 0 {
		return
	}
	stay := map[store.Key]bool{}
	for key := range broken {
		stay[key] = true
	}
	for _, key := range q.keys() {
		if !stay[key] && (among == nil || among(key)) {
			q.remove(key)
		}
	}
}

func (q *quarantine) keys() (keys []store.Key) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for key := range q.entries {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, store.Key.Compare)
	return keys
}

func (q *quarantine) get(key store.Key) (Quarantined, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	entry := q.entries[key]
	if entry == nil {
		return Quarantined{}, false
	}
	return *entry, true
}

func (q *quarantine) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.entries)
}

// Quarantined tells whether the newest state of an object could not be used, and
// why. What the cache holds of such an object is out of date. O(1).
func (inf *Informer[T]) Quarantined(key store.Key) (Quarantined, bool) {
	entry, found := inf.quarantine.get(key)
	if found {
		_, entry.Stale = inf.store.Get(key)
	}
	return entry, found
}

// allQuarantined returns what is in quarantine, by key.
func (inf *Informer[T]) allQuarantined() (all []Quarantined) {
	for _, key := range inf.quarantine.keys() {
		if entry, found := inf.Quarantined(key); found {
			all = append(all, entry)
		}
	}
	return all
}
