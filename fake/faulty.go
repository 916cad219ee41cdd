// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// ListWatcher is the short way to a resource of a server: typed, with no HTTP in
// between, but through the script and the log of requests. At most one scope is
// looked at; it confines what is seen, as a client with that namespace and those
// selectors is confined.
//
//	pods := fake.ListWatcher[*corev1.Pod](server, corev1.SchemeGroupVersion.WithResource("pods"))
//
// It behaves as [View] does, and is a [listwatch.Described]. What the script
// does to an object shows as a [*listwatch.ItemError] of
// [listwatch.StageDecode]; a list or stream that is cut ends with an error that
// wraps [io.ErrUnexpectedEOF], a refused connection is a [*net.OpError], and a
// status what a client makes of it.
//
// If the server has no such resource, or one of another type, List and Watch say
// so. It is safe for concurrent use by multiple goroutines.
func ListWatcher[T Object](server *APIServer, resource schema.GroupVersionResource, scope ...Scope) listwatch.ListWatcher[T] {
	l := &faulty[T]{player: server.player, resource: resource}
	source, err := SourceOf[T](server, resource)
	if err != nil {
		l.unusable = err
		return l
	}
	if len(scope) > 0 {
		l.scope = scope[0]
	}
	l.view = source.Within(l.scope)
	return l
}

// faulty is a view as a script lets it be seen.
type faulty[T Object] struct {
	player   *player
	resource schema.GroupVersionResource
	scope    Scope
	view     *View[T]
	unusable error // why there is no view; nil if there is
}

// Resource implements [listwatch.Described].
func (l *faulty[T]) Resource() schema.GroupVersionResource { return l.resource }

// List implements [listwatch.ListWatcher].
func (l *faulty[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	if l.unusable != nil {
		return listwatch.Page{}, l.unusable
	}
	r, err := l.player.admit(ctx, l.listRequest(options))
	if err != nil {
		return listwatch.Page{}, l.view.failed(verbList, err)
	}
	count, cut := 0, false
	page, err := l.view.behind(r.Behind).List(ctx, options, func(item store.Item[T], err error) {
		count++
		what := r.ofItem(count)
		if cut = cut || what == truncated; cut {
			return
		}
		if what != sound {
			item, err = l.spoilt(item, what)
		}
		each(item, err)
	})
	if err != nil {
		return listwatch.Page{}, err
	}
	if cut {
		return listwatch.Page{}, l.view.failed(verbList, fmt.Errorf("the connection was closed in the middle of item %d: %w", r.Truncate, io.ErrUnexpectedEOF))
	}
	page.Continue = r.continueAfter(page)
	return page, nil
}

// Watch implements [listwatch.ListWatcher].
func (l *faulty[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		if l.unusable != nil {
			yield(listwatch.Event[T]{}, l.unusable)
			return
		}
		r, err := l.player.admit(ctx, l.watchRequest(options))
		if err != nil {
			yield(listwatch.Event[T]{}, l.view.failed(verbWatch, err))
			return
		}
		open := func(ctx context.Context) iter.Seq2[listwatch.Event[T], error] {
			return l.view.behind(r.Behind).Watch(ctx, options)
		}
		for received, err := range disturb(ctx, r, open) {
			event := received.Event
			switch {
			case err != nil || received.defect == sound:
			case received.defect == truncated:
				event, err = listwatch.Event[T]{}, l.view.failed(verbWatch, fmt.Errorf("the stream was closed in the middle of an event: %w", io.ErrUnexpectedEOF))
			default:
				event.Item, err = l.spoilt(event.Item, received.defect)
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

var errBroken = errors.New("the object cannot be decoded: its bytes are broken")

// spoilt is what is left of an item with a defect: its header, and why there is
// no more.
func (l *faulty[T]) spoilt(item store.Item[T], what defect) (store.Item[T], error) {
	cause := errBroken
	if what == wrongKind {
		cause = fmt.Errorf("got an object of another kind, want %v", reflect.TypeFor[T]())
	}
	item = store.Item[T]{Key: item.Key, UID: item.UID, Version: item.Version}
	return item, &listwatch.ItemError{Resource: l.resource, Key: item.Key, Version: item.Version, Stage: listwatch.StageDecode, Err: cause}
}

func (l *faulty[T]) request(verb, version string) Request {
	r := Request{Verb: verb, Resource: l.resource, Namespace: l.scope.Namespace, Version: version}
	if l.scope.Labels != nil {
		r.LabelSelector = l.scope.Labels.String()
	}
	if l.scope.Fields != nil {
		r.FieldSelector = l.scope.Fields.String()
	}
	return r
}

func (l *faulty[T]) listRequest(options listwatch.ListOptions) Request {
	r := l.request(verbList, options.Version)
	r.VersionMatch, r.Limit, r.Continue = options.VersionMatch, options.Limit, options.Continue
	return r
}

func (l *faulty[T]) watchRequest(options listwatch.WatchOptions) Request {
	r := l.request(verbWatch, options.Version)
	r.InitialEvents, r.Bookmarks, r.Timeout = options.InitialEvents, options.Bookmarks, options.Timeout
	if options.InitialEvents {
		r.VersionMatch = metav1.ResourceVersionMatchNotOlderThan // goes with it on the wire
	}
	return r
}
