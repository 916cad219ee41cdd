// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// Told returns the handler that the bridge puts before one of client-go.
func Told[T any](handler cache.ResourceEventHandler) informer.Handler[T] { return told[T]{handler} }
