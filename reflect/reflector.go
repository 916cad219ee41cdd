// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/internal/backoff"
	"github.com/typedinformer/typedinformer/listwatch"
)

// Reflector reads a source into a sink. Make one with [New] and call
// [Reflector.Run] once.
type Reflector[T any] struct {
	source  listwatch.ListWatcher[T]
	sink    Sink[T]
	options Options
	backoff *backoff.Backoff

	// What follows is the state of the machine; it belongs to Run.
	phase         Phase
	after         Phase         // what Waiting leads to
	wait          time.Duration // how long Waiting takes
	version       string        // up to which the sink has been told
	listVersion   string        // to ask the next list for
	listedAt      time.Time     // when the last list was complete
	failures      int           // in a row
	answers       int           // errors in a row with which the server answered a watch
	streamRefused bool          // the source has no streaming list, or does not get one done
	streamTries   int
	paged         bool // the source has answered version "0" in pages

	mu      sync.Mutex // guards started and stats
	started bool
	stats   Stats
}

// Stats count what a [Reflector] has asked of its source.
type Stats struct {
	Phase   Phase
	Lists   int // complete lists, streaming or paged
	Relists int // those after the first
	Watches int // requests to watch, streaming lists included
	Errors  int // failures of a list or a watch
}

// New returns a reflector that reads source into sink.
func New[T any](source listwatch.ListWatcher[T], sink Sink[T], options Options) *Reflector[T] {
	r := &Reflector[T]{
		source:        source,
		sink:          sink,
		options:       options.withDefaults(),
		backoff:       backoff.New(options.Backoff, options.MaxBackoff),
		listVersion:   "0",
		streamRefused: options.NoStreamingList,
	}
	r.enter(r.listPhase())
	return r
}

// Run lists and watches until ctx is done, and returns nil then. Whatever the
// source does, it goes on; only an error of the sink ends it, and is returned
// wrapped. A second call, and one without a source or a sink, returns an error
// and does nothing.
func (r *Reflector[T]) Run(ctx context.Context) error {
	if err := r.start(); err != nil {
		return fmt.Errorf("reflect: %s: Run: %w", nameOf(r.options.Resource), err)
	}
	defer r.enter(Ended)
	for ctx.Err() == nil {
		next, err := r.step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reflect: %s: %v: the sink failed, which ends Run: %w", nameOf(r.options.Resource), r.phase, err)
		}
		r.enter(next)
	}
	return nil
}

func (r *Reflector[T]) start() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.source == nil:
		return errors.New("the source is nil; give New one such as listwatch.FromClient returns")
	case r.sink == nil:
		return errors.New("the sink is nil; give New a Sink")
	case r.started:
		return errors.New("it has been called before; make a new Reflector")
	}
	r.started = true
	return nil
}

// step performs the current phase and returns the next one. Its error is the
// sink's, or means nothing because ctx is done.
func (r *Reflector[T]) step(ctx context.Context) (Phase, error) {
	switch r.phase {
	case StreamingList:
		return r.streamList(ctx)
	case Listing:
		return r.list(ctx)
	case Watching:
		return r.watch(ctx)
	default: // Waiting
		return r.after, backoff.Sleep(ctx, r.wait)
	}
}

func (r *Reflector[T]) enter(phase Phase) {
	r.phase = phase
	r.count(func(stats *Stats) { stats.Phase = phase })
}

// listPhase returns the phase that begins anew.
func (r *Reflector[T]) listPhase() Phase {
	if r.streamRefused {
		return Listing
	}
	return StreamingList
}

// failed reports a failure and returns the phase that waits before next. A
// server that says when to come back is heard.
func (r *Reflector[T]) failed(version string, next Phase, err error) Phase {
	r.wait, r.after = r.backoff.Next(), next
	if seconds, told := apierrors.SuggestsClientDelay(err); told {
		r.wait = max(r.wait, time.Duration(seconds)*time.Second)
	}
	r.report(version, next, r.wait, err)
	return Waiting
}

func (r *Reflector[T]) report(version string, next Phase, wait time.Duration, err error) {
	r.failures++
	r.count(func(stats *Stats) { stats.Errors++ })
	r.options.OnError(&Error{
		Resource: r.options.Resource, Phase: r.phase, Version: version,
		Attempt: r.failures, Next: next, Wait: wait, Err: err,
	})
}

// listed notes that a complete list has been handed over.
func (r *Reflector[T]) listed(version string) {
	r.version, r.listVersion = version, version
	r.listedAt, r.streamTries = time.Now(), 0
	r.recovered()
	r.count(func(stats *Stats) {
		if stats.Lists++; stats.Lists > 1 {
			stats.Relists++
		}
	})
}

// recovered notes that the source has served.
func (r *Reflector[T]) recovered() { r.failures, r.answers = 0, 0 }

// Stats returns the counts as they are now. Safe for concurrent use.
func (r *Reflector[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

func (r *Reflector[T]) count(change func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.stats)
}
