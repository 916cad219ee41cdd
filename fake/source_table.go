// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"iter"
	"reflect"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func (s *Source[T]) define() definition { return s.definition }

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
	result := tablePage{pageInfo: page, objects: make([]Object, len(revisions))}
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

func (s *Source[T]) transform(key store.Key, next func(current Object, uid types.UID) (step, error)) (Object, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var current Object
	if revision := s.history.get(key); revision != nil {
		current = revision.item.Object
	}
	result, err := next(current, s.uid())
	if err != nil {
		return nil, err
	}
	written := result.put
	if result.remove != nil {
		written = result.remove
	}
	if written != nil {
		// What is written was decoded into a blank, or is a copy of current.
		object, ok := written.(T)
		if !ok {
			return nil, fmt.Errorf("fake: write %s %q: the object is a %T, not a %s", s.kind, key, written, s.definition.object)
		}
		s.write(object, result.remove != nil)
	}
	if result.answer != nil {
		return result.answer, nil
	}
	return written, nil
}

func (s *Source[T]) compact(version uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history.compact(version)
	s.wakeAll()
}

func (s *Source[T]) bookmark() { s.Bookmark() }
