// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// maxStreamTries is how often a streaming list is tried before a plain list is.
const maxStreamTries = 3

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
		return s.next(failure), nil
	}
	return r.streamFailed(version, failure), nil
}

// streamFailed returns what follows a streaming list that did not get to its end.
func (r *Reflector[T]) streamFailed(version string, failure error) Phase {
	switch {
	case errors.Is(failure, listwatch.ErrNoInitialEvents):
		r.streamRefused = true
		return Listing
	case failure == nil:
		failure = errClosedEarly
	case r.newestInstead(version, failure):
		r.report(version, StreamingList, 0, failure)
		return StreamingList
	case unreachable(failure): // says nothing about streaming lists
		return r.failed(version, StreamingList, failure)
	}
	r.streamTries++
	r.streamRefused = r.streamTries >= maxStreamTries
	return r.failed(version, r.listPhase(), failure)
}

// takeInitial collects the list part of a streaming list.
func (s *stream[T]) takeInitial(ctx context.Context, event *listwatch.Event[T]) error {
	switch {
	case event.Type == listwatch.Deleted || event.Type == listwatch.Left:
		s.initial = without(s.initial, event.Item.Key)
		return nil
	case event.Type != listwatch.Bookmark:
		s.add(s.initial, event.Item)
		return nil
	case !event.InitialEventsEnd:
		return nil
	}
	if err := s.sink.Replace(ctx, s.initial, event.Item.Version); err != nil {
		return err
	}
	s.initial, s.from = nil, event.Item.Version
	s.listed(event.Item.Version)
	s.enter(Watching)
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
