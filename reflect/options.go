// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

const defaultPageSize = 500

// Options are the options of a [Reflector]. The zero value works.
type Options struct {
	// Resource is named in errors.
	Resource schema.GroupVersionResource
	// PageSize is how many items a page of a list is to have. Zero means 500,
	// as in client-go (pager.go), and one page for a relist that the server can
	// answer from its cache, which it does not do in pages.
	PageSize int64
	// NoStreamingList starts with a paged list also where the source offers a
	// streaming one.
	NoStreamingList bool
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
	// OnError is told of each failed list or watch as an [*Error], and of each
	// item that is left out as a [*listwatch.ItemError]. It is called from Run's
	// goroutine, which waits for it. A source that has no streaming list is no
	// failure. Nil ignores errors.
	OnError func(error)
}

func (o Options) withDefaults() Options {
	if o.MinWatchTimeout <= 0 {
		o.MinWatchTimeout = 5 * time.Minute
	}
	if o.OnError == nil {
		o.OnError = func(error) {}
	}
	return o
}
