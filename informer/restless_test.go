// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"iter"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// restless is a source whose watches can be ended in a way that makes the
// reflector list again. What it would have sent next, the list has to bring.
type restless struct {
	*fake.Source[*Widget]
	expire <-chan struct{}
}

func (r restless) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		listing := options.InitialEvents
		for event, err := range r.Source.Watch(ctx, options) {
			if !listing {
				select {
				case <-r.expire:
					yield(listwatch.Event[*Widget]{}, apierrors.NewResourceExpired("it was told to"))
					return
				default:
				}
			}
			if !yield(event, err) {
				return
			}
			listing = listing && !event.InitialEventsEnd
		}
	}
}
