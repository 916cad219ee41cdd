// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WaitForVersion waits until the handler has returned from everything up to a
// resource version (G38): first until the cache reflects it, as
// [Informer.WaitForVersion] says, then until the handler has returned from its
// initial adds and from all events that had been published then. Events that its
// filter holds back count as returned from, and so does one that it panicked on.
//
// The error is a [*VersionError] that names the handler. If the registration ends
// before that, it unwraps to what [Registration.Err] returns. A call from the handler
// itself waits for its own end: do not make one.
func (r *Registration) WaitForVersion(ctx context.Context, version string) error {
	return r.delivery.waitFor(ctx, goal{version: version})
}

// WaitForVersionOf is [Registration.WaitForVersion] for one name of an informer
// over a [NameSet].
func (r *Registration) WaitForVersionOf(ctx context.Context, name, version string) error {
	return r.delivery.waitFor(ctx, goal{version: version, of: &name})
}

// WaitForObject is [Registration.WaitForVersion] for the resource version of an
// object of the informer, as [WaitForObject] says.
func (r *Registration) WaitForObject(ctx context.Context, object metav1.Object) error {
	return r.delivery.waitFor(ctx, goalOf(object))
}

// reach is the waitFor of the registration.
func (s *subscriber[T]) waitFor(ctx context.Context, to goal) error {
	to.handler, to.ended = s.name, s.removed
	err := s.reachEnd(ctx, to)
	var missed *VersionError
	if errors.As(err, &missed) && s.ended.Load() {
		missed.Err = s.cause // the first: who removes a handler may stop its informer next
	}
	return err
}

func (s *subscriber[T]) reachEnd(ctx context.Context, to goal) error {
	inf := s.informer
	end, err := inf.reach(ctx, to)
	if err != nil {
		return err
	}
	if err := inf.awaitGoal(ctx, to, s.synced, nil); err != nil {
		return inf.versionError(nil, to, err)
	}
	stone := s.progress.wait(end)
	if err := inf.awaitGoal(ctx, to, stone.passed, nil); err != nil {
		s.progress.leave(stone)
		return inf.versionError(nil, to, err)
	}
	return nil
}
