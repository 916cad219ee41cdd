// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"errors"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Cause is a failure in a word: what relists are counted by, and what tells one
// failure from another where their texts differ from try to try.
type Cause string

const (
	// CauseExpired: the version asked for is no longer kept (410).
	CauseExpired Cause = "expired"
	// CauseTooLarge: the server has not reached the version asked for.
	CauseTooLarge Cause = "version too large"
	// CauseBehind: a list showed an older state than one that was seen before.
	CauseBehind Cause = "behind"
	// CauseWentBack: a watch brought a version older than the one before it.
	CauseWentBack Cause = "went back"
	// CauseUnnamed: an object came whose name cannot be read, so any that is known
	// may be out of date.
	CauseUnnamed Cause = "unnamed object"
	// CauseClosed: a watch ended before it brought anything, or a streaming list
	// before its end.
	CauseClosed Cause = "closed early"
	// CauseSilent: an open request brought nothing for too long.
	CauseSilent Cause = "silent"
	// CauseRefused: nobody takes the connection.
	CauseRefused Cause = "refused"
	// CauseThrottled: there are too many requests (429).
	CauseThrottled Cause = "throttled"
	// CauseUnavailable: the server does not serve anybody now (503).
	CauseUnavailable Cause = "unavailable"
	// CauseUnauthorized: the server does not know who asks (401).
	CauseUnauthorized Cause = "unauthorized"
	// CauseForbidden: who asks may not (403).
	CauseForbidden Cause = "forbidden"
	// CauseNotFound: the server has no such resource (404).
	CauseNotFound Cause = "not found"
	// CauseServer: the server answered with another error.
	CauseServer Cause = "server error"
	// CauseOther is everything else, such as a broken connection.
	CauseOther Cause = "other"
)

// CauseOf finds the cause of an error that a source returned.
func CauseOf(err error) Cause {
	var own *problem
	if errors.As(err, &own) {
		return own.cause
	}
	switch {
	case expired(err):
		return CauseExpired
	case ahead(err):
		return CauseTooLarge
	case errors.Is(err, syscall.ECONNREFUSED):
		return CauseRefused
	}
	return causeOfStatus(err)
}

func causeOfStatus(err error) Cause {
	switch {
	case apierrors.IsTooManyRequests(err):
		return CauseThrottled
	case apierrors.IsServiceUnavailable(err):
		return CauseUnavailable
	case apierrors.IsUnauthorized(err):
		return CauseUnauthorized
	case apierrors.IsForbidden(err):
		return CauseForbidden
	case apierrors.IsNotFound(err), meta.IsNoMatchError(err):
		return CauseNotFound
	}
	if status := apierrors.APIStatus(nil); errors.As(err, &status) {
		return CauseServer
	}
	return CauseOther
}

// unreachable reports whether nothing can be concluded from a failure but that
// the server does not serve anybody now.
func (c Cause) unreachable() bool {
	return c == CauseRefused || c == CauseThrottled || c == CauseUnavailable
}

// answered reports whether a failure is what becomes of this very request, so
// that the same request may well come to the same end again: the server says so,
// or something on the way to it does not let watches through.
func (c Cause) answered() bool {
	switch c {
	case CauseClosed, CauseSilent, CauseExpired, CauseTooLarge, CauseUnauthorized, CauseForbidden, CauseNotFound, CauseServer:
		return true
	}
	return false
}

// denied reports whether a failure is about who asks, or what for, and not about
// how.
func (c Cause) denied() bool {
	return c == CauseUnauthorized || c == CauseForbidden || c == CauseNotFound
}

// advice is what a person can do about it; empty if nothing is known.
func (c Cause) advice() string {
	switch c {
	case CauseRefused:
		return "is the server up, and is it the one that is meant?"
	case CauseUnauthorized:
		return "check the credentials of the client"
	case CauseForbidden:
		return "who asks needs the verbs list and watch on this resource"
	case CauseNotFound:
		return "is the resource served under this group and version, and its definition installed?"
	}
	return ""
}

// expired reports whether the version asked for is no longer kept. A server says
// so in two ways: as an error of the request, or in the stream.
func expired(err error) bool {
	return apierrors.IsResourceExpired(err) || apierrors.IsGone(err)
}

// ahead reports whether the version asked for is one that the server has not
// reached yet.
func ahead(err error) bool {
	return apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge)
}
