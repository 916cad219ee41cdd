// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/reflect"
)

// A feed brings what a part consists of: a reflector, which reads a source, or the
// inputs of a view.
type feed interface {
	// Run brings the state and then its changes until ctx is done.
	Run(ctx context.Context) error
	// Health and Stats may be called at any time, with informer.mu held.
	Health() reflect.Health
	Stats() reflect.Stats
}

// A part is what an informer reads of one source: all of the resource for most,
// one namespace or one cluster for those over a [NameSet]. Each has lists,
// watches and versions of its own.
type part[T any] struct {
	name   string // empty for all of the resource
	number int32  // in deltas
	feed   feed
	synced chan struct{} // closed when its first list has been applied

	// What follows is made by start, for the part of a name in a set.
	dismiss   func()        // ends it when its name has left the set
	dismissed chan struct{} // closed by dismiss
	done      chan struct{} // closed when nothing more comes of it

	// What follows is guarded by informer.mu.
	version string
	contact time.Time // when something of it was applied last
	awaited milestones[string]
}

// barePart returns a part without a feed.
func barePart[T any](name string, number int32) *part[T] {
	return &part[T]{
		name: name, number: number,
		synced:  make(chan struct{}),
		awaited: milestones[string]{compare: orderVersions},
	}
}

func (inf *Informer[T]) newPart(name string, number int32, source listwatch.ListWatcher[T]) *part[T] {
	p := barePart[T](name, number)
	p.feed = inf.newFeed(name, number, source)
	return p
}

// newFeed returns what reads the source of a part.
func (inf *Informer[T]) newFeed(name string, number int32, source listwatch.ListWatcher[T]) feed {
	options := inf.options
	if untimed, ok := source.(listwatch.Untimed); ok && untimed.Untimed() && options.WatchGrace == 0 {
		options.WatchGrace = -1
	}
	if source != nil && inf.transform != nil {
		source = listwatch.Map(source, inf.transform)
	}
	if inf.territory != nil && source != nil {
		source = inf.territory.confine(name, source)
	}
	return reflect.New(source, reflect.Sink[T](sink[T]{inf, number}), reflect.Options{
		Resource:        inf.gvr,
		Part:            name,
		PageSize:        options.PageSize,
		NoStreamingList: options.NoStreamingList,
		Consistency:     options.Consistency,
		MinVersion:      options.MinVersion,
		Backoff:         options.Backoff,
		MaxBackoff:      options.MaxBackoff,
		MinWatchTimeout: options.MinWatchTimeout,
		WatchGrace:      options.WatchGrace,
		ListTimeout:     options.ListTimeout,
		StreamTimeout:   options.StreamTimeout,
		ListSemaphore:   options.ListSemaphore,
		OnError:         inf.report,
		OnRecovery:      func(failures int) { inf.journal.recovered(name, failures) },
	})
}

// start reads the part in a goroutine of the group until ctx is done or dismiss is
// called. In that case it tells the loop to drop what there is of it. before is
// the part that had the name last, nil if none had: two of a name would mix their
// changes. informer.mu is held.
func (p *part[T]) start(ctx context.Context, inf *Informer[T], before *part[T]) {
	reading, cancel := context.WithCancel(ctx)
	p.dismissed, p.done = make(chan struct{}), make(chan struct{})
	p.dismiss = func() {
		close(p.dismissed)
		cancel()
	}
	inf.owned.Go(func() error {
		defer cancel()
		defer close(p.done)
		if before != nil {
			<-before.done // it was dismissed, and waits for nothing
		}
		if err := p.feed.Run(reading); err != nil || ctx.Err() != nil {
			return inf.failed(err)
		}
		err := inf.queue.Push(ctx, queue.Delta[T]{Type: queue.Replaced, Part: p.number})
		if ctx.Err() != nil {
			return nil // the informer has ended meanwhile
		}
		return inf.failed(err)
	})
}
