// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// names returns what is in the set now, nil if there is none.
func (inf *Informer[T]) names() []string {
	if inf.territory == nil || inf.territory.set == nil {
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

// notSynced says what the first list that is missing is waiting for.
func (inf *Informer[T]) notSynced(err error) error {
	missing := inf.missing(err)
	if missing.Resource != inf.resource {
		missing.Waiting += " of " + missing.Resource + ", which it is made of"
		missing.Resource = inf.resource
	}
	return missing
}

// missing is notSynced in the name of what has a list: a view has none.
func (inf *Informer[T]) missing(err error) *NotSyncedError {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	missing := &NotSyncedError{Resource: inf.resource, Waiting: "the first list", Err: err}
	if inf.life == created {
		missing.Waiting = "the first list (Run has not been called)"
		return missing
	}
	if inf.view != nil {
		return inf.view.notSynced(missing)
	}
	for _, p := range inf.current() {
		if closed(p.synced) {
			continue
		}
		health := p.feed.Health()
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
