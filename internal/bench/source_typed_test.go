// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"iter"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// typedSource plays a script as a source of our kind: the watch is a sequence
// that is pulled.
type typedSource struct{ *script }

var _ listwatch.ListWatcher[*corev1.Pod] = typedSource{}

func (s typedSource) List(ctx context.Context, _ listwatch.ListOptions, each func(store.Item[*corev1.Pod], error)) (listwatch.Page, error) {
	pods, version, err := s.list(ctx)
	for _, pod := range pods {
		each(store.FromMeta(pod))
	}
	return listwatch.Page{Version: version}, err
}

func (s typedSource) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*corev1.Pod], error] {
	return func(yield func(listwatch.Event[*corev1.Pod], error) bool) {
		if options.InitialEvents {
			yield(listwatch.Event[*corev1.Pod]{}, listwatch.ErrNoInitialEvents)
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.expire:
				yield(listwatch.Event[*corev1.Pod]{}, apierrors.NewResourceExpired("the script says so"))
				return
			case pods := <-s.changes:
				for _, pod := range pods {
					s.hand()
					item, err := store.FromMeta(pod)
					if !yield(listwatch.Event[*corev1.Pod]{Type: listwatch.Modified, Item: item}, err) {
						return
					}
				}
			}
		}
	}
}
