// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// script is a source that says exactly what the test tells it to: each list and
// each event is handed over on a channel. It is for what a proper server does
// not do.
type script struct {
	t      *testing.T
	lists  chan scriptedList
	events chan scriptedEvent
}

type scriptedList struct {
	version string
	items   []store.Item[*Widget]
}

type scriptedEvent struct {
	event listwatch.Event[*Widget]
	err   error
}

var errBroken = errors.New("broken")

func newScript(t *testing.T) *script {
	return &script{t: t, lists: make(chan scriptedList), events: make(chan scriptedEvent)}
}

// at gives a widget a version.
func at(w *Widget, version string) *Widget {
	w.ResourceVersion = version
	return w
}

func itemOf(w *Widget) store.Item[*Widget] {
	return store.Item[*Widget]{Key: keyOf(w), UID: w.UID, Version: w.ResourceVersion, Object: w}
}

func (s *script) list(version string, widgets ...*Widget) {
	list := scriptedList{version: version}
	for _, w := range widgets {
		list.items = append(list.items, itemOf(w))
	}
	s.lists <- list
}

// brokenItem is a widget of a list that cannot be used.
func brokenItem(name, version string) store.Item[*Widget] {
	return store.Item[*Widget]{Key: store.Key{Name: name}, Version: version}
}

func (s *script) listItems(version string, items ...store.Item[*Widget]) {
	s.lists <- scriptedList{version: version, items: items}
}

func (s *script) send(kind listwatch.EventType, item store.Item[*Widget]) {
	s.events <- scriptedEvent{event: listwatch.Event[*Widget]{Type: kind, Item: item}}
}

func (s *script) added(w *Widget)    { s.send(listwatch.Added, itemOf(w)) }
func (s *script) modified(w *Widget) { s.send(listwatch.Modified, itemOf(w)) }
func (s *script) deleted(w *Widget)  { s.send(listwatch.Deleted, itemOf(w)) }

func (s *script) left(name, version string) {
	s.send(listwatch.Left, store.Item[*Widget]{Key: store.Key{Name: name}, Version: version})
}

// breaks sends a state of a widget that cannot be used.
func (s *script) breaks(name, version string) {
	key := store.Key{Name: name}
	s.events <- scriptedEvent{
		event: listwatch.Event[*Widget]{Type: listwatch.Modified, Item: store.Item[*Widget]{Key: key, Version: version}},
		err:   &listwatch.ItemError{Key: key, Version: version, Stage: listwatch.StageDecode, Err: errBroken},
	}
}

// expire ends the watch in a way that makes the reflector list again.
func (s *script) expire() {
	s.events <- scriptedEvent{err: apierrors.NewResourceExpired("too old")}
}

func (s *script) List(ctx context.Context, _ listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	select {
	case <-ctx.Done():
		return listwatch.Page{}, ctx.Err()
	case list := <-s.lists:
		for _, item := range list.items {
			var err error
			if item.Object == nil {
				err = errBroken
			}
			each(item, err)
		}
		return listwatch.Page{Version: list.version}, nil
	}
}

func (s *script) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		if options.InitialEvents {
			yield(listwatch.Event[*Widget]{}, listwatch.ErrNoInitialEvents)
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case next := <-s.events:
				var item *listwatch.ItemError
				if !yield(next.event, next.err) || next.err != nil && !errors.As(next.err, &item) {
					return
				}
			}
		}
	}
}
