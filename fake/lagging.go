// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"iter"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Compact forgets the history of all resources; see [Source.Compact].
func (s *APIServer) Compact() {
	for _, resource := range s.order {
		// Compact is a method of every Source, and those are all the tables.
		s.tables[resource].(interface{ Compact() }).Compact()
	}
}

// behind returns the view as a replica shows it that has not heard of the last
// writes, as far back as the history goes.
func (v *View[T]) behind(writes int) listwatch.ListWatcher[T] {
	if writes <= 0 {
		return v
	}
	return &lagging[T]{View: v, past: v.source.replica(writes).Within(v.scope)}
}

// lagging serves an older state to who does not insist on the newest, or on a
// certain one. Those it asks the storage for, as a replica does.
type lagging[T Object] struct {
	*View[T]
	past *View[T]
}

// List implements [listwatch.ListWatcher].
func (l *lagging[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	if options.Version == "" || options.Continue != "" || isExact(options) {
		return l.View.List(ctx, options, each)
	}
	return l.past.List(ctx, options, each)
}

// isExact says whether a list is of one version and no other.
func isExact(options listwatch.ListOptions) bool {
	return options.VersionMatch == metav1.ResourceVersionMatchExact ||
		options.VersionMatch == "" && options.Limit > 0 && options.Version != "0"
}

// Watch implements [listwatch.ListWatcher].
func (l *lagging[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	if options.Version == "" {
		return l.View.Watch(ctx, options)
	}
	return l.past.Watch(ctx, options)
}

// replica returns a source of its own, with the state and the history of so many
// writes ago. It costs a walk over all objects, and shares what they are made of.
func (s *Source[T]) replica(writes int) *Source[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	past := *s
	past.mu = newClock()
	past.mu.now = s.history.ago(writes)
	past.history = s.history.until(past.mu)
	past.wake = nil
	past.View = View[T]{source: &past}
	return &past
}

// ago returns the version before the last writes, or the oldest known.
func (h *history[T]) ago(writes int) uint64 {
	if writes > len(h.changes) {
		return h.floor
	}
	return h.changes[len(h.changes)-writes].now.version - 1
}

// until returns the history as it was at the time of clock, which must not be
// below the floor.
func (h *history[T]) until(clock *clock) history[T] {
	past := newHistory[T](h.limit, clock)
	past.floor = h.floor
	newer := func(c change[T]) bool { return c.now.version > clock.now }
	past.changes = slices.DeleteFunc(slices.Clone(h.changes), newer)
	for row := range maps.Values(h.rows) {
		if known := row.until(clock.now); known != nil {
			past.rows[row.key] = known
			past.fresh = append(past.fresh, known)
			if known.at(clock.now) != nil {
				past.live++
			}
		}
	}
	return past
}

// until returns the row as it was at version, nil if there was nothing. The
// revisions are in an array of their own: forgetting one clears its place.
func (r *row[T]) until(version uint64) *row[T] {
	newer := func(revision *revision[T]) bool { return revision.version > version }
	known := slices.DeleteFunc(slices.Clone(r.revisions), newer)
	if len(known) == 0 {
		return nil
	}
	return &row[T]{key: r.key, revisions: known}
}
