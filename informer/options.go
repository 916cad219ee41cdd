// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"log/slog"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Options are the options of an [Informer]. The zero value works.
type Options struct {
	// Resource is named in errors, and by the NotFound errors of the lister.
	// The default is what the source says of itself; see
	// [listwatch.Described]. Failing that, it is the name of the type T.
	Resource schema.GroupVersionResource

	// PageSize is how many items a page of a list is to have. Zero means 500,
	// as in client-go.
	PageSize int64
	// NoStreamingList makes the informer start with a paged list, also where
	// the source offers a streaming one.
	NoStreamingList bool
	// Backoff is the wait before the first retry of a failed list or watch; it
	// doubles up to MaxBackoff, with jitter. Zero means 800 ms.
	Backoff time.Duration
	// MaxBackoff is the longest such wait. Zero means 30 s.
	MaxBackoff time.Duration

	// QueueLimit bounds the changes that have been received and not yet been
	// applied; the source then waits. Zero means no bound: applying a change
	// takes far less time than decoding it, and no handler can hold it up.
	QueueLimit int

	// OnError is told of everything that goes wrong: a list or watch that
	// failed, also if it is tried again, as a [*SourceError]; an item that is
	// left out, as a [*listwatch.ItemError]; a handler that panicked, as a
	// [*PanicError]; an index, with the errors of package index. It is called
	// from several goroutines at once, with no lock held, and delays the one
	// that calls. If it is nil, errors are logged.
	OnError func(error)
	// Logger is what errors are logged with if OnError is nil. Nil means
	// [slog.Default].
	Logger *slog.Logger
}
