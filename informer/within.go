// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"fmt"
	"iter"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// within is a source that is confined to one namespace, whatever it brings: an
// object of another would take the place of what that one's own source has
// brought, or be deleted with the wrong one.
type within[T any] struct {
	source    listwatch.ListWatcher[T]
	namespace string
	resource  schema.GroupVersionResource
	report    func(error)
}

func (s within[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	return s.source.List(ctx, options, func(item store.Item[T], err error) {
		if s.has(item, err) {
			each(item, err)
		}
	})
}

func (s within[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		for event, err := range s.source.Watch(ctx, options) {
			if !s.has(event.Item, err) {
				// What is left of it is that the watch has come so far.
				event, err = listwatch.Event[T]{Type: listwatch.Bookmark, Item: store.Item[T]{Version: event.Item.Version}}, nil
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

// has reports whether an item is of the namespace, as far as can be told.
func (s within[T]) has(item store.Item[T], err error) bool {
	key := keyOf(item.Key, err)
	if key.Name == "" || key.Namespace == s.namespace {
		return true
	}
	s.report(&listwatch.ItemError{
		Resource: s.resource, Key: key, Version: item.Version, Stage: listwatch.StageKey,
		Err: fmt.Errorf("the source for namespace %q brought it; does the function given to NewOverNamespaces look at its argument?", s.namespace),
	})
	return false
}
