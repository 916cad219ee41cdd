// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Widget has nothing but metadata, as what the metadata client reads.
type Widget = metav1.PartialObjectMetadata

var widgets = schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "widgets"}

// widget has the annotation "rev", which tells its states apart, and labels from
// pairs.
func widget(key, rev string, labels ...string) *Widget {
	parsed, err := store.ParseKey(key)
	if err != nil {
		panic(err)
	}
	w := &Widget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "example.com/v1", Kind: "Widget"},
		ObjectMeta: metav1.ObjectMeta{Namespace: parsed.Namespace, Name: parsed.Name, Annotations: map[string]string{"rev": rev}},
	}
	for pair := range slices.Chunk(labels, 2) {
		metav1.SetMetaDataLabel(&w.ObjectMeta, pair[0], pair[1])
	}
	return w
}

// server is a fake server of widgets, with writes that must succeed.
type server struct {
	api *fake.APIServer
	*fake.Source[*Widget]
	t *testing.T
}

func newServer(t *testing.T, keys ...string) server {
	t.Helper()
	api := fake.NewAPIServer(fake.Resource("example.com", "v1", "widgets", fake.ResourceOptions[*Widget]{Kind: "Widget"}))
	source, err := fake.SourceOf[*Widget](api, widgets)
	if err != nil {
		t.Fatal(err)
	}
	s := server{api, source, t}
	for _, key := range keys {
		s.create(key, "1")
	}
	s.play(fake.Fault{DropAfter: 1000 * time.Hour}) // so that missed can drop it
	return s
}

// play has something go wrong with all watches.
func (s server) play(fault fake.Fault) {
	s.api.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", Fault: fault}, {Verb: "stream", Fault: fault}}})
}

// missed makes changes that no watch sees: the informers list anew.
func (s server) missed(changes func()) {
	s.play(fake.Fault{Refuse: true})
	synctest.Wait()
	changes()
	s.api.Compact()
	s.play(fake.Fault{DropAfter: 1000 * time.Hour})
	time.Sleep(3 * time.Minute)
	synctest.Wait()
}

func (s server) create(key, rev string, labels ...string) *Widget {
	s.t.Helper()
	return s.must(s.Create(widget(key, rev, labels...)))
}

func (s server) update(key, rev string, labels ...string) *Widget {
	s.t.Helper()
	return s.must(s.Update(widget(key, rev, labels...)))
}

func (s server) delete(key string) *Widget {
	s.t.Helper()
	parsed, err := store.ParseKey(key)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.must(s.Delete(parsed))
}

func (s server) must(w *Widget, err error) *Widget {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return w
}

// informer returns one of this library.
func (s server) informer() *informer.Informer[*Widget] {
	return informer.New(s.source(), informer.Options{OnError: logged(s.t)})
}

func (s server) source() listwatch.ListWatcher[*Widget] {
	return fake.ListWatcher[*Widget](s.api, widgets)
}

// listWatch is what client-go's informers are made of.
func (s server) listWatch() cache.ListerWatcher {
	return listWatch(metadata.NewForConfigOrDie(s.api.RESTConfig()))
}

func listWatch(client metadata.Interface) cache.ListerWatcher {
	return &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return client.Resource(widgets).List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return client.Resource(widgets).Watch(ctx, options)
		},
	}
}

func logged(t *testing.T) func(error) {
	return func(err error) { t.Logf("reported: %v", err) }
}

// run starts an informer in a bubble and waits until nothing moves. stop ends it.
func run(t *testing.T, inf cache.SharedIndexInformer) (stop func()) {
	t.Helper()
	return start(t, inf.RunWithContext)
}

// runTyped is run for an informer of this library.
func runTyped(t *testing.T, inf *informer.Informer[*Widget]) (stop func()) {
	t.Helper()
	return start(t, func(ctx context.Context) {
		if err := inf.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

func start(t *testing.T, run func(ctx context.Context)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { run(ctx) })
	synctest.Wait()
	return sync.OnceFunc(func() {
		cancel()
		running.Wait()
	})
}

// notes are what was called, as text. Its methods are those of a handler of
// client-go.
type notes struct {
	mu    sync.Mutex
	calls []string
}

func (n *notes) OnAdd(object any, initial bool) {
	if initial {
		n.add("initial " + text(object))
		return
	}
	n.add("add " + text(object))
}

func (n *notes) OnUpdate(old, object any) {
	n.add(fmt.Sprintf("update %s from %s", text(object), old.(*Widget).Annotations["rev"]))
}

func (n *notes) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		n.add(fmt.Sprintf("gone %s, last %s", tombstone.Key, text(tombstone.Obj)))
		return
	}
	n.add("delete " + text(object))
}

func (n *notes) add(call string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, call)
}

// take returns the calls since the last take, once nothing moves.
func (n *notes) take() []string {
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	calls := n.calls
	n.calls = nil
	return calls
}

// want checks the calls since the last look. The bubble must be one.
func (n *notes) want(t *testing.T, calls ...string) {
	t.Helper()
	if diff := cmp.Diff(calls, n.take()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
}

// text is an object as the tests write it: its key and its state.
func text(object any) string {
	w, ok := object.(*Widget)
	if !ok {
		return fmt.Sprintf("%T", object)
	}
	return fmt.Sprintf("%s@%s", cache.MetaObjectToName(w), w.Annotations["rev"])
}

// texts are objects in the order of their text.
func texts(objects []any) (all []string) {
	for _, object := range objects {
		all = append(all, text(object))
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

// wantError checks that an error says all of it.
func wantError(t *testing.T, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want one that says %q", says)
		return
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error is %q, which does not say %q", err, part)
		}
	}
}

func addHandler(t *testing.T, inf cache.SharedIndexInformer, handler cache.ResourceEventHandler) cache.ResourceEventHandlerRegistration {
	t.Helper()
	registration, err := inf.AddEventHandler(handler)
	if err != nil {
		t.Fatal(err)
	}
	return registration
}
