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
	// maxWatchAnswers is how often a watch may come to the same bad end before a
	// list takes the place of it. An error that belongs to the version, such as an
	// event that cannot be decoded, would otherwise come for ever; and behind a
	// proxy that cuts each watch nothing new would ever be seen.
	maxWatchAnswers = 5
	// calm is how long a list must have lasted for the next one to follow at
	// once. It is the time in which the backoff forgets, so that lists that
	// follow each other are further and further apart.
	calm = backoff.QuietReset
)

// A stream is one request to watch, while it is being read.
type stream[T any] struct {
	*Reflector[T]
	initial *collection[T] // of a streaming list, until it is complete
	asked   string         // the version in the request
	from    string         // the version that the changes start from
	changed bool           // something other than a bookmark has come
	served  bool           // it counts as a success
	began   time.Time
}

// watch reads changes from the last version on.
func (r *Reflector[T]) watch(ctx context.Context) (Phase, error) {
	s := stream[T]{Reflector: r, asked: r.version, from: r.version, began: time.Now()}
	failure, err := s.read(ctx, listwatch.WatchOptions{Version: r.version})
	if err != nil || ctx.Err() != nil {
		return 0, err
	}
	return s.next(failure), nil
}

// next returns what follows a watch that has ended, with or without a failure.
func (s *stream[T]) next(failure error) Phase {
	if failure == nil && !s.gotFurther() && time.Since(s.began) < shortWatch {
		failure = errClosedAtOnce()
	}
	after := s.afterWatch()
	if failure == nil {
		s.recovered()
		return after
	}
	cause := CauseOf(failure)
	switch {
	case cause == CauseExpired || cause == CauseWentBack:
		return s.relist(cause, failure)
	case cause.answered():
		if s.answers++; s.answers >= maxWatchAnswers {
			s.relistCause = cause
			return s.failed(s.version, s.listPhase(), failure)
		}
	}
	return s.failed(s.version, after, failure)
}

// afterWatch returns the phase after a watch that can be resumed. If something
// has come that has no name, any object may be out of date, and only a list can
// tell. Waiting for the end of the watch, which is a matter of minutes, keeps one
// such object from causing list after list.
func (r *Reflector[T]) afterWatch() Phase {
	if !r.unsure {
		return Watching
	}
	r.relistCause = CauseUnnamed
	return r.listPhase()
}

// gotFurther reports whether the watch need not be asked for in the same way
// again. A bookmark alone does not count: a server could send one each time, and
// close, and would be asked without end. Nor does a change without a version,
// since the next watch would bring it again.
func (s *stream[T]) gotFurther() bool { return s.changed && s.version != s.from }

// relist returns the list that follows when the watch cannot be resumed. If it
// comes soon after the last one, that one was of no use: the next one waits, and
// asks for the newest state.
func (r *Reflector[T]) relist(cause Cause, failure error) Phase {
	r.relistCause = cause
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
	s.note(func(stats *Stats, _ *Health) { stats.Watches++ })
	s.opened = false

	requested, dog := s.watchOver(ctx, options)
	defer dog.release()
	for event, failure := range s.source.Watch(requested, options) {
		if ctx.Err() != nil { // a source that is busy may notice late
			return nil, nil
		}
		dog.alive()
		listing := s.initial != nil
		if failure, err := s.handle(ctx, &event, failure); failure != nil || err != nil {
			return cmp.Or(silence(requested), failure), err
		}
		if listing && s.initial == nil {
			dog.expect(s.began.Add(options.Timeout), s.options.WatchGrace)
		}
	}
	return silence(requested), nil
}

// watchOver gives the request a watchdog: while there are initial events to come
// they have to keep coming; after that a watch may be quiet until the server is
// to end it.
func (s *stream[T]) watchOver(ctx context.Context, options listwatch.WatchOptions) (context.Context, *watchdog) {
	if s.initial != nil {
		return watchOver(ctx, s.began, s.options.StreamTimeout)
	}
	return watchOver(ctx, s.began.Add(options.Timeout), s.options.WatchGrace)
}

// handle deals with one pair of the sequence. failure is not nil if the watch
// cannot go on, err is the sink's.
func (s *stream[T]) handle(ctx context.Context, event *listwatch.Event[T], given error) (failure, err error) {
	if given == nil || given == listwatch.ErrKnown {
		if !s.opened {
			s.opened = true
			s.contact()
		}
		given = cmp.Or(s.check(event), given)
	}
	switch {
	case given == nil:
		return s.take(ctx, event)
	case given == listwatch.ErrKnown && s.initial != nil:
		s.initial.take(event.Item, given)
		return nil, nil
	case given == listwatch.ErrKnown:
		s.moveTo(event.Type, event.Item.Version) // what is cached is that state
		return nil, nil
	}
	var item *listwatch.ItemError
	if !errors.As(given, &item) {
		return given, nil
	}
	return nil, s.leaveOut(ctx, event, given)
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

// leaveOut deals with a failure that concerns one item alone: the watch goes on.
func (s *stream[T]) leaveOut(ctx context.Context, event *listwatch.Event[T], given error) error {
	failure := s.asItemError(event.Item, given)
	s.options.OnError(failure)
	gone := event.Type == listwatch.Deleted || event.Type == listwatch.Left
	switch {
	case s.initial != nil && gone:
		s.initial.drop(failure.Key)
		return nil
	case s.initial != nil:
		s.initial.keep(failure)
		return nil
	}
	if older(failure.Version, s.version) {
		return nil // the cache is past that already
	}
	if err := s.passOn(ctx, gone, failure); err != nil {
		return err
	}
	s.moveTo(event.Type, failure.Version)
	return nil
}

// passOn tells the sink of a state that cannot be used. An object that is gone is
// gone, in whatever state it was last.
func (s *stream[T]) passOn(ctx context.Context, gone bool, failure *listwatch.ItemError) error {
	if gone && failure.Key != (store.Key{}) {
		header := store.Item[T]{Key: failure.Key, Version: failure.Version}
		return s.sink.Apply(ctx, listwatch.Event[T]{Type: listwatch.Left, Item: header})
	}
	s.unsure = s.unsure || failure.Key == (store.Key{})
	return s.sink.Quarantine(ctx, failure)
}

// take passes one event on. It is what every change goes through: no lock, no
// allocation.
func (s *stream[T]) take(ctx context.Context, event *listwatch.Event[T]) (failure, err error) {
	if s.initial != nil {
		return s.takeInitial(ctx, event)
	}
	if older(event.Item.Version, s.version) {
		return errWentBack(s.version, event.Item.Version), nil
	}
	if err := s.sink.Apply(ctx, *event); err != nil {
		return nil, err
	}
	s.moveTo(event.Type, event.Item.Version)
	return nil, nil
}

// serves reports whether an event shows that the watch has not failed: any change
// does, a bookmark if the watch has lasted for a while.
func (s *stream[T]) serves(kind listwatch.EventType) bool {
	return kind != listwatch.Bookmark || time.Since(s.began) >= shortWatch
}

// moveTo notes how far the watch has come. Deletions and bookmarks have a
// version too. An event without one leaves it where it is.
func (s *stream[T]) moveTo(kind listwatch.EventType, version string) {
	if !s.served && s.serves(kind) {
		s.served = true
		s.recovered()
	}
	s.changed = s.changed || kind != listwatch.Bookmark
	if version != "" {
		s.moveOn(version)
	}
}
