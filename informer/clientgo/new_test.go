// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer/clientgo"
)

func TestNewSharedIndexInformer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		server.create("a/one", "1", "color", "red")
		inf := clientgo.NewSharedIndexInformer(server.listWatch(), &Widget{}, time.Hour, cache.Indexers{
			"color": colors, cache.NamespaceIndex: cache.MetaNamespaceIndexFunc,
		})
		wantEqual(t, "the indexes", []string{"color", cache.NamespaceIndex}, indexNames(inf))
		var calls notes
		registration := addHandler(t, inf, &calls)
		defer run(t, inf)()
		if !cache.WaitForCacheSync(t.Context().Done(), inf.HasSynced, registration.HasSynced) {
			t.Error("not synced")
		}
		calls.want(t, "initial a/one@1")
		server.update("a/one", "2", "color", "blue")
		server.create("b/two", "1")
		server.delete("b/two")
		calls.want(t, "update a/one@2 from 1", "add b/two@1", "delete b/two@1")
		server.missed(func() { server.delete("a/one") })
		calls.want(t, "gone a/one, last a/one@2")
		server.create("a/red", "1", "color", "red")
		for _, find := range []func() ([]any, error){
			func() ([]any, error) { return inf.GetIndexer().ByIndex("color", "red") },
			func() ([]any, error) { return inf.GetIndexer().ByIndex(cache.NamespaceIndex, "a") },
		} {
			calls.take()
			found, err := find()
			if err != nil {
				t.Error(err)
			}
			wantEqual(t, "found", []string{"a/red@1"}, texts(found))
		}
		time.Sleep(time.Hour)
		calls.want(t, "update a/red@1 from 1")
	})
}

// There are the indexes that were asked for and no other, so that the one by
// namespace can be added later, as controller-runtime does.
func TestNewSharedIndexInformerHasNoIndexOfItsOwn(t *testing.T) {
	inf := clientgo.NewSharedIndexInformer(newServer(t).listWatch(), &Widget{}, 0, nil)
	wantEqual(t, "the indexes", nil, indexNames(inf))
	for range 2 {
		err := inf.AddIndexers(cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		if names := indexNames(inf); len(names) != 1 {
			t.Fatalf("the indexes are %v (%v)", names, err)
		}
	}
	if _, err := inf.GetIndexer().Index(cache.NamespaceIndex, &metav1.ObjectMeta{Namespace: "a"}); err != nil {
		t.Error(err)
	}
}

// fixed is a list of objects, and a watch that never says anything.
func fixed(objects ...runtime.Object) cache.ListerWatcher {
	list := &metav1.List{ListMeta: metav1.ListMeta{ResourceVersion: "5"}}
	for _, object := range objects {
		list.Items = append(list.Items, runtime.RawExtension{Object: object})
	}
	return &cache.ListWatch{
		ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) { return list, nil },
		WatchFuncWithContext: func(_ context.Context, options metav1.ListOptions) (watch.Interface, error) {
			if options.SendInitialEvents != nil {
				return nil, apierrors.NewInvalid(schema.GroupKind{}, "", nil)
			}
			return watch.NewFake(), nil
		},
	}
}

func robot(kind, name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "example.com/v1", "kind": kind,
		"metadata": map[string]any{"name": name, "resourceVersion": "3"},
	}}
}

// What is not of the type that the example says is left out, and reported.
func TestObjectsOfAnotherType(t *testing.T) {
	a := widget("a", "1")
	a.ResourceVersion = "4"
	kinded := &unstructured.Unstructured{}
	kinded.SetGroupVersionKind(schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Robot"})
	for name, c := range map[string]struct {
		example runtime.Object
		want    []string
		logged  string
	}{
		"a type":           {&Widget{}, []string{"a"}, "got *unstructured.Unstructured, want *v1.PartialObjectMetadata"},
		"unstructured":     {&unstructured.Unstructured{}, []string{"b", "c"}, "got *v1.PartialObjectMetadata, want *unstructured.Unstructured"},
		"a kind":           {kinded, []string{"b"}, "got example.com/v1, Kind=Gadget, want example.com/v1, Kind=Robot"},
		"anything will do": {nil, []string{"a", "b", "c"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			said := logs(t)
			synctest.Test(t, func(t *testing.T) {
				inf := clientgo.NewSharedIndexInformer(fixed(a, robot("Robot", "b"), robot("Gadget", "c")), c.example, 0, nil)
				defer run(t, inf)()
				if !inf.HasSynced() {
					t.Error("it has not synced")
				}
				keys := inf.GetStore().ListKeys()
				wantEqual(t, "what is cached", len(c.want), len(keys))
				for _, key := range c.want {
					if _, found, err := inf.GetStore().GetByKey(key); !found || err != nil {
						t.Errorf("%s is missing (%v)", key, err)
					}
				}
			})
			if got := said.String(); !bytes.Contains([]byte(got), []byte(c.logged)) || c.logged == "" && got != "" {
				t.Errorf("logged: %q, want %q", got, c.logged)
			}
		})
	}
}

// logs has all that is logged by default go into a buffer, for as long as the test
// runs.
func logs(t *testing.T) *bytes.Buffer {
	var said bytes.Buffer // the handler of slog has a lock
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&said, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &said
}

// What an informer is called in messages follows from the options, and from the
// example if they say nothing.
func TestNamesOfInformers(t *testing.T) {
	kinded := robot("Robot", "")
	for want, c := range map[string]struct {
		example runtime.Object
		options cache.SharedIndexInformerOptions
	}{
		"informer of *v1.PartialObjectMetadata":     {&Widget{}, cache.SharedIndexInformerOptions{}},
		"informer of *unstructured.Unstructured":    {&unstructured.Unstructured{}, cache.SharedIndexInformerOptions{}},
		"informer of example.com/v1, Kind=Robot":    {kinded, cache.SharedIndexInformerOptions{}},
		"informer of objects of any type":           {nil, cache.SharedIndexInformerOptions{}},
		"informer of the things that I think about": {&Widget{}, cache.SharedIndexInformerOptions{ObjectDescription: "the things that I think about"}},
	} {
		inf := clientgo.NewSharedIndexInformerWithOptions(fixed(), c.example, c.options)
		wantEqual(t, "the name", want, inf.HasSyncedChecker().Name())
	}
}

// The constructor has no error to return: what was wrong is logged.
func TestIndexersThatCannotBeAddedAreLogged(t *testing.T) {
	said := logs(t)
	inf := clientgo.NewSharedIndexInformer(fixed(), &Widget{}, 0, cache.Indexers{"color": nil})
	wantEqual(t, "the indexes", nil, indexNames(inf))
	if !bytes.Contains(said.Bytes(), []byte("color")) {
		t.Errorf("logged: %q", said)
	}
}
