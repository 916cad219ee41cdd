// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
)

// provide returns a group, and what it has of the server. Handlers are told of all
// objects each hour.
func provide(server server) (*informer.Group, informer.Provider[*Widget]) {
	group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{OnError: logged(server.t)}})
	return group, informer.Provider[*Widget]{
		Resource: widgets,
		Source:   func(informer.Scope) listwatch.ListWatcher[*Widget] { return server.source() },
		Resync:   time.Hour,
	}
}

func runGroup(t *testing.T, group *informer.Group) (stop func()) {
	t.Helper()
	return start(t, func(ctx context.Context) {
		if err := group.Run(ctx); err != nil {
			t.Errorf("Run of the group: %v", err)
		}
	})
}

func TestSharedHandle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t, "a/one")
		group, provider := provide(server)
		handle, held := provider.Acquire(group, informer.Scope{}), provider.Acquire(group, informer.Scope{})
		inf, other := clientgo.SharedHandle(handle), clientgo.SharedHandle(held)
		var calls, others notes
		addHandler(t, inf, &calls)
		addHandler(t, other, &others)
		wantError(t, inf.SetTransform(func(object any) (any, error) { return object, nil }), "SetTransform", "the group's options")
		wantError(t, inf.SetWatchErrorHandler(cacheWatchErrors), "SetWatchErrorHandler", "the group's options")
		wantError(t, inf.SetWatchErrorHandlerWithContext(cache.DefaultWatchErrorHandler), "SetWatchErrorHandler", "the group's options")
		defer runGroup(t, group)()
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			inf.RunWithContext(t.Context())
		}()
		calls.want(t, "initial a/one@1")
		others.want(t, "initial a/one@1")
		wantEqual(t, "what is cached", []string{"a/one@1"}, texts(inf.GetStore().List()))
		if !inf.HasSynced() || inf.IsStopped() {
			t.Errorf("synced %v, stopped %v", inf.HasSynced(), inf.IsStopped())
		}
		handle.Release()
		<-ended
		if !inf.IsStopped() || other.IsStopped() {
			t.Errorf("one handle is released; stopped are %v and, of the other, %v", inf.IsStopped(), other.IsStopped())
		}
		server.update("a/one", "2")
		calls.want(t)
		others.want(t, "update a/one@2 from 1")
		_, err := inf.AddEventHandler(&notes{})
		wantError(t, err, informer.ErrReleased.Error())
	})
}

func cacheWatchErrors(r *cache.Reflector, err error) {
	cache.DefaultWatchErrorHandler(context.Background(), r, err)
}

// Who waits in Run is let go when the context ends, and when the group does.
func TestRunOfASharedHandleEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group, provider := provide(newServer(t))
		inf := clientgo.SharedHandle(provider.Acquire(group, informer.Scope{}))
		stopGroup := runGroup(t, group)
		run(t, inf)()
		if inf.IsStopped() {
			t.Error("it has stopped with the context of Run, though the group runs")
		}
		stop := run(t, inf)
		stopGroup()
		synctest.Wait()
		if !inf.IsStopped() {
			t.Error("it has not stopped with the group")
		}
		inf.RunWithContext(context.Background())
		stop()
	})
}

// A period of none is none, also where the Provider has one.
func TestResyncOfASharedHandle(t *testing.T) {
	none, own := time.Duration(0), 30*time.Minute
	for name, c := range map[string]struct {
		shared clientgo.Options
		asked  *time.Duration
		want   int // calls in ten hours
	}{
		"of the Provider":  {want: 10},
		"of the options":   {shared: clientgo.Options{Resync: 2 * time.Hour}, want: 5},
		"of the handler":   {shared: clientgo.Options{Resync: 2 * time.Hour}, asked: &own, want: 20},
		"none":             {asked: &none},
		"none by default":  {shared: clientgo.Options{Resync: -1}},
		"own, not default": {shared: clientgo.Options{Resync: -1}, asked: &own, want: 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				group, provider := provide(newServer(t, "a/one"))
				inf := clientgo.SharedHandle(provider.Acquire(group, informer.Scope{}), c.shared)
				var calls notes
				if _, err := inf.AddEventHandlerWithOptions(&calls, cache.HandlerOptions{ResyncPeriod: c.asked}); err != nil {
					t.Fatal(err)
				}
				defer runGroup(t, group)()
				calls.want(t, "initial a/one@1")
				time.Sleep(10*time.Hour + 10*time.Minute)
				wantEqual(t, "calls in ten hours", c.want, len(calls.take()))
			})
		})
	}
}
