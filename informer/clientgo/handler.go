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
	added, err := s.informer.AddHandlerWithOptions(
		informer.EventFunc[T](func(event informer.Event[T]) { tell(handler, event) }),
		informer.HandlerOptions[T]{Resync: resync},
	)
	if err != nil {
		return nil, failed(s.resource(), "AddEventHandler", err)
	}
	return &registration{added, s}, nil
}

// tell calls the handler with an event. A pointer goes into the interface as it is;
// a tombstone is the one thing that is allocated.
func tell[T any](handler cache.ResourceEventHandler, event informer.Event[T]) {
	switch event.Type {
	case informer.Added:
		handler.OnAdd(event.Object, event.Initial)
	case informer.Updated:
		handler.OnUpdate(event.Old, event.Object)
	case informer.Deleted:
		if event.Final {
			handler.OnDelete(event.Object)
			return
		}
		handler.OnDelete(cache.DeletedFinalStateUnknown{Key: event.Key.String(), Obj: event.Object})
	}
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
