// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"errors"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/store"
)

// indexer is the cache by client-go's interface. Objects are found by key and by
// index; see indexes.go for those.
type indexer[T any] struct {
	informer cached[T]
	resource string // what messages call it
	indexes  indexes[T]
}

func newIndexer[T any](inf cached[T]) *indexer[T] {
	x := &indexer[T]{informer: inf, resource: inf.Stats().Resource}
	x.indexes.add(cache.NamespaceIndex, cache.MetaNamespaceIndexFunc, inf.Indexer().Namespaces())
	return x
}

// List is O(objects): one slice.
func (x *indexer[T]) List() []any {
	all := x.informer.Reader().Snapshot()
	list := make([]any, 0, all.Len())
	for object := range all.All() {
		list = append(list, object)
	}
	return list
}

func (x *indexer[T]) ListKeys() []string {
	all := x.informer.Reader().Snapshot()
	list := make([]string, 0, all.Len())
	for key := range all.Keys() {
		list = append(list, key.String())
	}
	return list
}

func (x *indexer[T]) Get(obj any) (item any, exists bool, err error) {
	key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(obj)
	if err != nil {
		return nil, false, cache.KeyError{Obj: obj, Err: err}
	}
	return x.GetByKey(key)
}

// GetByKey finds nothing under a text that is no key.
func (x *indexer[T]) GetByKey(key string) (item any, exists bool, err error) {
	parsed, err := store.ParseKey(key)
	if err != nil {
		return nil, false, nil
	}
	object, found := x.informer.Reader().Get(parsed)
	if !found {
		return nil, false, nil
	}
	return object, true, nil
}

func (x *indexer[T]) LastStoreSyncResourceVersion() string { return x.informer.Stats().Version }

// errReadOnly is what writing to the cache of an informer comes to.
var errReadOnly = errors.New("the cache has what the source sends and nothing else (G01): write to the API server, or, in a test, to the fake that the informer reads")

func (x *indexer[T]) refuse(call string) error {
	return failed(x.resource, call, errReadOnly)
}

func (x *indexer[T]) Add(any) error { return x.refuse("Add") }

func (x *indexer[T]) Update(any) error { return x.refuse("Update") }

func (x *indexer[T]) Delete(any) error { return x.refuse("Delete") }

func (x *indexer[T]) Replace([]any, string) error { return x.refuse("Replace") }

// Resync has nothing to do: handlers have periods of their own.
func (x *indexer[T]) Resync() error { return nil }

// Bookmark has nothing to do: the version of the cache is the informer's.
func (x *indexer[T]) Bookmark(string) {}
