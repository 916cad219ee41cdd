// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"cmp"
	"time"

	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const defaultPageSize = 500

// Options are the options of a [Reflector]. The zero value works.
type Options struct {
	// Resource is named in errors.
	Resource schema.GroupVersionResource
	// Part names the part of the resource that the source is of, such as a
	// namespace; it is named in errors. Empty means all of it.
	Part string
	// PageSize is how many items a page of a list is to have. Zero means 500,
	// as in client-go (pager.go), and one page for a relist that the server can
	// answer from its cache, which it does not do in pages.
	PageSize int64
	// NoStreamingList starts with a paged list also where the source offers a
	// streaming one.
	NoStreamingList bool
	// Consistency says which state lists ask for. Zero means NotOlderThan.
	Consistency Consistency
	// MinVersion is the oldest version that the first list may have: a program
	// that remembers the last version it has acted on does not go back in time
	// when it starts again at a server that lags behind. Empty means any.
	MinVersion string
	// Backoff is the wait before the first retry; it doubles up to MaxBackoff,
	// and up to as much again is added at random. Zero means 800 ms, as in
	// client-go (reflector.go).
	Backoff time.Duration
	// MaxBackoff is the longest wait before the random part. Zero means 30 s,
	// as in client-go.
	MaxBackoff time.Duration
	// MinWatchTimeout is the shortest time that the server is asked to keep a
	// watch open; a random one up to twice that is asked for, so that many
	// watches do not end together. Zero means 5 minutes, as in client-go.
	MinWatchTimeout time.Duration
	// WatchGrace is how long a watch may stay open and silent after the time at
	// which the server was to end it; it is then taken for dead and asked for
	// again. Zero means 30 s, less than zero never.
	WatchGrace time.Duration
	// ListTimeout is how long a list may bring no item and no page. Zero means
	// 90 s, since an API server gives up after 60 (--request-timeout); less than
	// zero means any time.
	ListTimeout time.Duration
	// StreamTimeout is how long a streaming list may bring nothing before its
	// end. Zero means 30 s, less than zero any time.
	StreamTimeout time.Duration
	// ListSemaphore, if it is not nil, bounds the lists under way of all who share
	// it: each list, a streaming list and a relist included, takes 1 of it from
	// its request until it is complete or has failed. Waiting for it is no
	// silence of the source.
	ListSemaphore *semaphore.Weighted
	// OnError is told of each failed list or watch as a [*ListError],
	// [*WatchError] or [*StreamError], and of each item that is left out as a
	// [*listwatch.ItemError]. It is called from Run's goroutine, which waits for
	// it. A source that has no streaming list is no failure. Nil ignores errors.
	OnError func(error)
	// OnRecovery is told when the source serves again after that many failures
	// in a row. It is called like OnError. Nil ignores it.
	OnRecovery func(failures int)
}

func (o Options) withDefaults() Options {
	if o.MinWatchTimeout <= 0 {
		o.MinWatchTimeout = 5 * time.Minute
	}
	o.WatchGrace = cmp.Or(o.WatchGrace, 30*time.Second)
	o.ListTimeout = cmp.Or(o.ListTimeout, 90*time.Second)
	o.StreamTimeout = cmp.Or(o.StreamTimeout, 30*time.Second)
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	if o.OnRecovery == nil {
		o.OnRecovery = func(int) {}
	}
	return o
}
