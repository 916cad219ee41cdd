// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
)

// maxStreamTries is how often a streaming list is tried before a plain list is.
// A server that ends them early does so each time; one that restarts does so
// once.
const maxStreamTries = 2

// streamList reads what there is as the beginning of a watch, and then watches.
func (r *Reflector[T]) streamList(ctx context.Context) (Phase, error) {
	version := r.listVersion
	if version == "0" && r.options.Consistency != Any {
		version = "" // a streaming list is served from the cache of the server anyway
	}
	s := stream[T]{Reflector: r, initial: r.collect(), asked: version, began: time.Now()}
	failure, err := s.read(ctx, listwatch.WatchOptions{Version: version, InitialEvents: true, Known: r.known()})
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
		failure = errClosedEarly()
	case r.newestInstead(version, failure):
		r.report(version, StreamingList, 0, failure)
		return StreamingList
	case CauseOf(failure).unreachable(): // says nothing about streaming lists
		return r.failed(version, StreamingList, failure)
	}
	if r.streamTries++; r.streamTries < maxStreamTries {
		return r.failed(version, StreamingList, failure)
	}
	// A plain list is another request, so there is nothing to wait for. Who may
	// not watch may be allowed to list; that can change, and is not remembered.
	r.streamRefused = !CauseOf(failure).denied()
	r.report(version, Listing, 0, failure)
	return Listing
}

// takeInitial collects the list part of a streaming list. failure is of the
// source, err of the sink.
func (s *stream[T]) takeInitial(ctx context.Context, event *listwatch.Event[T]) (failure, err error) {
	switch {
	case event.Type == listwatch.Deleted || event.Type == listwatch.Left:
		s.initial.drop(event.Item.Key)
		return nil, nil
	case event.Type != listwatch.Bookmark:
		s.initial.take(event.Item, nil)
		return nil, nil
	case !event.InitialEventsEnd:
		return nil, nil
	}
	version := event.Item.Version
	if failure := s.checkList(s.asked, version); failure != nil {
		return failure, nil
	}
	if err := s.initial.handOver(ctx, version); err != nil {
		return nil, err
	}
	s.initial, s.from = nil, version
	s.enter(Watching)
	return nil, nil
}
