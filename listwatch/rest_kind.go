// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/store"
)

// Dynamic is [REST] for objects of any kind, for programs that learn only when
// they run what they watch. What is known of an object before is better said by a
// struct, which takes a fraction of the memory.
func Dynamic(config *rest.Config, resource schema.GroupVersionResource, options RESTOptions) (ListWatcher[*unstructured.Unstructured], error) {
	return REST[*unstructured.Unstructured](config, resource, options)
}

// Metadata is [REST] for the metadata of objects of any kind, and asks for
// nothing else. A [Meta] takes less memory, for programs that need no more than
// that has.
func Metadata(config *rest.Config, resource schema.GroupVersionResource, options RESTOptions) (ListWatcher[*metav1.PartialObjectMetadata], error) {
	return REST[*metav1.PartialObjectMetadata](config, resource, options)
}

// ForKind is [REST] for a kind, whose resource the mapper knows. It is looked up
// when the first list or watch needs it, and once only.
//
// A kind that is not there may come: a CustomResourceDefinition that is installed
// later, or by the program itself. Until then each list and watch ends with a
// [*KindError]; an informer tries again, with its backoff, and is synced when the
// kind is there. A mapper that remembers what there was is reset before each try
// (restmapper.NewDeferredDiscoveryRESTMapper of client-go can be).
//
// T and options are told to be wrong as by REST, those of the config as well. A
// namespace in the options of a kind that has none is an error of each request.
func ForKind[T any](config *rest.Config, mapper meta.RESTMapper, kind schema.GroupVersionKind, options RESTOptions) (ListWatcher[T], error) {
	if isNil(mapper) {
		return nil, fmt.Errorf("listwatch: ForKind of %s: the mapper is nil; pass one such as restmapper.NewDeferredDiscoveryRESTMapper returns", kind)
	}
	guess, _ := meta.UnsafeGuessKindToResource(kind)
	if _, err := REST[T](config, guess, options); err != nil {
		return nil, err
	}
	return &kindSource[T]{config: config, mapper: mapper, kind: kind, options: options, guess: guess}, nil
}

// KindError says that the server has no such kind, or that it could not be found
// out.
type KindError struct {
	Kind schema.GroupVersionKind
	Err  error // that of the mapper; a *meta.NoKindMatchError if there is no such kind
}

func (e *KindError) Error() string {
	var none *meta.NoKindMatchError
	if errors.As(e.Err, &none) {
		return fmt.Sprintf("listwatch: the server has no kind %s in %s (yet); install its CustomResourceDefinition, or look for its version (kubectl api-resources)", e.Kind.Kind, e.Kind.GroupVersion())
	}
	return fmt.Sprintf("listwatch: find the resource of kind %s in %s: %v", e.Kind.Kind, e.Kind.GroupVersion(), e.Err)
}

// Unwrap returns Err.
func (e *KindError) Unwrap() error { return e.Err }

// kindSource is a source whose resource is found out when it is used.
type kindSource[T any] struct {
	config  *rest.Config
	mapper  meta.RESTMapper
	kind    schema.GroupVersionKind
	options RESTOptions
	guess   schema.GroupVersionResource // until more is known
	compact *compactor[T]               // nil for one of its own
	found   atomic.Pointer[restSource[T]]
}

// Resource implements [Described]. Before the kind was found it is a guess.
func (s *kindSource[T]) Resource() schema.GroupVersionResource {
	if found := s.found.Load(); found != nil {
		return found.resource
	}
	return s.guess
}

// compactedBy returns the same source with another compactor.
func (s *kindSource[T]) compactedBy(c *compactor[T]) ListWatcher[T] {
	return &kindSource[T]{config: s.config, mapper: s.mapper, kind: s.kind, options: s.options, guess: s.guess, compact: c}
}

// find returns the source of the kind. Two that look for it at once may both
// find it, and it does not matter which one is kept.
func (s *kindSource[T]) find() (*restSource[T], error) {
	if found := s.found.Load(); found != nil {
		return found, nil
	}
	mapping, err := s.mapping()
	if err != nil {
		return nil, &KindError{s.kind, err}
	}
	if mapping.Scope.Name() == meta.RESTScopeNameRoot && s.options.Namespace != "" {
		return nil, &KindError{s.kind, fmt.Errorf("its objects have no namespace, and RESTOptions.Namespace is %q", s.options.Namespace)}
	}
	source, err := newRESTSource[T](s.config, mapping.Resource, s.options)
	if err != nil {
		return nil, err
	}
	if s.compact != nil {
		source.decoder.compactor = s.compact
	}
	s.found.CompareAndSwap(nil, source)
	return s.found.Load(), nil
}

// mapping asks the mapper, again if what it remembers may be out of date.
func (s *kindSource[T]) mapping() (*meta.RESTMapping, error) {
	mapping, err := s.mapper.RESTMapping(s.kind.GroupKind(), s.kind.Version)
	if err != nil && meta.IsNoMatchError(err) {
		meta.MaybeResetRESTMapper(s.mapper)
		mapping, err = s.mapper.RESTMapping(s.kind.GroupKind(), s.kind.Version)
	}
	return mapping, err
}

func (s *kindSource[T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	source, err := s.find()
	if err != nil {
		return Page{}, err
	}
	return source.List(ctx, options, each)
}

func (s *kindSource[T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		source, err := s.find()
		if err != nil {
			yield(Event[T]{}, err)
			return
		}
		source.Watch(ctx, options)(yield)
	}
}
