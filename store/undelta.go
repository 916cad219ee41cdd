// SPDX-License-Identifier: Apache-2.0

package store

import (
	"iter"
	"sync"
)

// Undelta is a [Store] that hands the complete state to a function after each
// change: for consumers that want to be told everything rather than what has
// changed, such as the writer of a configuration file. It reads like the store
// that it holds, and is safe for concurrent use by multiple goroutines.
type Undelta[T any] struct {
	Reader[T]
	store *Store[T]
	push  func(state Snapshot[T])

	mu sync.Mutex // makes a change and its push one; taken before the store's lock
}

// NewUndelta returns an empty store that calls push after each change, in the
// order of the changes and one at a time. push may keep the snapshot. It must
// not write to the Undelta.
func NewUndelta[T any](item ItemFunc[T], push func(state Snapshot[T])) *Undelta[T] {
	s := New(item)
	return &Undelta[T]{Reader: s, store: s, push: push}
}

// Add is [Store.Add], followed by a push if it succeeded.
func (u *Undelta[T]) Add(object T) error {
	return u.change(func() error { return u.store.Add(object) })
}

// Update is [Store.Update], followed by a push if it succeeded.
func (u *Undelta[T]) Update(object T) error {
	return u.change(func() error { return u.store.Update(object) })
}

// Delete is [Store.Delete], followed by a push if it succeeded.
func (u *Undelta[T]) Delete(object T) error {
	return u.change(func() error { return u.store.Delete(object) })
}

// Replace is [Store.Replace], followed by one push if it succeeded.
func (u *Undelta[T]) Replace(objects iter.Seq[T]) error {
	return u.change(func() error { return u.store.Replace(objects) })
}

func (u *Undelta[T]) change(write func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := write(); err != nil {
		return err
	}
	u.push(u.store.Snapshot())
	return nil
}
