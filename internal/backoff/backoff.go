// SPDX-License-Identifier: Apache-2.0

// Package backoff says how long to wait before trying again.
package backoff

import (
	"context"
	"math"
	"math/rand/v2"
	"time"
)

// Defaults, which are those of client-go's reflector (reflector.go), except that
// there they hold for one of its loops only.
const (
	DefaultFirst = 800 * time.Millisecond
	DefaultMax   = 30 * time.Second
	// QuietReset is how long nothing must have failed for the next wait to be
	// the first one again.
	QuietReset = 2 * time.Minute
	// Jitter is how much longer than its nominal length a wait may be, as a
	// part of it. It keeps many clients that failed together apart.
	Jitter = 1.0
)

// Backoff is a wait that doubles. It belongs to one goroutine.
type Backoff struct {
	first, max time.Duration
	next       time.Duration // nominal
	failed     time.Time     // when the last wait was over
}

// New returns a Backoff; zero durations stand for the defaults.
func New(first, longest time.Duration) *Backoff {
	if first <= 0 {
		first = DefaultFirst
	}
	if longest <= 0 {
		longest = DefaultMax
	}
	return &Backoff{first: first, max: max(first, longest)}
}

// Next returns the time to wait now, counting as a failure: between its nominal
// length and twice that. The nominal length doubles each time up to the longest,
// and starts over after [QuietReset] without a failure.
func (b *Backoff) Next() time.Duration {
	now := time.Now()
	if b.next == 0 || now.Sub(b.failed) >= QuietReset {
		b.next = b.first
	}
	nominal := b.next
	b.next = nominal + min(nominal, b.max-nominal) // the double, or max; twice nominal may be too large for a Duration
	longer := time.Duration(rand.Float64() * Jitter * float64(nominal))
	wait := nominal + min(longer, math.MaxInt64-nominal)
	b.failed = now.Add(wait)
	return wait
}

// Sleep waits for d, or until ctx is done. It returns the cause of ctx, if that
// is done by then, and so never nil after it ended.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
	return context.Cause(ctx)
}
