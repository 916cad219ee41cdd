// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Fault is what goes wrong with one call. The zero Fault is none. Faults can be
// combined; those that say nothing about a kind of call have no effect on it.
//
// Where a field is a number, the things meant are counted from 1 within the
// call, and zero means none of them. Objects are the items of a list or, in a
// stream, the events that are no bookmarks; a stream is any watch.
type Fault struct {
	// These happen before anything is served, to calls of all kinds. A write
	// that gets an error is not carried out.

	// Delay is a wait before the call goes on: a slow server.
	Delay time.Duration
	// Compact forgets the history of all resources first: watches from older
	// versions and lists that were begun get "expired" (410).
	Compact bool
	// Refuse refuses the connection: the client cannot reach the server.
	Refuse bool
	// Status answers with an error of this HTTP status, 401, 403, 404, 410,
	// 429, 500, 503 and 504 for some, as a server words it.
	Status int
	// RetryAfter goes with Status and asks the client to wait for that long, in
	// whole seconds, rounded up.
	RetryAfter time.Duration
	// ExpireContinue answers each page but the first with "expired" (410): the
	// client has to begin its list anew.
	ExpireContinue bool

	// These happen to what is served.

	// Behind serves lists and watches from the state of so many writes to the
	// resource ago, as a replica that lags behind: the client sees time go
	// backwards. A call that insists on a newer version gets "too large" (504);
	// one for the newest state (version "", a further page, an exact version) is
	// not affected. The history limits how far back it goes.
	Behind int
	// Silent answers nothing while the connection stays open, until the client
	// gives up: in a stream, not even the timeout that the client asked for
	// ends it.
	Silent bool
	// Truncate cuts the connection in the middle of this object of a list, or
	// of this event of a stream (bookmarks count here): the client gets half of
	// it.
	Truncate int
	// Broken makes this object undecodable; its name and version can still be
	// read.
	Broken int
	// WrongKind makes this object one of another kind.
	WrongKind int
	// EndlessContinue hands out a continue token with the last page too: the
	// list has no end.
	EndlessContinue bool

	// These happen to streams alone. Where a stream is dropped, it ends without
	// a word, as with a proxy that closes connections.

	// DropAtOnce drops the stream before anything was sent.
	DropAtOnce bool
	// DropAfterEvents drops the stream after so many events, bookmarks included.
	DropAfterEvents int
	// DropAfter drops the stream after that time.
	DropAfter time.Duration
	// SilentAfterEvents sends so many events, bookmarks included, and then
	// behaves as with Silent: a connection that has died unnoticed.
	SilentAfterEvents int
	// NoInitialEventsEnd leaves out the bookmark that ends the list part of a
	// streaming list, and goes on: the client never knows that it has it all.
	NoInitialEventsEnd bool
	// DropAtInitialEventsEnd drops the stream in place of that bookmark.
	DropAtInitialEventsEnd bool
	// Duplicate sends this object twice.
	Duplicate int
	// OldVersion sends, after this object, the first one of the stream again,
	// so that the versions go back; from the second object on this makes a
	// difference.
	OldVersion int
}

// refusal is the error in place of an answer to request, nil if there is none.
func (f *Fault) refusal(request *Request) error {
	switch {
	case f.Refuse:
		return &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case f.ExpireContinue && request.Continue != "":
		return apierrors.NewResourceExpired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.")
	case f.Status != 0:
		return f.status(request)
	}
	return nil
}

// status is the answer of a server that refuses a request.
func (f *Fault) status(request *Request) *apierrors.StatusError {
	err := apierrors.NewGenericServerResponse(f.Status, request.Verb, request.Resource.GroupResource(), request.Name, "the script says so", 0, false)
	if f.Status == http.StatusGone { // the one code in use that the function does not know
		err = apierrors.NewResourceExpired("too old resource version")
	}
	if f.RetryAfter > 0 {
		if err.ErrStatus.Details == nil {
			err.ErrStatus.Details = &metav1.StatusDetails{}
		}
		err.ErrStatus.Details.RetryAfterSeconds = int32((f.RetryAfter + time.Second - 1) / time.Second)
	}
	return err
}

// endOfList is behind every key that an object can have.
var endOfList = store.Key{Namespace: "~", Name: "~"}

// continueAfter returns the continue token that goes out with a page.
func (f *Fault) continueAfter(page listwatch.Page) string {
	if !f.EndlessContinue || page.Continue != "" {
		return page.Continue
	}
	version, _ := parseVersion(page.Version) // that of a page is always a number
	return token{Version: version, After: endOfList}.String()
}
