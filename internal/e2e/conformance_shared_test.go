// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/store"
)

// conformingShared is an informer by client-go's interface as the suite sees it,
// whoever it is of.
type conformingShared struct {
	cache.SharedIndexInformer
	lister cache.GenericLister
	// unchanged says that updates which leave the version as it was are handed on.
	// Client-go sends one for each object that a list brings again (G14), which
	// would be in the way of most tests.
	unchanged bool
	ended     chan struct{} // closed when it has run
	end       func()

	mu      sync.Mutex // guards what follows
	waiting []cache.DoneChecker
	failure error // the last one of a list or watch
}

func newConformingShared(t *testing.T, inf cache.SharedIndexInformer, scope fake.ConformanceScope, unchanged bool) *conformingShared {
	t.Helper()
	c := &conformingShared{
		SharedIndexInformer: inf,
		unchanged:           unchanged,
		lister:              cache.NewGenericLister(inf.GetIndexer(), scope.Resource.GroupResource()),
		ended:               make(chan struct{}),
		waiting:             []cache.DoneChecker{inf.HasSyncedChecker()},
	}
	c.end = sync.OnceFunc(func() { close(c.ended) })
	err := inf.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		t.Logf("the informer reports: %v", err)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.failure = err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Run returns an error if the informer has not run until the end of ctx, which is
// how a second call shows by this interface.
func (c *conformingShared) Run(ctx context.Context) error {
	c.RunWithContext(ctx)
	if ctx.Err() == nil {
		return errors.New("RunWithContext has returned before the end of its context")
	}
	c.end()
	return nil
}

// WaitForSync says what the handler of watch errors was told last, which is all that
// there is to be known by this interface.
func (c *conformingShared) WaitForSync(ctx context.Context) error {
	c.mu.Lock()
	waiting := slices.Clone(c.waiting)
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-c.ended:
			cancel()
		case <-ctx.Done():
		}
	}()
	if !cache.WaitFor(ctx, "", waiting...) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return errors.Join(context.Cause(ctx), c.failure)
	}
	return nil
}

func (c *conformingShared) AddHandler(handler fake.ConformanceHandler) (fake.ConformanceRegistration, error) {
	added, err := c.AddEventHandler(cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(object any, initial bool) { handler.HandleAdd(object.(*unstructured.Unstructured), initial) },
		UpdateFunc: func(old, object any) {
			before, now := old.(*unstructured.Unstructured), object.(*unstructured.Unstructured)
			if c.unchanged || before.GetResourceVersion() != now.GetResourceVersion() {
				handler.HandleUpdate(before, now)
			}
		},
		DeleteFunc: func(object any) {
			tombstone, unseen := object.(cache.DeletedFinalStateUnknown)
			if unseen {
				object = tombstone.Obj
			}
			handler.HandleDelete(object.(*unstructured.Unstructured), !unseen)
		},
	})
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, added.HasSyncedChecker())
	return conformingRegistration{added, c.SharedIndexInformer}, nil
}

func (c *conformingShared) Get(key store.Key) (*unstructured.Unstructured, error) {
	object, err := c.lister.ByNamespace(key.Namespace).Get(key.Name)
	if err != nil {
		return nil, err
	}
	return object.(*unstructured.Unstructured), nil
}

func (c *conformingShared) List() (objects []*unstructured.Unstructured) {
	for _, object := range c.GetStore().List() {
		objects = append(objects, object.(*unstructured.Unstructured))
	}
	return objects
}

// conformingRegistration is a registration by client-go's interface.
type conformingRegistration struct {
	cache.ResourceEventHandlerRegistration
	of cache.SharedIndexInformer
}

func (r conformingRegistration) Synced() <-chan struct{} { return r.HasSyncedChecker().Done() }

// Done is what cache.ShutDownEventHandler waits for.
func (r conformingRegistration) Done() <-chan struct{} {
	return r.ResourceEventHandlerRegistration.(interface{ ShutdownChan() <-chan struct{} }).ShutdownChan()
}

func (r conformingRegistration) Remove() {
	_ = r.of.RemoveEventHandler(r.ResourceEventHandlerRegistration)
}

// listWatchOf is what client-go's informers are made of.
func listWatchOf(t *testing.T, scope fake.ConformanceScope) cache.ListerWatcher {
	t.Helper()
	client, err := scope.Client()
	if err != nil {
		t.Fatal(err)
	}
	confine := func(options metav1.ListOptions) metav1.ListOptions {
		options.LabelSelector, options.FieldSelector = scope.LabelSelector, scope.FieldSelector
		return options
	}
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return client.List(ctx, confine(options))
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return client.Watch(ctx, confine(options))
		},
	}
}

func conformShared(t *testing.T, unchanged bool, inf func(*testing.T, fake.ConformanceScope) cache.SharedIndexInformer, without map[string]string) {
	without["G35_RestartIsSurvived"] = "a server without a socket has no connections to lose"
	fake.Conformance{
		Server: fakeConformanceServer,
		Informer: func(t *testing.T, scope fake.ConformanceScope) fake.ConformanceInformer {
			return newConformingShared(t, inf(t, scope), scope, unchanged)
		},
		Bubble:  true,
		Without: without,
	}.Run(t)
}

// TestConformanceOfShared is the suite for an informer of this library by
// client-go's interface.
func TestConformanceOfShared(t *testing.T) {
	conformShared(t, true, func(t *testing.T, scope fake.ConformanceScope) cache.SharedIndexInformer {
		source, err := fromClient(scope)
		if err != nil {
			t.Fatal(err)
		}
		return clientgo.Shared(informer.New(source, informer.Options{}))
	}, map[string]string{})
}

// TestConformanceOfNewSharedIndexInformer is the suite for what takes the place of
// client-go's constructor.
func TestConformanceOfNewSharedIndexInformer(t *testing.T) {
	conformShared(t, true, func(t *testing.T, scope fake.ConformanceScope) cache.SharedIndexInformer {
		return clientgo.NewSharedIndexInformer(listWatchOf(t, scope), &unstructured.Unstructured{}, 0, cache.Indexers{})
	}, map[string]string{})
}

// TestConformanceOfClientGo is the suite for client-go's own informer.
func TestConformanceOfClientGo(t *testing.T) {
	conformShared(t, false, func(t *testing.T, scope fake.ConformanceScope) cache.SharedIndexInformer {
		return cache.NewSharedIndexInformer(listWatchOf(t, scope), &unstructured.Unstructured{}, 0, cache.Indexers{})
	}, excused(t))
}

// excused reads the table of differences: the tests that client-go's informer is
// excused from, and why. A difference without a promise is none that a user could
// rely upon.
func excused(t *testing.T) map[string]string {
	t.Helper()
	table, err := os.ReadFile("../../informer/clientgo/DIFFERENCES.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{}
	rows := regexp.MustCompile(`(?m)^\|(.*)\|$`).FindAllStringSubmatch(string(table), -1)
	for _, row := range rows[2:] { // below the header and its rule
		cells := strings.Split(row[1], " |")
		if len(cells) != 4 || !regexp.MustCompile(`^ G\d\d$`).MatchString(cells[0]) {
			t.Errorf("no promise and three cells more: %q", row[0])
			continue
		}
		for _, name := range regexp.MustCompile("`(\\w+)`").FindAllStringSubmatch(cells[3], -1) {
			tests[name[1]] = strings.TrimSpace(cells[1])
		}
	}
	return tests
}
