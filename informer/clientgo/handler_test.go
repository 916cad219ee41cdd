// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
)

func TestHandlersAreToldOfChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, "a/one")
		inf := clientgo.Shared(server.informer())
		var calls, late notes
		registration := addHandler(t, inf, &calls)
		if registration.HasSynced() {
			t.Error("the handler has synced before the informer runs")
		}
		defer run(t, inf)()
		calls.want(t, "initial a/one@1")
		if !registration.HasSynced() || !cache.IsDone(registration.HasSyncedChecker()) {
			t.Error("the handler has not synced though it has had its initial adds")
		}
		server.create("a/two", "1")
		server.update("a/one", "2")
		server.delete("a/two")
		calls.want(t, "add a/two@1", "update a/one@2 from 1", "delete a/two@1")
		addHandler(t, inf, &late)
		late.want(t, "initial a/one@2")
		server.missed(func() {
			server.delete("a/one")
			server.create("a/three", "1")
		})
		for _, of := range []*notes{&calls, &late} {
			of.want(t, "gone a/one, last a/one@2", "add a/three@1")
		}
	})
}

func TestCheckersSayWhatTheyAreOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t).informer())
		first, second := addHandler(t, inf, &notes{}), addHandler(t, inf, &notes{})
		names := map[string]bool{}
		for _, checker := range []cache.DoneChecker{inf.HasSyncedChecker(), first.HasSyncedChecker(), second.HasSyncedChecker()} {
			wantError(t, errors.New(checker.Name()), "informer of widgets")
			names[checker.Name()] = true
		}
		if len(names) != 3 {
			t.Errorf("three checkers have the names %v", names)
		}
	})
}

func TestResync(t *testing.T) {
	for name, c := range map[string]struct {
		add  func(inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error)
		want int // calls in ten minutes
	}{
		"the informer's": {cache.SharedIndexInformer.AddEventHandler, 10},
		"the handler's own": {func(inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
			return inf.AddEventHandlerWithResyncPeriod(handler, 2*time.Minute)
		}, 5},
		"the handler's own, none": {func(inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
			return inf.AddEventHandlerWithResyncPeriod(handler, 0)
		}, 0},
		"the handler's own, less than none": {func(inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
			return inf.AddEventHandlerWithResyncPeriod(handler, -time.Minute)
		}, 0},
		"options without one": {func(inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
			return inf.AddEventHandlerWithOptions(handler, cache.HandlerOptions{})
		}, 10},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inf := clientgo.Shared(newServer(t, "a/one").informer(), clientgo.Options{Resync: time.Minute})
				var calls notes
				if _, err := c.add(inf, &calls); err != nil {
					t.Fatal(err)
				}
				defer run(t, inf)()
				calls.want(t, "initial a/one@1")
				time.Sleep(10*time.Minute + 30*time.Second)
				got := calls.take()
				for _, call := range got {
					wantEqual(t, "a resync", "update a/one@1 from 1", call)
				}
				wantEqual(t, "calls in ten minutes", c.want, len(got))
			})
		})
	}
}

func TestResyncOfLessThanNone(t *testing.T) {
	inf := clientgo.Shared(newServer(t).informer(), clientgo.Options{Resync: -time.Minute})
	addHandler(t, inf, &notes{})
}

func TestNilHandlerIsAnError(t *testing.T) {
	_, err := clientgo.Shared(newServer(t).informer()).AddEventHandler(nil)
	wantError(t, err, "widgets", "AddEventHandler", "the handler is nil")
}

func TestRemoveEventHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, "a/one")
		inf := clientgo.Shared(server.informer())
		var kept, removed notes
		addHandler(t, inf, &kept)
		registration := addHandler(t, inf, &removed)
		defer run(t, inf)()
		for range 2 { // the second does nothing
			if err := inf.RemoveEventHandler(registration); err != nil {
				t.Error(err)
			}
		}
		server.create("a/two", "1")
		kept.want(t, "initial a/one@1", "add a/two@1")
		removed.want(t, "initial a/one@1")
	})
}

// ShutDownEventHandler waits for the call that is running.
func TestShutDownEventHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one", "a/two").informer())
		begun, goOn := make(chan struct{}), make(chan struct{})
		calls := 0
		registration := addHandler(t, inf, cache.ResourceEventHandlerFuncs{AddFunc: func(any) {
			calls++
			close(begun) // twice panics: no further call begins
			<-goOn
		}})
		defer run(t, inf)()
		<-begun
		ended := make(chan error, 1)
		go func() { ended <- cache.ShutDownEventHandler(inf, registration) }()
		synctest.Wait()
		select {
		case err := <-ended:
			t.Errorf("it has returned (%v) though the handler has not", err)
		default:
		}
		close(goOn)
		if err := <-ended; err != nil || calls != 1 {
			t.Errorf("error %v after %d calls", err, calls)
		}
	})
}

func TestRegistrationOfAnotherInformer(t *testing.T) {
	typed := newServer(t).informer()
	inf, other := clientgo.Shared(typed), clientgo.Shared(newServer(t).informer())
	theirs := cache.NewSharedIndexInformer(&cache.ListWatch{}, &Widget{}, 0, cache.Indexers{})
	for name, registration := range map[string]cache.ResourceEventHandlerRegistration{
		"of the same kind": addHandler(t, other, &notes{}),
		"of client-go":     addHandler(t, theirs, &notes{}),
		"none":             nil,
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, inf.RemoveEventHandler(registration), "widgets", "RemoveEventHandler", "not of this informer")
		})
	}
	if handlers := typed.Stats().Handlers; len(handlers) != 0 {
		t.Errorf("handlers: %v", handlers)
	}
}

func TestAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one").informer())
		registration := addHandler(t, inf, &notes{})
		if inf.IsStopped() {
			t.Error("it has stopped before it runs")
		}
		stop := run(t, inf)
		if inf.IsStopped() {
			t.Error("it has stopped while it runs")
		}
		stop()
		if !inf.IsStopped() || !inf.HasSynced() {
			t.Errorf("stopped %v, synced %v; want both", inf.IsStopped(), inf.HasSynced())
		}
		_, err := inf.AddEventHandler(&notes{})
		wantError(t, err, "widgets", "AddEventHandler", informer.ErrStopped.Error())
		if err := inf.RemoveEventHandler(registration); err != nil {
			t.Error(err)
		}
		inf.RunWithContext(t.Context()) // returns at once: there is nothing to run
		wantEqual(t, "what is cached", []string{"a/one@1"}, texts(inf.GetStore().List()))
	})
}

func TestSecondRunReturnsAndChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		inf := clientgo.Shared(server.informer())
		var calls notes
		addHandler(t, inf, &calls)
		defer run(t, inf)()
		inf.Run(make(chan struct{})) // which nobody closes
		server.create("a/one", "1")
		calls.want(t, "add a/one@1")
	})
}

func TestRunUntilAChannelIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one").informer())
		stop := make(chan struct{})
		defer start(t, func(context.Context) { inf.Run(stop) })()
		if !cache.WaitForCacheSync(stop, inf.HasSynced) || inf.LastSyncResourceVersion() != "2" {
			t.Errorf("it is at version %q", inf.LastSyncResourceVersion())
		}
		close(stop)
		synctest.Wait()
		if !inf.IsStopped() {
			t.Error("it goes on")
		}
	})
}

// The controller of an informer has nothing to run.
func TestGetController(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one").informer())
		controller := inf.GetController()
		controller.Run(nil)
		controller.RunWithContext(t.Context())
		if controller.HasSynced() {
			t.Error("the controller has synced: it has run the informer")
		}
		defer run(t, inf)()
		if !controller.HasSynced() || !cache.IsDone(controller.HasSyncedChecker()) || controller.LastSyncResourceVersion() != "2" {
			t.Errorf("synced %v at version %q", controller.HasSynced(), controller.LastSyncResourceVersion())
		}
	})
}
