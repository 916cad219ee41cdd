// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// WaitForVersion is [Informer.WaitForVersion]. [VersionError].Resource is the text
// of the scope.
func (h *Handle[T]) WaitForVersion(ctx context.Context, version string) error {
	return h.named(h.informer.WaitForVersion(ctx, version))
}

// WaitForVersionOf is [Informer.WaitForVersionOf], for a scope with a [NameSet].
func (h *Handle[T]) WaitForVersionOf(ctx context.Context, name, version string) error {
	return h.named(h.informer.WaitForVersionOf(ctx, name, version))
}

func (h *Handle[T]) waitForObject(ctx context.Context, object metav1.Object) error {
	return h.named(h.informer.waitForObject(ctx, object))
}

// named makes an error tell the informers of one resource from each other.
func (h *Handle[T]) named(err error) error {
	var missed *VersionError
	if errors.As(err, &missed) { // it was made for this caller
		missed.Resource = h.member.name
		missed.Last = cmp.Or(missed.Last, h.member.flaw)
	}
	return err
}
