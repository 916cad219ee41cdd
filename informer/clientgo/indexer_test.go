// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"slices"
	"testing"
	"testing/synctest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer/clientgo"
)

func TestStoreFindsObjects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one", "a/two", "everywhere").informer())
		defer run(t, inf)()
		store := inf.GetStore()
		wantEqual(t, "List", []string{"a/one@1", "a/two@1", "everywhere@1"}, texts(store.List()))
		wantEqual(t, "ListKeys", []string{"a/one", "a/two", "everywhere"}, slices.Sorted(slices.Values(store.ListKeys())))
		wantEqual(t, "the version", "4", store.LastStoreSyncResourceVersion())
		wantEqual(t, "the version", "4", inf.LastSyncResourceVersion())

		for name, c := range map[string]struct {
			object any
			want   string
		}{
			"an object":       {widget("a/one", "any"), "a/one@1"},
			"another type":    {&metav1.ObjectMeta{Namespace: "a", Name: "two"}, "a/two@1"},
			"no namespace":    {widget("everywhere", "any"), "everywhere@1"},
			"a tombstone":     {cache.DeletedFinalStateUnknown{Key: "a/one"}, "a/one@1"},
			"a key":           {cache.ExplicitKey("a/two"), "a/two@1"},
			"not there":       {widget("a/none", "any"), ""},
			"a key of no use": {cache.ExplicitKey("a/b/c"), ""},
		} {
			found, exists, err := store.Get(c.object)
			wantFound(t, name, c.want, found, exists, err)
		}
		_, exists, err := store.Get("a/one")
		if exists {
			t.Error("a text is found, which is no object")
		}
		wantError(t, err, "couldn't create key", "a/one")
	})
}

func wantFound(t *testing.T, what, want string, found any, exists bool, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if exists != (want != "") || exists && text(found) != want || !exists && found != nil {
		t.Errorf("%s: found %v (%v), want %q", what, found, exists, want)
	}
}

func TestGetByKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one", "everywhere").informer())
		defer run(t, inf)()
		for key, want := range map[string]string{
			"a/one": "a/one@1", "everywhere": "everywhere@1", "a/none": "", "none": "", "": "", "/": "", "a/": "", "a/b/c": "",
		} {
			found, exists, err := inf.GetStore().GetByKey(key)
			wantFound(t, key, want, found, exists, err)
		}
	})
}

func TestStoreRefusesWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one").informer())
		defer run(t, inf)()
		other := widget("a/two", "1")
		for name, write := range map[string]func(cache.Store) error{
			"Add":     func(s cache.Store) error { return s.Add(other) },
			"Update":  func(s cache.Store) error { return s.Update(other) },
			"Delete":  func(s cache.Store) error { return s.Delete(other) },
			"Replace": func(s cache.Store) error { return s.Replace([]any{other}, "9") },
		} {
			wantError(t, write(inf.GetStore()), "widgets", name, "write to the API server")
		}
		if err := inf.GetStore().Resync(); err != nil {
			t.Error(err)
		}
		inf.GetStore().Bookmark("99")
		wantEqual(t, "what is cached", []string{"a/one@1"}, texts(inf.GetStore().List()))
		wantEqual(t, "the version", "2", inf.GetStore().LastStoreSyncResourceVersion())
	})
}

// Generated listers are these functions.
func TestListersOfClientGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		for _, key := range []string{"a/red", "a/blue", "b/red", "red"} {
			server.create(key, "1", "color", key[len(key)-3:])
		}
		inf := clientgo.Shared(server.informer())
		defer run(t, inf)()
		red := labels.SelectorFromSet(labels.Set{"color": "red"})
		for name, c := range map[string]struct {
			list func(appendTo cache.AppendFunc) error
			want []string
		}{
			"all": {func(to cache.AppendFunc) error { return cache.ListAll(inf.GetStore(), labels.Everything(), to) },
				[]string{"a/blue@1", "a/red@1", "b/red@1", "red@1"}},
			"all that match": {func(to cache.AppendFunc) error { return cache.ListAll(inf.GetStore(), red, to) },
				[]string{"a/red@1", "b/red@1", "red@1"}},
			"a namespace": {func(to cache.AppendFunc) error {
				return cache.ListAllByNamespace(inf.GetIndexer(), "a", labels.Everything(), to)
			}, []string{"a/blue@1", "a/red@1"}},
			"all that match in a namespace": {func(to cache.AppendFunc) error {
				return cache.ListAllByNamespace(inf.GetIndexer(), "a", red, to)
			}, []string{"a/red@1"}},
			"no such namespace": {func(to cache.AppendFunc) error {
				return cache.ListAllByNamespace(inf.GetIndexer(), "c", labels.Everything(), to)
			}, nil},
		} {
			var found []any
			if err := c.list(func(object any) { found = append(found, object) }); err != nil {
				t.Error(err)
			}
			wantEqual(t, name, c.want, texts(found))
		}
	})
}

func TestGenericLister(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf := clientgo.Shared(newServer(t, "a/one", "a/two", "b/three", "everywhere").informer())
		defer run(t, inf)()
		lister := cache.NewGenericLister(inf.GetIndexer(), widgets.GroupResource())
		inA := lister.ByNamespace("a")
		for want, list := range map[int]func(labels.Selector) ([]runtime.Object, error){4: lister.List, 2: inA.List} {
			if found, err := list(labels.Everything()); err != nil || len(found) != want {
				t.Errorf("%d objects, error %v; want %d", len(found), err, want)
			}
		}
		if found, err := inA.Get("two"); err != nil || text(found) != "a/two@1" {
			t.Errorf("got %v, error %v", found, err)
		}
		if found, err := lister.Get("everywhere"); err != nil || text(found) != "everywhere@1" {
			t.Errorf("got %v, error %v", found, err)
		}
		if _, err := inA.Get("three"); !apierrors.IsNotFound(err) {
			t.Errorf("an object of another namespace: %v", err)
		}
	})
}
