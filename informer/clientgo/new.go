// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"fmt"
	"log/slog"
	"reflect"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// NewSharedIndexInformer is what client-go's function of that name is, in its place:
// wherever a program makes an informer of a [cache.ListerWatcher], and wherever one
// is asked for that does, such as NewInformer of controller-runtime's cache options.
//
// exampleObject says of which type the objects are; one of another type is reported
// and left out. What goes wrong is logged with [slog.Default], once for each change of
// state, unless a handler of watch errors is set.
func NewSharedIndexInformer(lw cache.ListerWatcher, exampleObject runtime.Object, defaultEventHandlerResyncPeriod time.Duration, indexers cache.Indexers) cache.SharedIndexInformer {
	return NewSharedIndexInformerWithOptions(lw, exampleObject, cache.SharedIndexInformerOptions{
		ResyncPeriod: defaultEventHandlerResyncPeriod,
		Indexers:     indexers,
	})
}

// NewSharedIndexInformerWithOptions is [NewSharedIndexInformer] with client-go's
// options, of which Identifier and InformerMetricsProvider have no effect: the
// numbers are [informer.Informer.Stats], by client-go's interface or not.
func NewSharedIndexInformerWithOptions(lw cache.ListerWatcher, exampleObject runtime.Object, options cache.SharedIndexInformerOptions) cache.SharedIndexInformer {
	expected := expect(exampleObject)
	resource := schema.GroupVersionResource{Resource: options.ObjectDescription}
	if resource.Resource == "" {
		resource.Resource = expected.String()
	}
	source := listwatch.FromCache[metav1.Object](lw, listwatch.Options{Resource: resource})
	inf := informer.New(listwatch.Map(source, expected.check), informer.Options{Resource: resource})
	s := ofInformer(inf, Options{Resync: options.ResyncPeriod})
	s.indexer.indexes = indexes[metav1.Object]{} // those that are asked for, and no other
	if err := s.AddIndexers(options.Indexers); err != nil {
		slog.Error("an index of an informer is missing", "resource", resource.Resource, "error", err)
	}
	return s
}

// expected is what an example says of the objects.
type expected struct {
	is   reflect.Type            // nil: anything
	kind schema.GroupVersionKind // empty: any
}

// expect reads an example. The type says nothing of the kind if one type stands for
// all of them.
func expect(example runtime.Object) expected {
	e := expected{is: reflect.TypeOf(example)}
	if untyped, ok := example.(runtime.Unstructured); ok {
		e.kind = untyped.GetObjectKind().GroupVersionKind()
	}
	return e
}

func (e expected) String() string {
	switch {
	case e.is == nil:
		return "objects of any type"
	case e.kind.Empty():
		return e.is.String()
	}
	return e.kind.String()
}

// check is the one place where the type of an object is looked at, once each.
func (e expected) check(object metav1.Object) (metav1.Object, error) {
	if e.is != nil && reflect.TypeOf(object) != e.is {
		return nil, fmt.Errorf("got %T, want %v", object, e.is)
	}
	if e.kind.Empty() {
		return object, nil
	}
	if kinded, ok := object.(runtime.Object); ok && kinded.GetObjectKind().GroupVersionKind() != e.kind {
		return nil, fmt.Errorf("got %v, want %v", kinded.GetObjectKind().GroupVersionKind(), e.kind)
	}
	return object, nil
}
