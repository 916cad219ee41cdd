// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Error says that a list or a watch failed. It is tried again.
type Error struct {
	Resource schema.GroupVersionResource
	Phase    Phase         // what failed
	Version  string        // the resource version that it was asked with
	Attempt  int           // failures in a row, this one included
	Next     Phase         // what is tried next
	Wait     time.Duration // before that
	Err      error         // of the source
}

func (e *Error) Error() string {
	return fmt.Sprintf("reflect: %s: %v at version %q failed (%d in a row), %v follows in %v: %v",
		nameOf(e.Resource), e.Phase, e.Version, e.Attempt, e.Next, e.Wait.Round(time.Millisecond), e.Err)
}

// Unwrap returns the error of the source.
func (e *Error) Unwrap() error { return e.Err }

// nameOf returns what messages call a resource.
func nameOf(resource schema.GroupVersionResource) string {
	if resource.Resource == "" {
		return "a source without Options.Resource"
	}
	return resource.GroupResource().String()
}

var (
	errClosedAtOnce = errors.New("the server closed the watch within a second, and it brought nothing new")
	errClosedEarly  = errors.New("the server closed the streaming list before the bookmark that ends it")
	errPageUnending = errors.New("the source gave the same continue token twice, so its list has no end")
)

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

// unreachable reports whether nothing can be concluded from an error but that
// the server does not serve anybody now.
func unreachable(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || apierrors.IsTooManyRequests(err) || apierrors.IsServiceUnavailable(err)
}

// answered reports whether an error is what the server has to say to this very
// request, so that the same request may well get the same answer again.
func answered(err error) bool {
	var status apierrors.APIStatus
	return errors.As(err, &status) && !unreachable(err)
}
