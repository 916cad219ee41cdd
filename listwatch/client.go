// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"reflect"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/util/watchlist"

	"github.com/typedinformer/typedinformer/store"
)

// Client is the part of a client that a source needs. Every typed client of
// client-go has it, clientset.CoreV1().Pods(namespace) with L = *corev1.PodList
// for one; so do those of the dynamic and the metadata client, generated
// clients for custom resources, and client-go's fakes.
type Client[L runtime.Object] interface {
	List(ctx context.Context, options metav1.ListOptions) (L, error)
	Watch(ctx context.Context, options metav1.ListOptions) (watch.Interface, error)
}

// FromClient makes a source of a typed client. T is given, L is inferred:
//
//	pods := listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("shop"))
//
// Namespace and credentials are the client's. The source is a [Described].
//
// Options with a bad selector, or a nil client, are told by the first List or
// Watch. An object of a type other than T is reported as an [*ItemError], and
// the rest goes on.
//
// A watch of the client runs as long as the sequence is read. It is stopped
// once, when the reader leaves the loop, when ctx ends (the last pair has the
// error of ctx), or when the server closes it.
//
// The client's own errors are wrapped, so that the functions of
// k8s.io/apimachinery/pkg/api/errors see them. If the client cannot do a
// streaming list (client-go's fakes say so, or would ignore the wish), or if
// the server refuses it, the watch ends with [ErrNoInitialEvents].
func FromClient[T metav1.Object, L runtime.Object](client Client[L], options ...Options) ListWatcher[T] {
	return newClientSource[T](client, client, options)
}

// newClientSource makes the source. What the client says of itself is asked of
// about, since an adapter may stand before it; it is nil if there is no client.
func newClientSource[T metav1.Object, L runtime.Object](client Client[L], about any, options []Options) *clientSource[T, L] {
	request, err := newRequest(options)
	if isNil(about) {
		about = nil
		err = errors.Join(err, errors.New("listwatch: the client is nil; pass one such as clientset.CoreV1().Pods(namespace)"))
	}
	resource := complete[T](request.resource, about)
	return &clientSource[T, L]{
		client:          client,
		request:         request,
		resource:        resource,
		name:            nameOf[T](resource),
		noInitialEvents: lacksInitialEvents(about),
		broken:          err,
	}
}

// clientSource is the source over a client. It is not changed once made.
type clientSource[T metav1.Object, L runtime.Object] struct {
	client          Client[L]
	request         request
	resource        schema.GroupVersionResource
	name            string // of the resource, in messages
	noInitialEvents bool
	broken          error         // why this source can never work; nil if it can
	compactor       *compactor[T] // nil if objects stay as they are
}

// compactedBy returns the same source with another compactor.
func (s *clientSource[T, L]) compactedBy(c *compactor[T]) ListWatcher[T] {
	again := *s
	again.compactor = c
	return &again
}

// Resource implements [Described].
func (s *clientSource[T, L]) Resource() schema.GroupVersionResource { return s.resource }

func (s *clientSource[T, L]) List(ctx context.Context, options ListOptions, each func(store.Item[T], error)) (Page, error) {
	if s.broken != nil {
		return Page{}, s.broken
	}
	list, err := s.client.List(ctx, s.request.list(options))
	if err != nil {
		return Page{}, fmt.Errorf("listwatch: list %s: %w", s.name, err)
	}
	if isNil(list) {
		return Page{}, fmt.Errorf("listwatch: list %s: the client returned neither a list nor an error", s.name)
	}
	header, err := meta.ListAccessor(list)
	if err != nil {
		return Page{}, fmt.Errorf("listwatch: list %s: the client returned %T, which is no list: %w", s.name, list, err)
	}
	page := Page{Version: header.GetResourceVersion(), Continue: header.GetContinue()}
	// A typed list has its items side by side in one array, and a pointer to
	// one of them holds on to all. Objects of a cache live for very different
	// times, so each is moved to a place of its own: the last pod of a page
	// would otherwise keep the memory of five hundred.
	err = meta.EachListItemWithAlloc(list, func(object runtime.Object) error {
		each(s.item(object))
		return nil
	})
	if err != nil {
		return Page{}, fmt.Errorf("listwatch: list %s: read the items of %T: %w", s.name, list, err)
	}
	return page, nil
}

// item reads the header of a received object.
func (s *clientSource[T, L]) item(received runtime.Object) (store.Item[T], error) {
	// The one type assertion on the way of an object: client-go hands out
	// interfaces. From here on the compiler knows the type.
	object, ok := received.(T)
	if !ok {
		item := untyped[T](received)
		return item, itemError(s.resource, item, StageDecode, fmt.Errorf("got %T, want %v", received, reflect.TypeFor[T]()))
	}
	if s.compactor != nil {
		object = s.compactor.object(object) // before its header is read, which shares its strings
	}
	item, err := store.FromMeta(object)
	if err != nil {
		return item, itemError(s.resource, item, StageKey, err)
	}
	return item, nil
}

// untyped reads what can be read of an object that is not of the source's type.
func untyped[T any](received runtime.Object) store.Item[T] {
	object, ok := received.(metav1.Object)
	if !ok || isNil(received) {
		return store.Item[T]{}
	}
	return store.Item[T]{
		Key:     store.Key{Namespace: object.GetNamespace(), Name: object.GetName()},
		UID:     object.GetUID(),
		Version: object.GetResourceVersion(),
	}
}

func (s *clientSource[T, L]) Watch(ctx context.Context, options WatchOptions) iter.Seq2[Event[T], error] {
	return func(yield func(Event[T], error) bool) {
		if s.broken != nil {
			yield(Event[T]{}, s.broken)
			return
		}
		if options.InitialEvents && s.noInitialEvents {
			yield(Event[T]{}, fmt.Errorf("%w: the client of %s says so", ErrNoInitialEvents, s.name))
			return
		}
		ctx, limit := withLimitReport(ctx)
		stream, err := s.client.Watch(ctx, s.request.watch(options))
		if err != nil {
			yield(Event[T]{}, s.watchError(err, options.InitialEvents))
			return
		}
		if stream == nil {
			yield(Event[T]{}, fmt.Errorf("listwatch: watch %s: the client returned neither a watch nor an error", s.name))
			return
		}
		defer stream.Stop()
		s.read(ctx, stream.ResultChan(), limit, options.InitialEvents, yield)
	}
}

// read hands on what comes from results until one of the sides ends. With
// first, an error in place of the first event is an answer to the request.
func (s *clientSource[T, L]) read(ctx context.Context, results <-chan watch.Event, limit *limitReport, first bool, yield func(Event[T], error) bool) {
	done := ctx.Done()
	for {
		received, ok, err := next(ctx, done, results)
		switch {
		case err != nil:
			yield(Event[T]{}, fmt.Errorf("listwatch: watch %s: %w", s.name, err))
			return
		case !ok:
			return
		case received.Type == watch.Error:
			yield(Event[T]{}, s.watchError(limit.error(apierrors.FromObject(received.Object)), first))
			return
		}
		first = false
		if !yield(s.event(received)) {
			return
		}
	}
}

// next returns the next event of results; ok is false once it is closed, and
// the error is that of ctx. Two looks at channels that are ready or not cost a
// fraction of a select over both, which locks both; while events come in
// quickly there is no need for that one.
func next(ctx context.Context, done <-chan struct{}, results <-chan watch.Event) (event watch.Event, ok bool, err error) {
	select {
	case <-done:
		return watch.Event{}, false, ctx.Err()
	default:
	}
	select {
	case event, ok = <-results:
		return event, ok, nil
	default:
	}
	select {
	case <-done:
		return watch.Event{}, false, ctx.Err()
	case event, ok = <-results:
		return event, ok, nil
	}
}

// event makes a typed event of a received one.
func (s *clientSource[T, L]) event(received watch.Event) (Event[T], error) {
	var kind EventType
	switch received.Type {
	case watch.Added:
		kind = Added
	case watch.Modified:
		kind = Modified
	case watch.Deleted:
		kind = Deleted
	case watch.Bookmark:
		return s.bookmark(received.Object)
	default:
		item := untyped[T](received.Object)
		return failed[T](s.resource, 0, item, StageDecode, fmt.Errorf("unknown type of event %q", received.Type))
	}
	item, err := s.item(received.Object)
	return Event[T]{Type: kind, Item: item}, err
}

func (s *clientSource[T, L]) bookmark(received runtime.Object) (Event[T], error) {
	object, ok := received.(metav1.Object)
	if !ok || isNil(received) {
		return failed[T](s.resource, Bookmark, store.Item[T]{}, StageDecode, fmt.Errorf("a bookmark with %T, which has no version", received))
	}
	return Event[T]{
		Type:             Bookmark,
		Item:             store.Item[T]{Version: object.GetResourceVersion()},
		InitialEventsEnd: object.GetAnnotations()[metav1.InitialEventsAnnotationKey] == "true",
	}, nil
}

// watchError says what became of a watch. Where a streaming list was asked for
// and err is the answer to that, a refusal becomes ErrNoInitialEvents.
func (s *clientSource[T, L]) watchError(err error, initialEvents bool) error {
	if initialEvents && refuses(err) {
		return fmt.Errorf("%w: watch %s: %w", ErrNoInitialEvents, s.name, err)
	}
	return fmt.Errorf("listwatch: watch %s: %w", s.name, err)
}

// refuses says whether err is a server's no to the streaming list. Servers
// without it find the options invalid: those since 1.27 that have it switched
// off (or an etcd too old for it) name sendInitialEvents, those before do not
// know that one and forbid the resourceVersionMatch that comes with it. An
// aggregated server may take it for a bad request, or say that it is not
// implemented. All other errors say nothing about what the server can do.
func refuses(err error) bool {
	const notImplemented = 501
	if apierrors.IsInvalid(err) || apierrors.IsBadRequest(err) {
		return true
	}
	var status apierrors.APIStatus
	return errors.As(err, &status) && status.Status().Code == notImplemented
}

// lacksInitialEvents says whether the client is known not to do streaming
// lists. Client-go's fakes ignore the wish: a watch would then wait for a
// bookmark that never comes. The fake clientset says so of itself, but the
// clients that it hands out do not; they are known by the method that every
// fake has and no real client needs, forgetting the recorded actions.
func lacksInitialEvents(client any) bool {
	_, recording := client.(interface{ ClearActions() })
	return recording || watchlist.DoesClientNotSupportWatchListSemantics(client)
}

// isNil says whether there is nothing behind an interface, not even a pointer
// that is not nil. It is used where a nil can come from outside and never per
// event.
func isNil(value any) bool {
	if value == nil {
		return true
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return v.IsNil()
	}
	return false
}
