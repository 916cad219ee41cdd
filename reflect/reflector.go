// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/internal/backoff"
	"github.com/typedinformer/typedinformer/internal/stack"
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
	relistCause   Cause         // of the list that comes next, if it is not the first
	failures      int           // in a row
	answers       int           // errors in a row with which the server answered a watch
	streamRefused bool          // the source has no streaming list, or does not get one done
	streamTries   int
	opened        bool // the stream that is read has brought something
	paged         bool // the source has answered version "0" in pages
	unsure        bool // something has come of which nobody knows what it was of
	hasTurn       bool // it holds a part of ListSemaphore

	received atomic.Int64 // items of the list that is being read

	mu      sync.Mutex // guards started, stats and health
	started bool
	stats   Stats
	health  Health
}

// New returns a reflector that reads source into sink.
func New[T any](source listwatch.ListWatcher[T], sink Sink[T], options Options) *Reflector[T] {
	r := &Reflector[T]{
		source:        source,
		sink:          sink,
		options:       options.withDefaults(),
		backoff:       backoff.New(options.Backoff, options.MaxBackoff),
		version:       options.MinVersion,
		listVersion:   options.Consistency.first(options.MinVersion),
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
	stack.Reserve8K()
	if err := r.start(); err != nil {
		return fmt.Errorf("reflect: %s: Run: %w", nameOf(r.options.Resource, r.options.Part), err)
	}
	defer r.enter(Ended)
	r.enter(r.phase)
	for ctx.Err() == nil {
		next, err := r.step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reflect: %s: %v: the sink failed, which ends Run: %w", nameOf(r.options.Resource, r.options.Part), r.phase, err)
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
		return r.inTurn(ctx, r.streamList)
	case Listing:
		return r.inTurn(ctx, r.list)
	case Watching:
		return r.watch(ctx)
	default: // Waiting
		return r.after, backoff.Sleep(ctx, r.wait)
	}
}

func (r *Reflector[T]) enter(phase Phase) {
	r.phase = phase
	r.note(func(stats *Stats, health *Health) {
		stats.Phase, health.Phase, health.PhaseSince = phase, phase, time.Now()
	})
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
	failure := &Failure{
		Resource: r.options.Resource, Part: r.options.Part, Phase: r.phase, Cause: CauseOf(err), Version: version,
		Attempt: r.failures, Next: next, Wait: wait, Err: err,
	}
	typed := r.typed(failure)
	r.note(func(stats *Stats, health *Health) {
		stats.Errors++
		health.Failures = failure.Attempt
		health.LastError, health.LastErrorTime = typed, time.Now()
	})
	r.options.OnError(typed)
}

// typed says by its type at which point a request failed.
func (r *Reflector[T]) typed(failure *Failure) error {
	var own *problem
	switch {
	case failure.Phase == Listing:
		return &ListError{failure}
	case r.opened || errors.As(failure.Err, &own): // what the reflector notices, it notices of a stream
		return &StreamError{failure}
	}
	return &WatchError{failure}
}

// listed notes that a complete list has been handed over.
func (r *Reflector[T]) listed(version string) {
	r.leaveTurn()
	r.moveOn(version)
	r.listedAt, r.streamTries = time.Now(), 0
	r.recovered()
	cause := r.relistCause
	r.relistCause = ""
	r.note(func(stats *Stats, health *Health) {
		stats.Lists++
		health.LastContact = time.Now()
		if stats.Lists == 1 {
			return
		}
		stats.Relists++
		if health.Relists == nil {
			health.Relists = map[Cause]int{}
		}
		health.Relists[cause]++
	})
}

// moveOn notes up to which version the sink has been told.
func (r *Reflector[T]) moveOn(version string) {
	r.version, r.listVersion = version, r.options.Consistency.later(version)
}

// recovered notes that the source has served.
func (r *Reflector[T]) recovered() {
	failures := r.failures
	r.failures, r.answers = 0, 0
	if failures == 0 {
		return
	}
	r.note(func(_ *Stats, health *Health) { health.Failures = 0 })
	r.options.OnRecovery(failures)
}
