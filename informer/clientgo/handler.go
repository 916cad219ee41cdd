// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"errors"
	"fmt"
	"time"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
)

func (s *shared[T]) AddEventHandler(handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	return s.AddEventHandlerWithOptions(handler, cache.HandlerOptions{})
}

func (s *shared[T]) AddEventHandlerWithResyncPeriod(handler cache.ResourceEventHandler, resyncPeriod time.Duration) (cache.ResourceEventHandlerRegistration, error) {
	return s.AddEventHandlerWithOptions(handler, cache.HandlerOptions{ResyncPeriod: &resyncPeriod})
}

func (s *shared[T]) AddEventHandlerWithOptions(handler cache.ResourceEventHandler, options cache.HandlerOptions) (cache.ResourceEventHandlerRegistration, error) {
	if handler == nil {
		return nil, failed(s.resource(), "AddEventHandler", errors.New("the handler is nil"))
	}
	resync := s.resync
	if options.ResyncPeriod != nil {
		resync = *options.ResyncPeriod
		if resync <= 0 {
			resync = s.never
		}
	}
	added, err := s.informer.AddHandlerWithOptions(told[T]{handler}, informer.HandlerOptions[T]{Resync: resync})
	if err != nil {
		return nil, failed(s.resource(), "AddEventHandler", err)
	}
	return &registration{added, s}, nil
}

// told is a handler of client-go that is told of objects of type T. A pointer goes into
// an interface as it is; a tombstone is the one thing that is allocated. It is no
// [informer.EventHandler]: copying whole events would take longer than all else here.
type told[T any] struct{ handler cache.ResourceEventHandler }

func (t told[T]) HandleAdd(object T, initial bool) { t.handler.OnAdd(object, initial) }

func (t told[T]) HandleUpdate(old, object T) { t.handler.OnUpdate(old, object) }

// HandleDelete gives a tombstone the key that client-go's functions make of an object
// of any other event.
func (t told[T]) HandleDelete(last T, final bool) {
	if final {
		t.handler.OnDelete(last)
		return
	}
	key, err := cache.MetaNamespaceKeyFunc(last)
	if err != nil {
		key = fmt.Sprintf("(%v)", err) // of an object without metadata, which has no other key either
	}
	t.handler.OnDelete(cache.DeletedFinalStateUnknown{Key: key, Obj: last})
}

// registration is a handler's place in an informer.
type registration struct {
	*informer.Registration
	of cache.SharedIndexInformer
}

func (r *registration) HasSynced() bool { return isClosed(r.Synced()) }

func (r *registration) HasSyncedChecker() cache.DoneChecker {
	return checker{fmt.Sprintf("%s of the %s", r.Name(), r.of.HasSyncedChecker().Name()), r.Synced()}
}

// ShutdownChan is what [cache.ShutDownEventHandler] waits for.
func (r *registration) ShutdownChan() <-chan struct{} { return r.Done() }

func (s *shared[T]) RemoveEventHandler(handle cache.ResourceEventHandlerRegistration) error {
	added, ok := handle.(*registration)
	if !ok || added.of != cache.SharedIndexInformer(s) {
		return failed(s.resource(), "RemoveEventHandler", fmt.Errorf("the registration (%T) is not of this informer: give what AddEventHandler has returned", handle))
	}
	added.Remove()
	return nil
}
