// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"context"
	"errors"
	"iter"
	"reflect"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// FromShared returns an informer that reads one of client-go's, for a program in
// which that is there already: its objects with their type, and with the indexes,
// handlers, events and views of this library. Nothing is asked of the server, and
// objects are shared with the other cache, not copied: what is added is their places
// in a second one, some 100 bytes an object.
//
// Both are run, in any order, and it is best when the other one ends last: what it
// has left to say when it ends is not heard.
//
// What client-go's informer does holds here too. It gives no versions to deletes that
// it noticed on a relist, and brings what a relist has changed in any order: an
// object that is older than one before it is cached without a version, and
// WaitForVersion may return before it has come.
func FromShared[T metav1.Object](from cache.SharedIndexInformer, options informer.Options) *informer.Informer[T] {
	if from == nil {
		return informer.New[T](nil, options)
	}
	if options.Resource.Resource == "" {
		options.Resource = schema.GroupVersionResource{Resource: reflect.TypeFor[T]().String()}
	}
	if options.StreamTimeout == 0 {
		options.StreamTimeout = -1 // the other informer has limits of its own
	}
	options.NoStreamingList = false
	return informer.New(followed[T]{from, options.Resource}, options)
}

// followed is a shared informer as a source: each reader of it is a handler there. Its
// initial adds are a streaming list.
type followed[T metav1.Object] struct {
	from     cache.SharedIndexInformer
	resource schema.GroupVersionResource
}

// Resource implements [listwatch.Described].
func (f followed[T]) Resource() schema.GroupVersionResource { return f.resource }

// Untimed implements [listwatch.Untimed].
func (f followed[T]) Untimed() bool { return true }

var errStopped = errors.New("the shared informer that is followed has stopped, and cannot be started again")

// List is asked for when a streaming list has failed, which it does at the end.
func (f followed[T]) List(context.Context, listwatch.ListOptions, func(store.Item[T], error)) (listwatch.Page, error) {
	return listwatch.Page{}, failed(f.resource.Resource, "List", errStopped)
}

func (f followed[T]) Watch(ctx context.Context, _ listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		calls, never := make(chan call), time.Duration(0)
		registration, err := f.from.AddEventHandlerWithOptions(forwarder{ctx.Done(), calls}, cache.HandlerOptions{ResyncPeriod: &never})
		if err != nil {
			yield(listwatch.Event[T]{}, failed(f.resource.Resource, "Watch", err))
			return
		}
		defer func() {
			cancel() // or the handler would wait for who has left
			_ = f.from.RemoveEventHandler(registration)
		}()
		if err := (&reading[T]{followed: f, calls: calls}).hand(ctx, registration, yield); err != nil {
			yield(listwatch.Event[T]{}, failed(f.resource.Resource, "Watch", err))
		}
	}
}
