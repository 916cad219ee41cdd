// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"log/slog"
	"time"

	"golang.org/x/sync/semaphore"
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
	// Consistency says which state lists ask for. Zero means [NotOlderThan].
	Consistency Consistency
	// MinVersion is the oldest resource version that the first list may have. A
	// program that remembers the last one it has acted on does not go back in
	// time when it starts again and meets a server that lags behind. Empty
	// means any.
	MinVersion string

	// Backoff is the wait before the first retry of a failed list or watch; it
	// doubles up to MaxBackoff, with jitter. Zero means 800 ms.
	Backoff time.Duration
	// MaxBackoff is the longest such wait. Zero means 30 s.
	MaxBackoff time.Duration
	// MinWatchTimeout is the shortest time that the server is asked to keep a
	// watch open; a random one up to twice that is asked for. Zero means 5
	// minutes.
	MinWatchTimeout time.Duration
	// WatchGrace is how long a watch may stay open and silent after the server
	// was to end it, before it is taken for dead. Zero means 30 s, or for ever
	// with a source that is [listwatch.Untimed]; less than zero means for ever.
	WatchGrace time.Duration
	// ListTimeout is how long a list may bring no item and no page before it is
	// given up. Zero means 90 s, less than zero any time.
	ListTimeout time.Duration
	// StreamTimeout is how long a streaming list may bring nothing before its
	// end. Zero means 30 s, less than zero any time.
	StreamTimeout time.Duration

	// ListSemaphore, if it is not nil, bounds the lists under way of all informers
	// that have it: each list, a streaming list and a relist included, takes 1 of
	// it from its request until it is complete or has failed. A [Group] sets it.
	ListSemaphore *semaphore.Weighted

	// QueueLimit bounds the changes that have been received and not yet been
	// applied; the source then waits. Zero means no bound: applying a change
	// takes far less time than decoding it, and no handler can hold it up.
	QueueLimit int

	// HistoryLimit is how many changes are kept for [Informer.Changes] and
	// [Snapshot.Changes]; a bookmark between changes counts as one. Old states are
	// kept with them. Zero means 1,000, and that nothing is kept until one of the
	// two or [Informer.Snapshot] is called for the first time.
	HistoryLimit int
	// DetectMutations makes the informer look for objects that are changed after
	// they have been cached, which nobody may do, and report each to OnError as
	// a [*MutationError]. It looks at each nth object: 1 means all, 0 that it
	// does not look. It is for tests, and for a few processes of many: of each
	// object that it looks at it keeps a copy, which is made while readers wait,
	// and compares the two at every check. The check reads objects in a
	// goroutine of its own: the race detector finds who writes to one meanwhile,
	// and a map that is written to at that moment ends the program, as with any
	// other reader.
	DetectMutations int
	// MutationPeriod is the time between two checks, beside the one of each
	// object when it leaves the cache. Zero means 1 s, as in client-go; less than
	// zero means that only [Informer.CheckMutations] checks and tells.
	MutationPeriod time.Duration

	// OnError is told of everything that goes wrong, from several goroutines at
	// once and with no lock held; it delays the one that calls:
	//
	//   - a list or a watch that failed, also if it is tried again, as a
	//     [*ListError], [*WatchError] or [*StreamError];
	//   - an object that is put into quarantine, as a [*listwatch.ItemError];
	//   - a handler that panicked, as a [*PanicError];
	//   - an object that somebody has changed, as a [*MutationError];
	//   - a handler that was too far behind for its [Disconnect], as a
	//     [*BacklogError];
	//   - an index, with the errors of package index.
	//
	// If it is nil, errors are logged: those of the source and of objects once
	// for each change of state (it fails, it fails in another way, it is well
	// again), the others each.
	OnError func(error)
	// Logger is what errors are logged with if OnError is nil. Nil means
	// [slog.Default]. What is tried again is a warning, an object or an event that
	// is lost an error, and that all is well again an information; nothing is
	// logged while nothing is wrong. Lines name the resource, the [Scope] if that is
	// less than all of it, and the part of a [NameSet].
	//
	// For a program that logs with klog it is
	// slog.New(logr.ToSlogHandler(klog.Background())), and so with any other logger
	// of logr, such as that of controller-runtime.
	Logger *slog.Logger
}
