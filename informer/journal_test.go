// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

func TestWhatHandlersDoWrongIsLoggedByItsKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server{fake.NewSource[*Widget](fake.Options{}), t}
		log := &lines{}
		inf := informer.New(s, informer.Options{Logger: slog.New(log), DetectMutations: 1, MutationPeriod: time.Second})
		add := func(options informer.HandlerOptions[*Widget], onAdd func(*Widget)) {
			handler := informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, _ bool) { onAdd(w) }}
			if _, err := inf.AddHandlerWithOptions(handler, options); err != nil {
				t.Fatal(err)
			}
		}
		leave := make(chan struct{})
		add(informer.HandlerOptions[*Widget]{}, func(w *Widget) {
			if w.Name == "a" {
				panic("a bug")
			}
		})
		add(informer.HandlerOptions[*Widget]{Backlog: informer.Disconnect(1)}, func(*Widget) { <-leave })
		add(informer.HandlerOptions[*Widget]{}, func(w *Widget) {
			if w.Name == "b" {
				w.Size = 4711
			}
		})
		stop := run(t, inf)
		synctest.Wait()
		for _, name := range []string{"a", "b", "c"} {
			s.create(name, 1)
			synctest.Wait()
		}
		time.Sleep(10 * time.Second)
		close(leave)
		stop()
		want := []string{
			"ERROR informer: a handler has panicked, resource=widgets",
			"ERROR informer: a handler was too far behind, and is disconnected, resource=widgets",
			"ERROR informer: somebody has changed an object in the cache, resource=widgets",
		}
		if diff := cmp.Diff(want, sorted(log.all)); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
	})
}

// Several informers of a group may be of one resource.
func TestLinesNameTheScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(fake.Resource[*Widget]("test.io", "v1", "widgets"))
		server.Play(fake.Script{Rules: []fake.Rule{{To: 10, Fault: fake.Fault{Refuse: true}}}})
		log := &lines{}
		group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{Logger: slog.New(log), Resource: widgets}})
		provider := informer.Provider[*Widget]{
			Resource: widgets,
			Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
				return fake.ListWatcher[*Widget](server, widgets, fake.Scope{Namespace: scope.Namespace})
			},
		}
		for _, scope := range []informer.Scope{{}, {Namespace: "shop"}, {Namespace: "shop", LabelSelector: "app=web"}} {
			defer provider.Acquire(group, scope).Release()
		}
		defer run(t, group)()
		synctest.Wait()
		const failed = "WARN informer: the source has failed, and is tried again, resource=widgets.test.io"
		want := []string{failed, failed + ", scope=widgets.test.io in shop", failed + ", scope=widgets.test.io in shop with labels app=web"}
		if diff := cmp.Diff(want, sorted(log.all)); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
	})
}

func TestLinesNameThePart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(fake.Resource[*Widget]("test.io", "v1", "widgets"))
		server.Play(fake.Script{Rules: []fake.Rule{{To: 3, Fault: fake.Fault{Refuse: true}}}})
		var namespaces informer.NameSet
		if err := namespaces.Add("shop"); err != nil {
			t.Fatal(err)
		}
		log := &lines{}
		inf := informer.NewOverNamespaces(&namespaces, func(namespace string) listwatch.ListWatcher[*Widget] {
			return fake.ListWatcher[*Widget](server, widgets, fake.Scope{Namespace: namespace})
		}, informer.Options{Logger: slog.New(log), Resource: widgets})
		defer run(t, inf)()
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []string{
			"WARN informer: the source has failed, and is tried again, resource=widgets.test.io, part=shop",
			"INFO informer: the source serves again, resource=widgets.test.io, part=shop",
		}
		if diff := cmp.Diff(want, log.all); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
	})
}
