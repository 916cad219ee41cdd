// SPDX-License-Identifier: Apache-2.0

package factories_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo/factories"
)

var (
	robots  = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "robots"}
	gadgets = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "gadgets"}
)

// factory is what the two factories of client-go have in common.
type factory interface {
	Start(stopCh <-chan struct{})
	ForResource(resource schema.GroupVersionResource) informers.GenericInformer
	WaitForCacheSync(stopCh <-chan struct{}) map[schema.GroupVersionResource]bool
	Shutdown()
}

// kinds are both factories, and the type of their objects.
var kinds = map[string]struct {
	make  func(*fake.APIServer, factories.Options) factory
	holds func(any) bool
}{
	"dynamic": {
		func(server *fake.APIServer, options factories.Options) factory {
			return factories.Dynamic(dynamic.NewForConfigOrDie(server.RESTConfig()), options)
		},
		func(object any) bool { _, ok := object.(*unstructured.Unstructured); return ok },
	},
	"metadata": {
		func(server *fake.APIServer, options factories.Options) factory {
			return factories.Metadata(metadata.NewForConfigOrDie(server.RESTConfig()), options)
		},
		func(object any) bool { _, ok := object.(*metav1.PartialObjectMetadata); return ok },
	},
}

// each runs a test for both, in a bubble of its own.
func each(t *testing.T, options factories.Options, test func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool)) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := fake.NewAPIServer(
					fake.Resource("example.com", "v1", "robots", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot"}),
					fake.Resource("example.com", "v1", "gadgets", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Gadget"}),
				)
				create(t, server, robots, "shop", "anvil", "steel")
				create(t, server, robots, "shop", "bolt", "tin")
				create(t, server, robots, "yard", "crane", "steel")
				test(t, server, kind.make(server, options), kind.holds)
			})
		})
	}
}

func create(t *testing.T, server *fake.APIServer, resource schema.GroupVersionResource, namespace, name, material string) {
	t.Helper()
	source, err := fake.SourceOf[*unstructured.Unstructured](server, resource)
	if err != nil {
		t.Fatal(err)
	}
	object := &unstructured.Unstructured{}
	object.SetNamespace(namespace)
	object.SetName(name)
	object.SetLabels(map[string]string{"material": material})
	if _, err := source.Create(object); err != nil {
		t.Fatal(err)
	}
}

// started starts a factory and waits until nothing moves.
func started(t *testing.T, factory factory) (stop func()) {
	t.Helper()
	stopCh := make(chan struct{})
	factory.Start(stopCh)
	synctest.Wait()
	return func() {
		close(stopCh)
		factory.Shutdown()
	}
}

// names are the names of objects in order.
func names(t *testing.T, objects []runtime.Object, holds func(any) bool) (all []string) {
	t.Helper()
	for _, object := range objects {
		accessor, err := meta.Accessor(object)
		if err != nil || !holds(object) {
			t.Fatalf("%T: %v", object, err)
		}
		all = append(all, accessor.GetNamespace()+"/"+accessor.GetName())
	}
	slices.Sort(all)
	return all
}

func wantEqual[V any](t *testing.T, what string, want, got V) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestListers(t *testing.T) {
	each(t, factories.Options{}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		generic := factory.ForResource(robots)
		defer started(t, factory)()
		all, err := generic.Lister().List(labels.Everything())
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "all", []string{"shop/anvil", "shop/bolt", "yard/crane"}, names(t, all, holds))
		steel, err := generic.Lister().ByNamespace("shop").List(labels.SelectorFromSet(labels.Set{"material": "steel"}))
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "of steel", []string{"shop/anvil"}, names(t, steel, holds))
		if anvil, err := generic.Lister().ByNamespace("shop").Get("anvil"); err != nil || !holds(anvil) {
			t.Errorf("got %T, error %v", anvil, err)
		}
		_, err = generic.Lister().ByNamespace("shop").Get("crane")
		wantEqual(t, "an object of another namespace", `robots.example.com "crane" not found`, fmt.Sprint(err))
	})
}

// Whoever asks for a resource gets the same informer, and it is run once.
func TestInformersAreShared(t *testing.T) {
	var said bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	each(t, factories.Options{}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		first, second := factory.ForResource(robots), factory.ForResource(robots)
		if first.Informer() != second.Informer() || first.Informer() == factory.ForResource(gadgets).Informer() {
			t.Error("there is not one informer for each resource")
		}
		server.ForgetRequests()
		defer started(t, factory)()
		factory.Start(t.Context().Done()) // they run already
		synctest.Wait()
		wantEqual(t, "requests", 2, len(server.Requests()))
	})
	if said.Len() != 0 { // a second Run would say so
		t.Errorf("logged: %s", said.String())
	}
}

func TestSelectorsAndNamespaces(t *testing.T) {
	for name, c := range map[string]struct {
		options factories.Options
		want    []string
	}{
		"a namespace":      {factories.Options{Namespace: "shop"}, []string{"shop/anvil", "shop/bolt"}},
		"a label":          {factories.Options{LabelSelector: "material=steel"}, []string{"shop/anvil", "yard/crane"}},
		"a field":          {factories.Options{FieldSelector: "metadata.name=bolt"}, []string{"shop/bolt"}},
		"all of the three": {factories.Options{Namespace: "yard", LabelSelector: "material", FieldSelector: "metadata.name!=bolt"}, []string{"yard/crane"}},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, c.options, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
				generic := factory.ForResource(robots)
				defer started(t, factory)()
				all, err := generic.Lister().List(labels.Everything())
				if err != nil {
					t.Error(err)
				}
				wantEqual(t, "found", c.want, names(t, all, holds))
			})
		})
	}
}

// An informer that is asked for while others run is started by the next Start.
func TestStart(t *testing.T) {
	each(t, factories.Options{}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		factory.ForResource(robots)
		stop := make(chan struct{})
		factory.Start(stop)
		synctest.Wait()
		late := factory.ForResource(gadgets)
		wantEqual(t, "synced", map[schema.GroupVersionResource]bool{robots: true}, factory.WaitForCacheSync(stop))
		if late.Informer().HasSynced() {
			t.Error("it runs though nobody has started it")
		}
		factory.Start(stop)
		wantEqual(t, "synced", map[schema.GroupVersionResource]bool{robots: true, gadgets: true}, factory.WaitForCacheSync(stop))
		close(stop)
		factory.Shutdown()
		if !late.Informer().IsStopped() {
			t.Error("it has not stopped when Shutdown has returned")
		}
		factory.ForResource(gadgets)
		factory.Start(make(chan struct{})) // starts nothing after Shutdown, which the bubble would see
	})
}

// Who waits for what does not sync is let go when the channel is closed.
func TestWaitForCacheSyncInVain(t *testing.T) {
	quiet := informer.Options{OnError: func(error) {}}
	each(t, factories.Options{Informer: quiet}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		server.Play(fake.Script{Rules: []fake.Rule{{Resource: "gadgets", Fault: fake.Fault{Status: 403}}}})
		factory.ForResource(robots)
		factory.ForResource(gadgets)
		defer started(t, factory)()
		stop := make(chan struct{})
		time.AfterFunc(time.Minute, func() { close(stop) })
		wantEqual(t, "synced", map[schema.GroupVersionResource]bool{robots: true, gadgets: false}, factory.WaitForCacheSync(stop))
	})
}

func TestShutdownBeforeStart(t *testing.T) {
	each(t, factories.Options{}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		inf := factory.ForResource(robots).Informer()
		factory.Shutdown()
		factory.Start(t.Context().Done())
		synctest.Wait()
		if inf.HasSynced() {
			t.Error("it runs")
		}
	})
}

func TestResync(t *testing.T) {
	each(t, factories.Options{Resync: time.Minute}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		var mu sync.Mutex
		updates := 0
		_, err := factory.ForResource(robots).Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{UpdateFunc: func(_, _ any) {
			mu.Lock()
			defer mu.Unlock()
			updates++
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer started(t, factory)()
		time.Sleep(150 * time.Second)
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		wantEqual(t, "updates of three objects in two and a half minutes", 6, updates)
	})
}

// The options of the informers are those that were given, with the resource set.
func TestInformerOptions(t *testing.T) {
	var mu sync.Mutex
	var said []string
	report := informer.Options{Resource: schema.GroupVersionResource{Resource: "nonsense"}, OnError: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		said = append(said, err.Error())
	}}
	each(t, factories.Options{Informer: report}, func(t *testing.T, server *fake.APIServer, factory factory, holds func(any) bool) {
		server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
		said = nil
		inf := factory.ForResource(robots).Informer()
		wantEqual(t, "the name", "informer of robots.example.com", inf.HasSyncedChecker().Name())
		stop := started(t, factory)
		stop()
		if len(said) == 0 {
			t.Error("nothing was reported")
		}
	})
}
