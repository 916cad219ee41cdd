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
		return inf.notListed(err)
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

// names returns what is in the set now, nil if there is none.
func (inf *Informer[T]) names() []string {
	if inf.territory == nil {
		return nil
	}
	return inf.territory.set.All()
}

// awaitLists waits for the first list of each part, and of those that the names
// have or get.
func (inf *Informer[T]) awaitLists(ctx context.Context, names []string) error {
	if err := inf.await(ctx, inf.synced, nil); err != nil {
		return err
	}
	for _, name := range names {
		for inf.territory.set.Has(name) {
			p, adjusted := inf.partNamed(name)
			if p == nil {
				if err := inf.await(ctx, adjusted, nil); err != nil {
					return err
				}
				continue
			}
			if err := inf.await(ctx, p.synced, p.dismissed); err != nil {
				return err
			}
			break
		}
	}
	return nil
}

// partNamed returns the part that a name has, or a channel that is closed when
// it may have got one.
func (inf *Informer[T]) partNamed(name string) (*part[T], <-chan struct{}) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return inf.territory.named[name], inf.territory.adjusted
}

// notListed says what the first list that is missing is waiting for.
func (inf *Informer[T]) notListed(err error) error {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	missing := &NotSyncedError{Resource: inf.resource, Waiting: "the first list", Err: err}
	if inf.life == created {
		missing.Waiting = "the first list (Run has not been called)"
		return missing
	}
	for _, p := range inf.current() {
		if closed(p.synced) {
			continue
		}
		health := p.reflector.Health()
		missing.Waiting, missing.Last = firstListText(health), health.LastError
		if p.name != "" {
			missing.Waiting += " of " + p.name
		}
		break
	}
	return missing
}

// firstListText says how far the first list is.
func firstListText(health reflect.Health) string {
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

func (s *subscriber[T]) behindText() string {
	initial := s.initial.Load()
	if initial < 0 {
		return fmt.Sprintf("handler %q, which has not begun", s.name)
	}
	return fmt.Sprintf("handler %q, which has %d initial adds to go", s.name, initial)
}
