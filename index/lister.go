// SPDX-License-Identifier: Apache-2.0

package index

import (
	"iter"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// Lister reads objects the way the API machinery does: by name within a
// namespace, with label selectors, and with its NotFound error. It reads an
// [Indexer] and is safe for concurrent use by multiple goroutines.
//
// A nil selector selects everything. An object of a type T that is no
// [metav1.Object] has no labels.
type Lister[T any] struct {
	indexer  *Indexer[T]
	resource schema.GroupResource
}

// NewLister returns a lister over an indexer. resource is named in NotFound
// errors.
func NewLister[T any](ix *Indexer[T], resource schema.GroupResource) *Lister[T] {
	return &Lister[T]{indexer: ix, resource: resource}
}

// labelsOf asserts because T may be any type; it is called by selector, where
// matching costs more.
func labelsOf[T any](object T) labels.Set {
	if labelled, ok := any(object).(metav1.ObjectMetaAccessor); ok {
		return labelled.GetObjectMeta().GetLabels()
	}
	if labelled, ok := any(object).(metav1.Object); ok {
		return labelled.GetLabels()
	}
	return nil
}

// Get returns the object of a name that is in no namespace: a cluster-scoped
// one. The error is [Lister.NotFound]'s. O(1), and no allocation if it is there.
func (l *Lister[T]) Get(name string) (T, error) { return l.get(store.Key{Name: name}) }

// List returns the objects of all namespaces that match, in a slice of the
// caller's own. O(objects).
func (l *Lister[T]) List(selector labels.Selector) []T {
	if selectsAll(selector) {
		return l.indexer.List()
	}
	return l.matching(l.indexer.All(), selector)
}

// Namespace returns the lister of one namespace. It allocates nothing.
func (l *Lister[T]) Namespace(namespace string) NamespaceLister[T] {
	return NamespaceLister[T]{lister: l, namespace: namespace}
}

// NotFound returns the API machinery's error for an object that is not there;
// [apierrors.IsNotFound] recognises it.
func (l *Lister[T]) NotFound(name string) error { return apierrors.NewNotFound(l.resource, name) }

// NamespaceLister is a [Lister] of one namespace.
type NamespaceLister[T any] struct {
	lister    *Lister[T]
	namespace string
}

// Get returns the object of a name. The error is [Lister.NotFound]'s. O(1), and
// no allocation if it is there.
func (n NamespaceLister[T]) Get(name string) (T, error) {
	return n.lister.get(store.Key{Namespace: n.namespace, Name: name})
}

// List returns the objects of the namespace that match, in a slice of the
// caller's own. It is served from the namespace index: O(objects of the
// namespace).
func (n NamespaceLister[T]) List(selector labels.Selector) []T {
	if selectsAll(selector) {
		return n.lister.indexer.Namespaces().List(n.namespace)
	}
	return n.lister.matching(n.All(), selector)
}

// All iterates over the objects of the namespace, without copying them into a
// slice of the caller's.
func (n NamespaceLister[T]) All() iter.Seq[T] { return n.lister.indexer.Namespaces().Get(n.namespace) }

func (l *Lister[T]) get(key store.Key) (T, error) {
	object, found := l.indexer.store.Get(key)
	if !found {
		return object, l.NotFound(key.Name)
	}
	return object, nil
}

func (l *Lister[T]) matching(objects iter.Seq[T], selector labels.Selector) (matching []T) {
	for object := range objects {
		if selector.Matches(labelsOf(object)) {
			matching = append(matching, object)
		}
	}
	return matching
}

func selectsAll(selector labels.Selector) bool { return selector == nil || selector.Empty() }
