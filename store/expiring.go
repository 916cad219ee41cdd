// SPDX-License-Identifier: Apache-2.0

package store

import (
	"sync"
	"time"
)

// Expiring is a store whose objects are gone a while after they were written.
// An object that has expired is never returned; its memory is given back by
// the next write or by [Expiring.Expire]. There is no goroutine behind it. Safe
// for concurrent use by multiple goroutines.
type Expiring[T any] struct {
	store *Store[expiring[T]]
	ttl   func(object T) time.Duration

	mu  sync.Mutex // guards due; taken before the store's lock
	due dueQueue
}

type expiring[T any] struct {
	object T
	until  time.Time
}

// NewExpiring returns an empty store. ttl says for how long after a write an
// object stays, in the moment of the write; zero or less means for ever.
func NewExpiring[T any](item ItemFunc[T], ttl func(object T) time.Duration) *Expiring[T] {
	wrapped := func(e expiring[T]) (Item[expiring[T]], error) {
		inner, err := item(e.object)
		return Item[expiring[T]]{Key: inner.Key, UID: inner.UID, Version: inner.Version, Object: e}, err
	}
	return &Expiring[T]{store: New(wrapped), ttl: ttl}
}

// Put writes an object and starts its time anew. The error is that of the
// [ItemFunc]; nothing has changed then.
func (e *Expiring[T]) Put(object T) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Now()
	e.expire(now)
	entry := expiring[T]{object: object}
	if ttl := e.ttl(object); ttl > 0 {
		entry.until = now.Add(ttl)
	}
	item, err := e.store.read("put", entry)
	if err != nil {
		return err
	}
	if err := e.store.write("put", &item); err != nil {
		return err
	}
	if !entry.until.IsZero() {
		e.due.push(due{at: entry.until, key: item.Key})
	}
	return nil
}

// Delete removes the object of a key and returns it, and whether there was one
// that had not expired.
func (e *Expiring[T]) Delete(key Key) (object T, existed bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.expire(time.Now())
	entry, existed := e.store.DeleteKey(key)
	return entry.object, existed
}

// Get returns the object of a key, and whether there is one that has not
// expired. O(1).
func (e *Expiring[T]) Get(key Key) (object T, found bool) {
	entry, found := e.store.Get(key)
	if !found || entry.expired(time.Now()) {
		return object, false
	}
	return entry.object, true
}

// List returns the objects that have not expired. O(n).
func (e *Expiring[T]) List() []T {
	now := time.Now()
	objects := make([]T, 0, e.store.Len())
	for entry := range e.store.All() {
		if !entry.expired(now) {
			objects = append(objects, entry.object)
		}
	}
	return objects
}

// Expire gives back the memory of what has expired, and returns how many
// objects that were.
func (e *Expiring[T]) Expire() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.expire(time.Now())
}

func (e *Expiring[T]) expire(now time.Time) (expired int) {
	for {
		next, waiting := e.due.peek()
		if !waiting || next.at.After(now) {
			return expired
		}
		e.due.pop()
		// The object may have been written again since, for longer.
		if entry, found := e.store.Get(next.key); found && entry.expired(now) {
			e.store.DeleteKey(next.key)
			expired++
		}
	}
}

// expired includes the moment itself: an object with one second to live is gone
// when one second has passed.
func (e expiring[T]) expired(now time.Time) bool {
	return !e.until.IsZero() && !e.until.After(now)
}
