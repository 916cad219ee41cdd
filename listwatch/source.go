// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"iter"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// A ListWatcher is a source of one resource type: what there is, and what
// changes after that. [FromClient] and [FromCache] make one of what client-go
// has, [FromFuncs] of two functions; a type of one's own only needs these two
// methods.
//
// Both methods may be called again after they have ended, and by several
// goroutines at once. Objects that a source hands out are no longer changed by
// it.
type ListWatcher[T any] interface {
	// List reads one page of what there is and hands each item to each, in the
	// order of the list, while the page is being read where the source can.
	// It returns when the page is complete or has failed.
	//
	// An item that cannot be used is handed on with an error (usually an
	// [*ItemError]) and as much of its header as is known; the page goes on. One
	// that the reader has already may come with [ErrKnown].
	// The error that List itself returns says that the page as a whole failed.
	List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error)

	// Watch returns the changes after options.Version as a sequence. Nothing
	// is asked of the server before the sequence is read, and breaking out of
	// the loop, or ending ctx, ends the request: there is no Stop.
	//
	// A pair with an [*ItemError], or with [ErrKnown], concerns that item alone and
	// the sequence goes on; any other error is the last pair. A sequence that ends without
	// an error was closed by the server in the ordinary way and can be taken
	// up again at the last version seen.
	Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error]
}

// ListOptions says which page of which state List is to read. What the list is
// confined to (namespace, selectors) is a matter of the source.
type ListOptions struct {
	// Version and VersionMatch are resourceVersion and resourceVersionMatch of
	// the Kubernetes API: "" with no match asks for the newest state, "0" for
	// any state that the server has at hand.
	Version      string
	VersionMatch metav1.ResourceVersionMatch
	// Limit is the most items wanted in one page; zero means all of them.
	// Sources are free to ignore it.
	Limit int64
	// Continue is the token of the page before this one; empty for the first.
	Continue string
	// Known reports whether the reader has an object in that version already. A
	// source that can read the two before it decodes the object asks, and where
	// the answer is yes hands on the header alone, with [ErrKnown]: a list of what
	// is known costs next to nothing then. It must be safe for concurrent use, and
	// must not keep the strings, which are valid during the call only. Nil means
	// that nothing is known. Sources are free to ignore it.
	Known func(key store.Key, version string) bool
}

// Page is what a page of a list says of itself.
type Page struct {
	// Version is the version of the state that was listed; a watch is started
	// with it.
	Version string
	// Continue is the token for the next page; empty if this was the last.
	Continue string
}

// WatchOptions says where a watch starts and what it is to bring.
type WatchOptions struct {
	// Version is the last version seen; the watch brings what came after it.
	Version string
	// Timeout is how long the server is asked to keep the watch open, in whole
	// seconds for most servers; zero leaves it to the server.
	Timeout time.Duration
	// Bookmarks asks for events of type [Bookmark].
	Bookmarks bool
	// InitialEvents asks for a streaming list: what there is as Added events,
	// then a Bookmark with InitialEventsEnd, then the changes (KEP-3157). A
	// source that cannot do so ends the watch with [ErrNoInitialEvents].
	InitialEvents bool
	// Known is for the initial events what it is for a list ([ListOptions]).
	Known func(key store.Key, version string) bool
}

// EventType says what an [Event] reports.
type EventType uint8

const (
	// Added and Modified carry the new state. Which of the two it is, is the
	// server's view; what is an add to a cache, the cache decides.
	Added EventType = iota + 1
	Modified
	// Deleted carries the last state, with the version of the deletion.
	Deleted
	// Left says that the object is no longer part of this source, without
	// having been seen to be deleted: it does not pass a [Filter] any more.
	// Only the header is set.
	Left
	// Bookmark says that everything up to Item.Version has been sent. Only
	// Item.Version is set.
	Bookmark
)

// String returns the name of the constant.
func (t EventType) String() string {
	switch t {
	case Added:
		return "Added"
	case Modified:
		return "Modified"
	case Deleted:
		return "Deleted"
	case Left:
		return "Left"
	case Bookmark:
		return "Bookmark"
	}
	return "EventType(?)"
}

// Event is one change that a watch reports.
type Event[T any] struct {
	Type EventType
	Item store.Item[T]
	// InitialEventsEnd marks the Bookmark that ends the list part of a
	// streaming list.
	InitialEventsEnd bool
}

// Untimed is what a source may implement whose watches do not look at
// [WatchOptions].Timeout. Of such a source silence means nothing, however long:
// there is no telling a quiet one from a dead one. The sources of this package
// pass it on through [Map] and [Filter]; those of [FromFuncs] are untimed.
type Untimed interface {
	// Untimed returns whether that is so.
	Untimed() bool
}

// Described is what a source may implement to say which resource it is of;
// error messages, and NotFound errors of listers, name it. The sources of this
// package pass it on through [Map] and [Filter].
type Described interface {
	// Resource may leave fields empty that it does not know.
	Resource() schema.GroupVersionResource
}
