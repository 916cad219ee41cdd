// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"context"
	"fmt"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// call is one call of a handler of client-go.
type call struct {
	kind   listwatch.EventType
	object any
}

// forwarder is a handler that passes on what it is told, and waits until that has
// been taken.
type forwarder struct {
	left <-chan struct{} // closed when nobody takes anything any more
	to   chan<- call
}

func (f forwarder) OnAdd(object any, _ bool) { f.pass(call{listwatch.Added, object}) }

// OnUpdate leaves out what has not changed. After a relist that is what client-go
// mostly tells, out of order and so without a version that would show it.
func (f forwarder) OnUpdate(old, object any) {
	if !sameVersion(old, object) {
		f.pass(call{listwatch.Modified, object})
	}
}

func sameVersion(old, object any) bool {
	before, beforeOK := old.(metav1.Object)
	now, nowOK := object.(metav1.Object)
	return beforeOK && nowOK && now.GetResourceVersion() != "" && before.GetResourceVersion() == now.GetResourceVersion()
}

func (f forwarder) OnDelete(object any) { f.pass(call{listwatch.Deleted, object}) }

func (f forwarder) pass(c call) {
	select {
	case f.to <- c:
	case <-f.left:
	}
}

// A reading is one watch of a followed informer.
type reading[T metav1.Object] struct {
	followed[T]
	calls  <-chan call
	synced bool   // the initial adds have come
	newest string // version of all that has come
}

// hand yields what is told until somebody has had enough; the error is for the
// last pair. The initial adds have all been taken when the registration has synced,
// since the handler waits for each.
func (r *reading[T]) hand(ctx context.Context, registration cache.ResourceEventHandlerRegistration, yield func(listwatch.Event[T], error) bool) error {
	synced, ended := registration.HasSyncedChecker().Done(), shutdown(registration)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return errStopped
		case <-synced:
			synced, r.synced = nil, true
			end := listwatch.Event[T]{Type: listwatch.Bookmark, InitialEventsEnd: true, Item: store.Item[T]{Version: r.newest}}
			if !yield(end, nil) {
				return nil
			}
		case c := <-r.calls:
			if !yield(r.event(c)) {
				return nil
			}
		}
	}
}

// shutdown returns a channel that is closed when a handler will not be called again,
// nil if the registration does not say.
func shutdown(registration cache.ResourceEventHandlerRegistration) <-chan struct{} {
	if r, ok := registration.(interface{ ShutdownChan() <-chan struct{} }); ok {
		return r.ShutdownChan()
	}
	return nil
}

func (r *reading[T]) event(c call) (listwatch.Event[T], error) {
	if tombstone, ok := c.object.(cache.DeletedFinalStateUnknown); ok {
		return r.left(tombstone)
	}
	event := listwatch.Event[T]{Type: c.kind}
	object, ok := c.object.(T)
	if !ok {
		return event, r.itemError(listwatch.StageDecode, fmt.Errorf("got %T, want %v", c.object, reflect.TypeFor[T]()))
	}
	var err error
	if event.Item, err = store.FromMeta(object); err != nil {
		return event, r.itemError(listwatch.StageKey, err)
	}
	event.Item.Version = r.inOrder(event.Item.Version)
	return event, nil
}

// left is a delete that nobody saw: the cache has the last known state.
func (r *reading[T]) left(tombstone cache.DeletedFinalStateUnknown) (listwatch.Event[T], error) {
	event := listwatch.Event[T]{Type: listwatch.Left}
	var err error
	if event.Item.Key, err = store.ParseKey(tombstone.Key); err != nil {
		return event, r.itemError(listwatch.StageKey, err)
	}
	return event, nil
}

// inOrder returns a version as it may be told: not at all if it is older than one
// before it, which would pass for a server that has gone back in time. Initial adds
// have no order.
func (r *reading[T]) inOrder(version string) string {
	if r.newest != "" {
		if order, err := resourceversion.CompareResourceVersion(version, r.newest); err == nil && order < 0 {
			if r.synced {
				return ""
			}
			return version
		}
	}
	r.newest = version
	return version
}

func (r *reading[T]) itemError(stage listwatch.Stage, err error) error {
	return &listwatch.ItemError{Resource: r.resource, Stage: stage, Err: err}
}
