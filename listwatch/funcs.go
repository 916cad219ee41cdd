// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// ListFunc returns one page of what there is. A source without pages returns
// everything, and a [Page] with at most a version.
type ListFunc[T any] func(ctx context.Context, options ListOptions) ([]T, Page, error)

// WatchFunc hands what changes after options.Version to send, until ctx ends,
// send returns false (nobody reads any more), or there is an error to return;
// nil says that the watch ended in the ordinary way. It calls send from its own
// goroutine, and not after it has returned. It must watch ctx while it waits.
//
// The object of an [Added] or [Modified] is the new state, that of a [Deleted]
// the last one. Of the object of a [Left] only the header is used, of that of a
// [Bookmark] only the version.
//
// A change between a list and the watch that follows must not get lost: either
// the versions tell where to go on, or the function keeps what happened, or it
// returns an error that makes the reader list again, such as
// [k8s.io/apimachinery/pkg/api/errors.NewResourceExpired].
type WatchFunc[T any] func(ctx context.Context, options WatchOptions, send func(EventType, T) bool) error

// FromFuncs makes a source of two functions, for objects of any type. The
// header of each object is read by header: [store.WithKey] makes one of a key
// function, [store.FromMeta] is the one of Kubernetes objects.
//
//	hosts := listwatch.FromFuncs(store.WithKey(hostKey), listHosts, watchHosts)
//
// An object whose header cannot be read is reported as an [*ItemError], and the
// rest goes on. The source has no streaming list; a source that has one, or
// that reads long lists piece by piece, implements [ListWatcher] itself. It is
// [Described] by the name of the type: hosts for a Host.
//
// The functions are called by several goroutines at once if the source is.
// A function that is nil is told by the first List or Watch.
func FromFuncs[T any](header store.ItemFunc[T], list ListFunc[T], watch WatchFunc[T]) ListWatcher[T] {
	source := &funcSource[T]{header: header, list: list, watch: watch}
	source.resource.Resource = plural(reflect.TypeFor[T]())
	source.name = nameOf[T](source.resource)
	return source
}

type funcSource[T any] struct {
	header   store.ItemFunc[T]
	list     ListFunc[T]
	watch    WatchFunc[T]
	resource schema.GroupVersionResource
	name     string
}

// Resource implements [Described].
func (s *funcSource[T]) Resource() schema.GroupVersionResource { return s.resource }

// Untimed implements [Untimed]: what the functions make of a timeout is theirs.
func (s *funcSource[T]) Untimed() bool { return true }

func (s *funcSource[T]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	if s.header == nil || s.list == nil {
		return Page{}, fmt.Errorf("listwatch: list %s: %w", s.name, errNilFunc)
	}
	objects, page, err := s.list(ctx, options)
	if err != nil {
		return Page{}, fmt.Errorf("listwatch: list %s: %w", s.name, err)
	}
	for _, object := range objects {
		each(s.item(object))
	}
	return page, nil
}

func (s *funcSource[T]) item(object T) (store.Item[T], error) {
	item, err := s.header(object)
	if err == nil {
		err = item.Key.Validate() // a header function of one's own may forget
	}
	if err != nil {
		return item, itemError(s.resource, item, StageKey, err)
	}
	return item, nil
}

func (s *funcSource[T]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		if s.header == nil || s.watch == nil {
			yield(Event[T]{}, fmt.Errorf("listwatch: watch %s: %w", s.name, errNilFunc))
			return
		}
		if options.InitialEvents {
			yield(Event[T]{}, fmt.Errorf("%w: %s come from functions", ErrNoInitialEvents, s.name))
			return
		}
		reading := true
		err := s.watch(ctx, options, func(kind EventType, object T) bool {
			// A function that does not look at what send returned must not
			// call into a loop that has ended: that would panic.
			reading = reading && ctx.Err() == nil && yield(s.event(kind, object))
			return reading
		})
		if err == nil {
			err = ctx.Err()
		}
		if err != nil && reading {
			yield(Event[T]{}, fmt.Errorf("listwatch: watch %s: %w", s.name, err))
		}
	}
}

func (s *funcSource[T]) event(kind EventType, object T) (Event[T], error) {
	switch kind {
	case Added, Modified, Deleted:
		item, err := s.item(object)
		return Event[T]{Type: kind, Item: item}, err
	case Left:
		item, err := s.item(object)
		return Event[T]{Type: Left, Item: headerOf[T](item)}, err
	case Bookmark:
		// The object of a bookmark has no name, so an error means nothing here.
		item, _ := s.header(object)
		return Event[T]{Type: Bookmark, Item: store.Item[T]{Version: item.Version}}, nil
	}
	item, _ := s.header(object)
	return failed[T](s.resource, 0, item, StageDecode, fmt.Errorf("unknown type of event %d", kind))
}

var errNilFunc = errors.New("a function is nil; FromFuncs needs all three: header, list and watch")
