// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"slices"
)

// WaitForSync waits until the cache has synced and all handlers that were
// registered before the call have returned from their initial adds; handlers
// that are removed meanwhile do not count. It returns nil then. For an informer
// over a [NameSet] it is the names that are in the set at the call that count,
// unless they are removed meanwhile.
//
// If ctx ends or the informer stops before that, the error is a
// [*NotSyncedError], which says what was being waited for and what the last
// error of the source was: a list that is forbidden, a resource that does not
// exist, a server that does not answer, or the name of the handler that is
// behind, and how far.
func (inf *Informer[T]) WaitForSync(ctx context.Context) error {
	waiting, names := inf.waitingHandlers(), inf.names()
	if err := inf.awaitLists(ctx, names); err != nil {
		return inf.notSynced(err)
	}
	for _, s := range waiting {
		if err := inf.await(ctx, s.synced, s.removed); err != nil {
			return &NotSyncedError{Resource: inf.resource, Waiting: s.behindText(), Err: err}
		}
	}
	return nil
}

// waitingHandlers returns the subscribers in the order of their names, so that
// the same one is blamed each time.
func (inf *Informer[T]) waitingHandlers() []*subscriber[T] {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return inf.sortedSubscribers()
}

// sortedSubscribers is called with mu held.
func (inf *Informer[T]) sortedSubscribers() []*subscriber[T] {
	sorted := make([]*subscriber[T], 0, len(inf.subscribers))
	for s := range inf.subscribers {
		sorted = append(sorted, s)
	}
	slices.SortFunc(sorted, func(a, b *subscriber[T]) int { return a.number - b.number })
	return sorted
}

// await waits for done, or for instead, if that makes waiting pointless.
func (inf *Informer[T]) await(ctx context.Context, done, instead <-chan struct{}) error {
	if closed(done) { // even if all else has happened too
		return nil
	}
	select {
	case <-done:
		return nil
	case <-inf.ending:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-instead:
		if closed(inf.ending) { // stopping removes the handlers too
			return ErrStopped
		}
		return nil
	}
}

// As long as the informer has not synced, it is the informer that is waited for.
func (s *subscriber[T]) waitForSync(ctx context.Context) error {
	inf := s.informer
	err := inf.await(ctx, s.synced, s.removed)
	if closed(s.synced) {
		return nil
	}
	if s.ended.Load() {
		err = s.cause // the first: who removes a handler may stop its informer next
	}
	if !closed(inf.synced) {
		return inf.notSynced(err)
	}
	return &NotSyncedError{Resource: inf.resource, Waiting: s.behindText(), Err: err}
}

func (s *subscriber[T]) behindText() string {
	initial := s.initial.Load()
	if initial < 0 {
		return fmt.Sprintf("handler %q, which has not begun", s.name)
	}
	return fmt.Sprintf("handler %q, which has %d initial adds to go", s.name, initial)
}
