// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"iter"
	"reflect"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func (s *Source[T]) define() definition {
	return definition{resource: s.resource, kind: s.kind, namespaced: true}
}

func (s *Source[T]) blank() Object {
	return reflect.New(reflect.TypeFor[T]().Elem()).Interface().(Object)
}

func (s *Source[T]) object(key store.Key) (Object, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if current := s.history.get(key); current != nil {
		return current.item.Object, true
	}
	return nil, false
}

func (s *Source[T]) page(ctx context.Context, scope Scope, options listwatch.ListOptions) (tablePage, error) {
	revisions, page, err := s.Within(scope).page(ctx, options)
	if err != nil {
		return tablePage{}, err
	}
	result := tablePage{Page: page, objects: make([]Object, len(revisions))}
	for i, revision := range revisions {
		result.objects[i] = revision.item.Object
	}
	return result, nil
}

func (s *Source[T]) check(scope Scope, options listwatch.WatchOptions) error {
	return s.Within(scope).validateWatch(options)
}

func (s *Source[T]) events(ctx context.Context, scope Scope, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[Object], error] {
	return func(yield func(listwatch.Event[Object], error) bool) {
		for event, err := range s.Within(scope).Watch(ctx, options) {
			untyped := listwatch.Event[Object]{
				Type:             event.Type,
				Item:             store.Item[Object]{Key: event.Item.Key, UID: event.Item.UID, Version: event.Item.Version},
				InitialEventsEnd: event.InitialEventsEnd,
			}
			if event.Type != listwatch.Bookmark && err == nil {
				untyped.Item.Object = event.Item.Object
			}
			if !yield(untyped, err) {
				return
			}
		}
	}
}
