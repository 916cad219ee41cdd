// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/typedinformer/typedinformer/internal/backoff"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

const (
	// shortWatch is how long a watch must last, or get further, not to count as
	// failed.
	shortWatch = time.Second
	// maxWatchAnswers is how often the server may answer a watch with an error
	// before a list takes the place of it. An error that belongs to the version,
	// such as an event that cannot be decoded, would otherwise come for ever.
	maxWatchAnswers = 5
	// calm is how long a list must have lasted for the next one to follow at
	// once. It is the time in which the backoff forgets, so that lists that
	// follow each other are further and further apart.
	calm = backoff.QuietReset
)

// A stream is one request to watch, while it is being read.
type stream[T any] struct {
	*Reflector[T]
	initial *store.Batch[T] // of a streaming list, until it is complete
	from    string          // the version that the changes start from
	changed bool            // something other than a bookmark has come
	began   time.Time
}

// watch reads changes from the last version on.
func (r *Reflector[T]) watch(ctx context.Context) (Phase, error) {
	s := stream[T]{Reflector: r, from: r.version, began: time.Now()}
	failure, err := s.read(ctx, listwatch.WatchOptions{Version: r.version})
	if err != nil || ctx.Err() != nil {
		return 0, err
	}
	return s.next(failure), nil
}

// next returns what follows a watch that has ended, with or without a failure.
func (s *stream[T]) next(failure error) Phase {
	if failure == nil && !s.gotFurther() && time.Since(s.began) < shortWatch {
		failure = errClosedAtOnce
	}
	switch {
	case failure == nil:
		s.recovered()
		return Watching
	case expired(failure):
		return s.relist(failure)
	case answered(failure):
		if s.answers++; s.answers >= maxWatchAnswers {
			return s.failed(s.version, s.listPhase(), failure)
		}
	}
	return s.failed(s.version, Watching, failure)
}

// gotFurther reports whether the watch need not be asked for in the same way
// again. A bookmark alone does not count: a server could send one each time, and
// close, and would be asked without end. Nor does a change without a version,
// since the next watch would bring it again.
func (s *stream[T]) gotFurther() bool { return s.changed && s.version != s.from }

// relist returns the list that follows when the version is no longer kept. If it
// comes soon after the last one, that one was of no use: the next one waits, and
// asks for the newest state.
func (r *Reflector[T]) relist(failure error) Phase {
	if time.Since(r.listedAt) < calm {
		r.listVersion = ""
		return r.failed(r.version, r.listPhase(), failure)
	}
	r.report(r.version, r.listPhase(), 0, failure)
	return r.listPhase()
}

// read reads one watch to its end. failure is the source's, err the sink's.
func (s *stream[T]) read(ctx context.Context, options listwatch.WatchOptions) (failure, err error) {
	options.Bookmarks = true
	options.Timeout = s.options.MinWatchTimeout + rand.N(s.options.MinWatchTimeout)
	s.count(func(stats *Stats) { stats.Watches++ })
	for event, failure := range s.source.Watch(ctx, options) {
		if ctx.Err() != nil { // a source that is busy may notice late
			return nil, nil
		}
		if failure == nil {
			failure = s.check(&event)
		}
		if failure != nil {
			if s.leftOut(&event, failure) {
				continue
			}
			return failure, nil
		}
		if err := s.take(ctx, &event); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// check returns an error for an event that nothing can be done with.
func (s *stream[T]) check(event *listwatch.Event[T]) error {
	switch event.Type {
	case listwatch.Bookmark:
		return nil
	case listwatch.Added, listwatch.Modified, listwatch.Deleted, listwatch.Left:
		return s.checkKey(&event.Item)
	}
	return s.itemError(event.Item, listwatch.StageDecode, fmt.Errorf("event of type %d, which is none of listwatch.EventType", event.Type))
}

// leftOut reports whether a failure concerns one item alone, in which case the
// watch goes on.
func (s *stream[T]) leftOut(event *listwatch.Event[T], failure error) bool {
	var item *listwatch.ItemError
	if !errors.As(failure, &item) {
		return false
	}
	if s.initial != nil {
		s.keep(s.initial, event.Item, failure)
		return true
	}
	s.options.OnError(failure)
	s.moveTo(event.Type, cmp.Or(event.Item.Version, item.Version))
	return true
}

// take passes one event on. It is what every change goes through: no lock, no
// allocation.
func (s *stream[T]) take(ctx context.Context, event *listwatch.Event[T]) error {
	if s.initial != nil {
		return s.takeInitial(ctx, event)
	}
	if err := s.sink.Apply(ctx, *event); err != nil {
		return err
	}
	s.moveTo(event.Type, event.Item.Version)
	return nil
}

// moveTo notes how far the watch has come. Deletions and bookmarks have a
// version too. An event without one leaves it where it is.
func (s *stream[T]) moveTo(kind listwatch.EventType, version string) {
	if !s.changed && kind != listwatch.Bookmark {
		s.changed = true
		s.recovered()
	}
	if version != "" {
		s.version, s.listVersion = version, version
	}
}
