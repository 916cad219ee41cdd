// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
)

// indexes are those that client-go's interface knows of: by namespace, and what was
// added through it.
type indexes[T any] struct {
	mu    sync.RWMutex
	funcs cache.Indexers
	by    map[string]*index.Index[string, T]
}

func (s *indexes[T]) add(name string, values cache.IndexFunc, by *index.Index[string, T]) {
	if s.funcs == nil {
		s.funcs, s.by = cache.Indexers{}, map[string]*index.Index[string, T]{}
	}
	s.funcs[name], s.by[name] = values, by
}

// get returns an index and its function, nil if there is none of that name.
func (s *indexes[T]) get(name string) (*index.Index[string, T], cache.IndexFunc) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.by[name], s.funcs[name]
}

// GetIndexers returns a copy.
func (x *indexer[T]) GetIndexers() cache.Indexers {
	x.indexes.mu.RLock()
	defer x.indexes.mu.RUnlock()
	return maps.Clone(x.indexes.funcs)
}

// AddIndexers adds all of them or, if one has the name of an index that is there,
// none.
func (x *indexer[T]) AddIndexers(indexers cache.Indexers) error {
	x.indexes.mu.Lock()
	defer x.indexes.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(indexers)) {
		switch {
		case indexers[name] == nil:
			return x.failed("AddIndexers", fmt.Errorf("the function of index %q is nil", name))
		case x.has(name):
			return x.failed("AddIndexers", fmt.Errorf("indexer conflict: there is an index %q", name))
		}
	}
	for name, values := range indexers {
		by, err := x.make(name, values)
		if err != nil {
			return x.failed("AddIndexers", err)
		}
		x.indexes.add(name, values, by)
	}
	return nil
}

// has reports whether a name is taken. The index by namespace, which is always
// there, is so once it has been added by this interface.
func (x *indexer[T]) has(name string) bool {
	if name == cache.NamespaceIndex {
		return x.indexes.by[name] != nil
	}
	return slices.Contains(x.informer.Indexer().Names(), name)
}

// make makes an index, or takes the one by namespace if that is what is meant.
func (x *indexer[T]) make(name string, values cache.IndexFunc) (*index.Index[string, T], error) {
	if name == cache.NamespaceIndex {
		if reflect.ValueOf(values).Pointer() == reflect.ValueOf(cache.MetaNamespaceIndexFunc).Pointer() {
			return x.informer.Indexer().Namespaces(), nil
		}
		name += " of client-go"
	}
	return index.AddMulti(x.informer.Indexer(), name, multi[T](values))
}

func (x *indexer[T]) failed(call string, err error) error {
	return failed(x.resource, call, err)
}

// multi is the function of an index in the terms of package index, where it panics
// on an object that it cannot take, which is put into quarantine then (G29).
func multi[T any](values cache.IndexFunc) func(object T) []string {
	return func(object T) []string {
		found, err := values(object)
		if err != nil {
			panic(err)
		}
		return found
	}
}

// ByIndex also knows indexes that were added to the informer in its own terms, by
// the text of their values; that is O(values).
func (x *indexer[T]) ByIndex(indexName, indexedValue string) ([]any, error) {
	by, _ := x.indexes.get(indexName)
	if by == nil {
		return x.byText(indexName, indexedValue)
	}
	found := make([]any, 0, by.Count(indexedValue))
	for object := range by.Get(indexedValue) {
		found = append(found, object)
	}
	return found, nil
}

func (x *indexer[T]) byText(indexName, indexedValue string) ([]any, error) {
	objects, err := x.informer.Indexer().Lookup(indexName, indexedValue)
	if err != nil {
		return nil, x.failed("ByIndex", err)
	}
	found := make([]any, len(objects))
	for i, object := range objects {
		found[i] = object
	}
	return found, nil
}

// Index takes any object that the index's function takes, be it of another type
// than those in the cache: generated listers ask for a namespace that way.
func (x *indexer[T]) Index(indexName string, obj any) ([]any, error) {
	by, values := x.indexes.get(indexName)
	if by == nil {
		return nil, x.failed("Index", fmt.Errorf("there is no index %q that takes objects of any type", indexName))
	}
	like, err := values(obj)
	switch {
	case err != nil:
		return nil, x.failed("Index", err)
	case len(like) == 1:
		return x.ByIndex(indexName, like[0])
	}
	return x.union(by.In(x.informer.Indexer().View()), values, like), nil
}

// union returns the objects that have at least one of several values, of one state
// and each once. What an object has says whether it was found under an earlier one.
func (x *indexer[T]) union(view index.IndexView[string, T], of cache.IndexFunc, values []string) []any {
	found := []any{}
	for i, value := range values {
		for object := range view.Get(value) {
			its, err := of(object)
			if err != nil || !slices.ContainsFunc(values[:i], func(earlier string) bool { return slices.Contains(its, earlier) }) {
				found = append(found, object)
			}
		}
	}
	return found
}

func (x *indexer[T]) IndexKeys(indexName, indexedValue string) ([]string, error) {
	found, err := x.ByIndex(indexName, indexedValue)
	if err != nil {
		return nil, err
	}
	keys := make([]string, len(found))
	for i, object := range found {
		if keys[i], err = cache.MetaNamespaceKeyFunc(object); err != nil {
			return nil, x.failed("IndexKeys", err)
		}
	}
	return keys, nil
}

// ListIndexFuncValues returns nothing for an index that there is not, as client-go
// does.
func (x *indexer[T]) ListIndexFuncValues(indexName string) []string {
	if by, _ := x.indexes.get(indexName); by != nil {
		return slices.Sorted(by.Keys())
	}
	values, err := x.informer.Indexer().Values(indexName)
	if err != nil {
		return nil
	}
	return values
}
