// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/typedinformer/typedinformer/store"
)

const defaultMutationPeriod = time.Second

// MutationError says that an object was changed after it had been cached (G05):
// by a handler, a reader, or whoever gave it to the source. It is shared, and
// who wants to change one changes a copy.
type MutationError struct {
	Resource string
	Key      store.Key
	// Diff shows what was changed, as [github.com/google/go-cmp/cmp.Diff] writes
	// it: lines with - as it was cached, with + as it is. It is for people, and
	// not stable.
	Diff string
}

func (e *MutationError) Error() string {
	return fmt.Sprintf("informer: %s %q was changed after it had been cached; objects are shared, so change a copy of them (-cached +now):\n%s", e.Resource, e.Key, e.Diff)
}

var errUndetected = errors.New("Options.DetectMutations is 0, so no object was looked at; set it to 1 for all")

// CheckMutations looks now for cached objects that have been changed since they
// were cached, and returns a [*MutationError] for each, joined, or nil. One that
// it has returned or that OnError was told of is not told again, unless it is
// changed again. It returns an error too if [Options].DetectMutations is off.
//
// The objects must not be written to at that time.
func (inf *Informer[T]) CheckMutations() error {
	if inf.mutations == nil {
		return fmt.Errorf("informer: %s: CheckMutations: %w", inf.resource, errUndetected)
	}
	return errors.Join(inf.mutations.check()...)
}

// detectMutations begins to look at each nth object.
func (inf *Informer[T]) detectMutations(nth int, period time.Duration) {
	inf.mutations = &mutations[T]{
		resource: inf.resource,
		nth:      uint64(nth),
		period:   period,
		report:   inf.reportLater,
		seed:     maphash.MakeSeed(),
		samples:  map[store.Key]*sample[T]{},
	}
	inf.store.Observe(inf.mutations)
}

// mutations is the mutation detector: it keeps a copy of each object that it
// looks at, and compares. It is an observer of the store, which costs nothing
// where there is none.
//
// Keeping a hash of each object was set aside: it takes less memory, and about
// as long, but it could not say what was changed.
type mutations[T any] struct {
	resource string
	nth      uint64
	period   time.Duration
	report   func(error)
	seed     maphash.Seed

	mu      sync.Mutex // guards what follows; taken after the store's lock
	samples map[store.Key]*sample[T]
	found   []error // of objects that are no more cached; not told yet
}

var _ store.Observer[int] = (*mutations[int])(nil)

// sample is an object that is looked at. told is guarded by mutations.mu, the
// rest does not change.
type sample[T any] struct {
	object, cached T
	told           bool
}

// run checks each period, and at the end once more, for those that end soon.
func (m *mutations[T]) run(ctx context.Context) {
	tick := time.NewTicker(m.period)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
		for _, err := range m.check() {
			m.report(err)
		}
	}
}

// check compares all. No lock is held while it does, since that takes time.
func (m *mutations[T]) check() []error {
	m.mu.Lock()
	found := m.found
	m.found = nil
	samples := maps.Clone(m.samples)
	m.mu.Unlock()
	for _, key := range slices.SortedFunc(maps.Keys(samples), store.Key.Compare) {
		if diff := difference(samples[key].cached, samples[key].object); diff != "" {
			if err := m.tell(key, samples[key], diff); err != nil {
				found = append(found, err)
			}
		}
	}
	return found
}

// tell returns the error for a changed object, nil if it was told already. What
// is looked for from then on is a further change.
func (m *mutations[T]) tell(key store.Key, changed *sample[T], diff string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if changed.told {
		return nil
	}
	changed.told = true
	if m.samples[key] == changed {
		m.take(key, changed.object)
	}
	return &MutationError{Resource: m.resource, Key: key, Diff: diff}
}

// chosen says whether the objects of a key are looked at: always or never, so
// that changes over a long time are found. Each process chooses others.
func (m *mutations[T]) chosen(key store.Key) bool {
	return m.nth == 1 || maphash.Comparable(m.seed, key)%m.nth == 0
}

// take begins to look at an object. mu is held.
func (m *mutations[T]) take(key store.Key, object T) {
	delete(m.samples, key)
	cached, ok := deepCopy(object)
	// What does not equal its own copy (a NaN, a function) cannot be compared.
	if ok && difference(cached, object) == "" {
		m.samples[key] = &sample[T]{object: object, cached: cached}
	}
}

// leave looks at an object for the last time. mu is held.
func (m *mutations[T]) leave(key store.Key) {
	last := m.samples[key]
	if last == nil {
		return
	}
	if diff := difference(last.cached, last.object); diff != "" {
		last.told = true // a check that is under way may have it too
		m.found = append(m.found, &MutationError{Resource: m.resource, Key: key, Diff: diff})
	}
	delete(m.samples, key)
}

// Insert implements [store.Observer], and so do the methods below.
func (m *mutations[T]) Insert(_ store.Slot, key store.Key, object T) error {
	m.replace(key, object, true)
	return nil
}

func (m *mutations[T]) Update(_ store.Slot, key store.Key, _, object T) error {
	m.replace(key, object, true)
	return nil
}

func (m *mutations[T]) Revert(_ store.Slot, key store.Key, _, held T, existed bool) {
	m.replace(key, held, existed)
}

func (m *mutations[T]) Remove(_ store.Slot, key store.Key, old T) {
	m.replace(key, old, false)
}

// replace looks at another object, or at none if there is none.
func (m *mutations[T]) replace(key store.Key, object T, exists bool) {
	if !m.chosen(key) {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leave(key)
	if exists {
		m.take(key, object)
	}
}

// Settle tells of what was found when objects left the cache. Where nothing
// checks by itself, that waits for [Informer.CheckMutations].
func (m *mutations[T]) Settle() {
	if m.period <= 0 {
		return
	}
	m.mu.Lock()
	found := m.found
	m.found = nil
	m.mu.Unlock()
	for _, err := range found {
		m.report(err)
	}
}
