// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// watcher is one watch while it is read.
type watcher[T Object] struct {
	view    *View[T]
	options listwatch.WatchOptions
	yield   func(listwatch.Event[T], error) bool

	seen      uint64 // the version up to which everything has been sent
	bookmarks uint64 // the Bookmark calls that have been answered
	due       bool   // the period of bookmarks is over
	buffer    [64]change[T]
}

// run reads until the reader leaves or the watch ends, with an error or not.
func (w *watcher[T]) run(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := w.view.validateWatch(w.options); err != nil {
		return err
	}
	timeout, release := deadline(w.options.Timeout)
	defer release()
	period := w.view.source.period
	if !w.options.Bookmarks {
		period = 0
	}
	var tick <-chan time.Time
	if period > 0 {
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		tick = ticker.C
	}

	reading, err := w.begin(ctx)
	for reading && err == nil {
		var count int
		var wake <-chan struct{}
		count, wake, err = w.take()
		if err != nil {
			return err
		}
		if count > 0 {
			reading, err = w.send(ctx, count)
			if reading && err == nil && isOver(timeout) {
				return nil
			}
			continue
		}
		if wake == nil {
			w.due = false
			reading = w.bookmark(false)
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timeout:
			return nil
		case <-wake:
		case <-tick:
			w.due = true
		}
	}
	return err
}

// begin finds where to start, and sends what there is if that is asked for.
func (w *watcher[T]) begin(ctx context.Context) (reading bool, err error) {
	version, err := parseVersion(w.options.Version)
	if err != nil {
		return false, err
	}
	s := w.view.source
	s.mu.Lock()
	newest := s.history.version()
	if w.options.Version != "" {
		newest = s.history.behind(w.view.scope.lag)
	}
	w.bookmarks = s.bookmarks
	if version != 0 && !w.options.InitialEvents {
		oldest := s.history.floor
		s.mu.Unlock()
		if version < oldest {
			return false, expired(version, oldest)
		}
		w.seen = version
		return true, nil
	}
	var initial []*revision[T]
	for _, row := range s.history.ordered() {
		if revision := row.at(newest); revision != nil {
			initial = append(initial, revision)
		}
	}
	s.mu.Unlock()
	if version > newest {
		return false, tooLarge(version, newest)
	}
	for _, revision := range initial {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		if !w.view.matches(revision.item.Object) {
			continue
		}
		if !w.yield(listwatch.Event[T]{Type: listwatch.Added, Item: revision.item}, nil) {
			return false, nil
		}
	}
	w.seen = newest
	return !w.options.InitialEvents || w.bookmark(true), nil
}

// take fetches the next changes into the buffer. If there are none it returns
// the channel that tells of the next one, or nil if a bookmark has to be sent.
func (w *watcher[T]) take() (count int, wake <-chan struct{}, err error) {
	s := w.view.source
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.seen < s.history.lost {
		return 0, nil, expired(w.seen, s.history.floor)
	}
	newest := s.history.behind(w.view.scope.lag)
	if count = s.history.since(w.seen, newest, w.buffer[:]); count > 0 {
		return count, nil, nil
	}
	// There may have been writes to other resources: bookmarks tell of them.
	w.seen = max(w.seen, newest)
	asked := w.options.Bookmarks && w.bookmarks != s.bookmarks
	w.bookmarks = s.bookmarks
	if asked || w.due {
		return 0, nil, nil
	}
	if s.wake == nil {
		s.wake = make(chan struct{})
	}
	return 0, s.wake, nil
}

// send hands on what is in the buffer.
func (w *watcher[T]) send(ctx context.Context, count int) (reading bool, err error) {
	defer clear(w.buffer[:count]) // the buffer is no reason to keep an object
	for _, change := range w.buffer[:count] {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		w.seen = change.now.version
		event, ok := w.view.event(change)
		if ok && !w.yield(event, nil) {
			return false, nil
		}
	}
	return true, nil
}

func (w *watcher[T]) bookmark(initialEventsEnd bool) (reading bool) {
	return w.yield(listwatch.Event[T]{
		Type:             listwatch.Bookmark,
		Item:             store.Item[T]{Version: formatVersion(w.seen)},
		InitialEventsEnd: initialEventsEnd,
	}, nil)
}

// event says what a change is to who sees this view only; false if it is
// nothing.
func (v *View[T]) event(c change[T]) (listwatch.Event[T], bool) {
	matched := c.before != nil && v.matches(c.before.item.Object)
	matches := !c.now.deleted && v.matches(c.now.item.Object)
	switch {
	case matches && matched:
		return listwatch.Event[T]{Type: listwatch.Modified, Item: c.now.item}, true
	case matches:
		return listwatch.Event[T]{Type: listwatch.Added, Item: c.now.item}, true
	case matched && c.now.deleted:
		return listwatch.Event[T]{Type: listwatch.Deleted, Item: c.now.item}, true
	case matched:
		// It has left the view: the last state that matched, with the version
		// of the write. This is the one object that is copied for each reader.
		item := c.before.item
		item.Version = c.now.item.Version
		item.Object = copyOf(item.Object)
		item.Object.SetResourceVersion(item.Version)
		return listwatch.Event[T]{Type: listwatch.Deleted, Item: item}, true
	}
	return listwatch.Event[T]{}, false
}

func isOver(timeout <-chan time.Time) bool {
	select {
	case <-timeout:
		return true
	default:
		return false
	}
}
