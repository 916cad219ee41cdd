// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
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
	failures      int           // in a row
	streamRefused bool          // the source has no streaming list, or does not get one done
	streamTries   int
	fresh         bool // nothing has come on the watch since the last list

	mu    sync.Mutex // guards stats
	stats Stats
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
// source does, it goes on; only an error of the sink ends it, and is returned.
func (r *Reflector[T]) Run(ctx context.Context) error {
	defer r.enter(Ended)
	for ctx.Err() == nil {
		next, err := r.step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		r.enter(next)
	}
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
	r.failures, r.streamTries, r.fresh = 0, 0, true
	r.count(func(stats *Stats) {
		if stats.Lists++; stats.Lists > 1 {
			stats.Relists++
		}
	})
}

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
