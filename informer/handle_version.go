// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"

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
