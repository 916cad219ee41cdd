// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

// Tell calls a handler with an event, as the bridge does.
func Tell[T any](handler cache.ResourceEventHandler, event informer.Event[T]) { tell(handler, event) }
