// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Widget and WidgetList are an API type of the usual form.
type Widget struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	Size int
}

type WidgetList struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []Widget
}

func (w *Widget) DeepCopyObject() runtime.Object {
	return &Widget{w.TypeMeta, *w.ObjectMeta.DeepCopy(), w.Size}
}

func (l *WidgetList) DeepCopyObject() runtime.Object {
	result := &WidgetList{TypeMeta: l.TypeMeta, ListMeta: l.ListMeta}
	for i := range l.Items {
		result.Items = append(result.Items, *l.Items[i].DeepCopyObject().(*Widget))
	}
	return result
}

func widget(name string, version, size int) *Widget {
	return &Widget{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:       "shop",
			Name:            name,
			UID:             types.UID("uid-" + name),
			ResourceVersion: fmt.Sprint(version),
		},
		Size: size,
	}
}

// widgets is a client of the usual form. It answers with what it is given, and
// records what it is asked.
type widgets struct {
	list     *WidgetList
	listErr  error
	watch    watch.Interface
	watchErr error

	mu    sync.Mutex
	asked []metav1.ListOptions
}

func (c *widgets) List(_ context.Context, options metav1.ListOptions) (*WidgetList, error) {
	c.record(options)
	return c.list, c.listErr
}

func (c *widgets) Watch(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
	c.record(options)
	return c.watch, c.watchErr
}

func (c *widgets) record(options metav1.ListOptions) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, options)
}

// stream is a watch of a client. The channel is the test's.
type stream struct {
	events chan watch.Event
	stops  int
}

func (s *stream) ResultChan() <-chan watch.Event { return s.events }
func (s *stream) Stop()                          { s.stops++ }

// streamOf is a watch that brings the events and is then closed by the server.
func streamOf(events ...watch.Event) *stream {
	s := &stream{events: make(chan watch.Event, len(events))}
	for _, event := range events {
		s.events <- event
	}
	close(s.events)
	return s
}

// listed and watched are one item and one event as a test compares them.
type listed[T any] struct {
	Item store.Item[T]
	Err  string
}

type watched[T any] struct {
	Event listwatch.Event[T]
	Err   string
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func listAll[T any](ctx context.Context, source listwatch.ListWatcher[T]) (items []listed[T], page listwatch.Page, err error) {
	page, err = source.List(ctx, listwatch.ListOptions{}, func(item store.Item[T], err error) {
		items = append(items, listed[T]{item, text(err)})
	})
	return items, page, err
}

func watchAll[T any](ctx context.Context, source listwatch.ListWatcher[T], options listwatch.WatchOptions) (events []watched[T]) {
	for event, err := range source.Watch(ctx, options) {
		events = append(events, watched[T]{event, text(err)})
	}
	return events
}

// lastError is the error of the last pair.
func lastError[T any](ctx context.Context, source listwatch.ListWatcher[T], options listwatch.WatchOptions) (last error) {
	for _, err := range source.Watch(ctx, options) {
		last = err
	}
	return last
}

func item(w *Widget) store.Item[*Widget] {
	return store.Item[*Widget]{
		Key:     store.Key{Namespace: w.Namespace, Name: w.Name},
		UID:     w.UID,
		Version: w.ResourceVersion,
		Object:  w,
	}
}
