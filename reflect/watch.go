// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// shortWatch is how long a watch must last, or bring an event, not to count as
// failed.
const shortWatch = time.Second

// streamTries is how often a streaming list is tried before a plain list is.
const maxStreamTries = 3

// A stream is one request to watch, while it is being read.
type stream[T any] struct {
	*Reflector[T]
	initial *store.Batch[T] // of a streaming list, until it is complete
	events  int             // that have come
	began   time.Time
}

// streamList reads what there is as the beginning of a watch, and then watches.
func (r *Reflector[T]) streamList(ctx context.Context) (Phase, error) {
	version := r.listVersion
	if version == "0" {
		version = "" // a streaming list is served from the cache of the server anyway
	}
	s := stream[T]{Reflector: r, initial: new(store.Batch[T]), began: time.Now()}
	failure, err := s.read(ctx, listwatch.WatchOptions{Version: version, InitialEvents: true})
	if err != nil || ctx.Err() != nil {
		return 0, err
	}
	if s.initial == nil {
		return s.next(failure)
	}
	return r.streamFailed(version, failure), nil
}

func (r *Reflector[T]) streamFailed(version string, failure error) Phase {
	switch {
	case errors.Is(failure, listwatch.ErrNoInitialEvents):
		r.streamRefused = true
		return Listing
	case failure == nil:
		failure = errClosedEarly
	case expired(failure) || ahead(failure):
		r.listVersion = ""
	}
	if r.streamTries++; r.streamTries >= maxStreamTries {
		r.streamRefused = true
	}
	return r.failed(version, r.listPhase(), failure)
}

// watch reads changes from the last version on.
func (r *Reflector[T]) watch(ctx context.Context) (Phase, error) {
	s := stream[T]{Reflector: r, began: time.Now()}
	failure, err := s.read(ctx, listwatch.WatchOptions{Version: r.version})
	if err != nil || ctx.Err() != nil {
		return 0, err
	}
	return s.next(failure)
}

// next returns what follows a watch that has ended, with or without a failure.
func (s *stream[T]) next(failure error) (Phase, error) {
	r := s.Reflector
	if failure == nil && s.events == 0 && time.Since(s.began) < shortWatch {
		failure = errClosedAtOnce
	}
	version := r.version
	switch {
	case failure == nil:
		return Watching, nil
	case expired(failure):
		r.listVersion = ""
		if r.fresh { // the list before did not help: do not list in a circle
			return r.failed(version, r.listPhase(), failure), nil
		}
		r.report(version, r.listPhase(), 0, failure)
		return r.listPhase(), nil
	}
	return r.failed(version, Watching, failure), nil
}

// read reads one watch to its end. failure is the source's, err the sink's.
func (s *stream[T]) read(ctx context.Context, options listwatch.WatchOptions) (failure, err error) {
	options.Bookmarks = true
	options.Timeout = s.options.MinWatchTimeout + rand.N(s.options.MinWatchTimeout)
	s.count(func(stats *Stats) { stats.Watches++ })
	for event, failure := range s.source.Watch(ctx, options) {
		if failure != nil {
			if s.leftOut(event, failure) {
				continue
			}
			return failure, nil
		}
		if err := s.take(ctx, event); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// leftOut reports whether a failure concerns one item alone, in which case the
// watch goes on.
func (s *stream[T]) leftOut(event listwatch.Event[T], failure error) bool {
	var item *listwatch.ItemError
	if !errors.As(failure, &item) {
		return false
	}
	if s.initial != nil {
		s.collect(s.initial, event.Item, failure)
		return true
	}
	s.options.OnError(failure)
	s.moveTo(event.Item.Version)
	return true
}

// take passes one event on. It is what every change goes through: no lock, no
// allocation.
func (s *stream[T]) take(ctx context.Context, event listwatch.Event[T]) error {
	if s.initial != nil {
		return s.takeInitial(ctx, event)
	}
	if event.Type != listwatch.Bookmark {
		if err := s.check(event.Item); err != nil {
			s.options.OnError(err)
			s.moveTo(event.Item.Version)
			return nil
		}
	}
	if err := s.sink.Apply(ctx, event); err != nil {
		return err
	}
	s.moveTo(event.Item.Version)
	return nil
}

// takeInitial collects the list part of a streaming list.
func (s *stream[T]) takeInitial(ctx context.Context, event listwatch.Event[T]) error {
	switch {
	case event.Type == listwatch.Deleted || event.Type == listwatch.Left:
		s.initial = without(s.initial, event.Item.Key)
		return nil
	case event.Type != listwatch.Bookmark:
		s.collect(s.initial, event.Item, nil)
		return nil
	case !event.InitialEventsEnd:
		return nil
	}
	if err := s.sink.Replace(ctx, s.initial, event.Item.Version); err != nil {
		return err
	}
	s.initial = nil
	s.listed(event.Item.Version)
	s.phase = Watching
	s.count(func(stats *Stats) { stats.Phase = Watching })
	return nil
}

// without returns the batch less one key. Servers do not send deletions in the
// list part, so copying is good enough.
func without[T any](batch *store.Batch[T], key store.Key) *store.Batch[T] {
	kept := new(store.Batch[T])
	for item := range batch.All() {
		if item.Key != key {
			kept.Append(item)
		}
	}
	return kept
}

// moveTo notes the version that the sink has been told of. Deletions and
// bookmarks have one too. An event without a version leaves it where it is.
func (s *stream[T]) moveTo(version string) {
	s.events++
	if s.events == 1 {
		s.failures, s.fresh = 0, false
	}
	if version != "" {
		s.version, s.listVersion = version, version
	}
}
