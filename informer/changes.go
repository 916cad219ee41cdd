// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"fmt"
	"iter"
)

// Change is a step from one state of the cache to the next.
type Change[T any] struct {
	// Part is the namespace or cluster that has changed, of an informer over a
	// [NameSet].
	Part string
	// Version is the resource version that the cache reflects after the step; of
	// the Part, if there is one. It is empty for a view of several resources.
	Version string
	// Events are what has changed: one event for a change that the watch has
	// brought, all that a list has changed, and none for a bookmark. Old and new
	// state are as in a handler's call. The slice is shared: treat it as read-only.
	Events []Event[T]
}

// Changes returns what has changed since a resource version, in order and without
// end: first what is kept of that, then what happens. Each loop begins anew. Who
// remembers the version of the last [Change] that he has dealt with, goes on from
// there later, with nothing lost and nothing told twice:
//
//	for change, err := range inf.Changes(ctx, since) {
//		var gap *informer.GapError
//		if errors.As(err, &gap) {
//			… // take an Informer.Snapshot, and go on with its Changes
//		}
//		…
//		since = change.Version
//	}
//
// A change is a whole step: what a list has changed is one, so that nobody stops
// in the middle of it. since may be any version, also one of a write of one's own
// that has not come yet: then it is waited for, as [Informer.WaitForVersion] does.
//
// [Options].HistoryLimit says how much is kept. The loop reads at its own speed and
// delays nobody, and what it has not read is not kept for it: it ends with a gap if
// it falls behind by more than that, or if a list changes more at once.
//
// The sequence ends without an error when ctx is done. Else its last pair is an
// error alone: a [*GapError], since what lies behind since is not kept any more, or
// was passed over by a list; a [*VersionError]; or [ErrStopped] when the informer
// has stopped and all has been read. For an informer over a [NameSet] and a view
// of several resources it is a VersionError at once, since each name or resource
// has a version of its own there: [Snapshot.Changes] works for those too.
//
// Versions have to be those of an API server, each standing for one state. Of a
// version that does not, the state is told apart by [Snapshot.Changes] alone.
func (inf *Informer[T]) Changes(ctx context.Context, since string) iter.Seq2[Change[T], error] {
	return func(yield func(Change[T], error) bool) {
		begin, err := inf.findChanges(ctx, since)
		switch {
		case err == nil:
			inf.yieldChanges(ctx, begin, yield)
		case ctx.Err() == nil:
			yield(Change[T]{}, err)
		}
	}
}

// findChanges returns where the changes since a version begin.
func (inf *Informer[T]) findChanges(ctx context.Context, since string) (begin place, err error) {
	if inf.severalVersions() {
		return place{}, inf.versionError(nil, goal{version: since}, errSeveralVersions)
	}
	inf.keepHistory()
	if err := inf.WaitForVersion(ctx, since); err != nil {
		return place{}, err
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	begin, ok := inf.history.find(since)
	if !ok {
		return place{}, inf.gap(since)
	}
	return begin, nil
}

// severalVersions reports whether there is no version of all that is cached, but
// one of each name or of each resource that a view is made of.
func (inf *Informer[T]) severalVersions() bool { return inf.territory != nil || len(inf.origins) > 1 }

var errSeveralVersions = errors.New("the informer is over a set of names, or several resources, each with a version of its own; take a Snapshot and go on with its Changes")

// changesAtOnce is how many changes are taken each time that mu is.
const changesAtOnce = 32

// yieldChanges yields what follows a state.
func (inf *Informer[T]) yieldChanges(ctx context.Context, from place, yield func(Change[T], error) bool) {
	room := make([]Change[T], 0, changesAtOnce)
	for ctx.Err() == nil {
		steps, next, more, err := inf.nextChanges(from, room)
		for _, change := range steps {
			if !yield(change, nil) || ctx.Err() != nil {
				return
			}
		}
		if err != nil {
			yield(Change[T]{}, err)
			return
		}
		if from = next; len(steps) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
		case <-inf.ending:
		case <-more:
		}
	}
}

// nextChanges returns some steps that follow a state, and the state that they lead
// to. If there are none yet, more is closed when there are; if there will be none,
// the error says why.
func (inf *Informer[T]) nextChanges(from place, room []Change[T]) (steps []Change[T], to place, more <-chan struct{}, err error) {
	clear(room[:cap(room)]) // do not keep what has been read
	inf.mu.Lock()
	defer inf.mu.Unlock()
	steps, to, ok := inf.history.after(from, room)
	switch {
	case !ok:
		return nil, to, nil, inf.gap(from.version)
	case len(steps) > 0:
		return steps, to, nil, nil
	case inf.life == ended:
		return nil, to, nil, fmt.Errorf("informer: %s: Changes: %w", inf.resource, ErrStopped)
	}
	return nil, to, inf.history.more(), nil
}

// keepHistory makes sure that what happens from now on is kept.
func (inf *Informer[T]) keepHistory() {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if inf.history == nil {
		inf.history = newHistory[T](inf.options.HistoryLimit)
		if closed(inf.synced) {
			inf.beginHistory()
		}
	}
}

// beginHistory begins with the state as it is now, when the informer has synced. mu
// is held.
func (inf *Informer[T]) beginHistory() {
	if inf.history == nil {
		return
	}
	version := ""
	if inf.territory == nil {
		version = inf.parts[0].version
	}
	inf.history.begin(version)
}

// ongoingHistory returns where changes are to be recorded, nil for nowhere. mu is
// held.
func (inf *Informer[T]) ongoingHistory() *history[T] {
	if inf.history == nil || !inf.history.begun() {
		return nil
	}
	return inf.history
}

// A GapError says that changes are missing: the reader takes a new
// [Informer.Snapshot], and goes on with its changes.
type GapError struct {
	Resource string
	Since    string // the version that the reader has; empty where there are several, as over a [NameSet]
	Oldest   string // of the versions that can be gone on from; empty where there are several
}

func (e *GapError) Error() string {
	since, kept := "then", ""
	if e.Oldest != "" {
		since, kept = fmt.Sprintf("version %q", e.Since), fmt.Sprintf(" (what is kept begins at %q)", e.Oldest)
	}
	return fmt.Sprintf("informer: %s: what has changed since %s is not known in full%s; take a Snapshot and go on with its Changes", e.Resource, since, kept)
}

// gap is called with mu held.
func (inf *Informer[T]) gap(since string) error {
	if inf.severalVersions() { // that of one says nothing of another
		return &GapError{Resource: inf.resource}
	}
	return &GapError{Resource: inf.resource, Since: since, Oldest: inf.history.oldest()}
}
