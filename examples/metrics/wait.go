// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// What has become of a wait, as the label result says it.
const (
	reached  = "reached"
	timeout  = "timeout"
	canceled = "canceled"
	failed   = "failed"
)

func newWaits() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: prefix + "wait_for_version_seconds",
		Help: "How long it took until a write could be read from the cache, by who waits and by what came of it. " +
			"If it is long, look at the staleness of the cache and the lag of the handler that is waited for.",
		// From a write that comes back at once, to one that nothing but the next
		// bookmark can confirm, which is about every minute.
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120},
	}, []string{"waiter", "result"})
}

// ObserveWait calls wait, which is to wait for a version, and notes how long that
// took. It returns what wait returns.
//
//	err = collector.ObserveWait(ctx, "scale up", func(ctx context.Context) error {
//		return informer.WaitForObject(ctx, pods, created)
//	})
//
// It is for Informer.WaitForVersion and all that is like it, for a handler too.
// An informer does not know what its callers take for one wait; so they say so.
//
// waiter is who waits, and a label: a constant of the program, never the name of
// an object.
func (c *Collector) ObserveWait(ctx context.Context, waiter string, wait func(ctx context.Context) error) error {
	began := time.Now()
	err := wait(ctx)
	c.waits.WithLabelValues(waiter, resultOf(ctx, err)).Observe(time.Since(began).Seconds())
	return err
}

func resultOf(ctx context.Context, err error) string {
	switch {
	case err == nil:
		return reached
	// The error has the cause of the context, which may be of any kind.
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		return timeout
	case errors.Is(err, context.Canceled), ctx.Err() != nil:
		return canceled
	}
	return failed
}
