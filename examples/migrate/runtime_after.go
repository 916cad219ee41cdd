// SPDX-License-Identifier: Apache-2.0

package migrate

import (
	"context"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// RuntimeAfter is [RuntimeBefore] on informers of this library.
func RuntimeAfter(ctx context.Context, config *rest.Config, tell func(what string)) (Program, error) {
	return onCache(ctx, config, cache.Options{NewInformer: clientgo.NewSharedIndexInformer}, tell)
}
