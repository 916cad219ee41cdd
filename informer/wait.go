// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// WaitForSync waits until the cache has synced and all handlers that were
// registered before the call have returned from their initial adds; handlers
// that are removed meanwhile do not count. It returns nil then.
//
// If ctx ends or the informer stops before that, the error is a
// [*NotSyncedError], which says what was being waited for and what the last
// error of the source was: a list that is forbidden, a resource that does not
// exist, a server that does not answer, or the name of the handler that is
// behind, and how far.
func (inf *Informer[T]) WaitForSync(ctx context.Context) error {
	waiting := inf.waitingHandlers()
	if err := inf.await(ctx, inf.synced, nil); err != nil {
		return inf.notSynced(err)
	}
	for _, s := range waiting {
		if err := inf.await(ctx, s.synced, s.removed); err != nil {
			return &NotSyncedError{Resource: inf.resource, Waiting: s.behindText(), Err: err}
		}
	}
	return nil
}

// notSynced says why there is no first list yet.
func (inf *Informer[T]) notSynced(err error) error {
	return &NotSyncedError{Resource: inf.resource, Waiting: inf.firstListText(), Last: inf.reflector.Health().LastError, Err: err}
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
	select {
	case <-done: // even if all else has happened too
		return nil
	default:
	}
	select {
	case <-done:
		return nil
	case <-inf.ending:
		return ErrStopped
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-instead:
		// Stopping removes the handlers too.
		select {
		case <-inf.ending:
			return ErrStopped
		default:
			return nil
		}
	}
}

// firstListText says how far the first list is.
func (inf *Informer[T]) firstListText() string {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if inf.life == created {
		return "the first list (Run has not been called)"
	}
	health := inf.reflector.Health()
	since := time.Since(health.PhaseSince).Round(time.Millisecond)
	switch health.Phase {
	case reflect.StreamingList:
		if health.Received == 0 {
			return fmt.Sprintf("the first list (a streaming list has brought nothing in %v)", since)
		}
		return fmt.Sprintf("the first list (a streaming list has brought %d objects in %v, and not the bookmark that ends it)", health.Received, since)
	case reflect.Listing:
		if health.Received == 0 {
			return fmt.Sprintf("the first list (no answer for %v)", since)
		}
		return fmt.Sprintf("the first list (%d objects in %v)", health.Received, since)
	case reflect.Queued:
		return fmt.Sprintf("the first list (as many others as may be are under way, for %v)", since)
	case reflect.Waiting:
		return fmt.Sprintf("the first list (%d tries have failed)", health.Failures)
	}
	return "the first list"
}

// awaitInitial is the waitForSync of the registration. As long as the informer
// has not synced, it is the informer that is waited for.
func (s *subscriber[T]) awaitInitial(ctx context.Context) error {
	inf := s.informer
	err := inf.await(ctx, s.synced, s.removed)
	if isClosed(s.synced) {
		return nil
	}
	if s.ended.Load() {
		err = s.cause // the first: who removes a handler may stop its informer next
	}
	if !isClosed(inf.synced) {
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
