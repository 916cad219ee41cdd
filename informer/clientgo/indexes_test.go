// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
)

// colors is a function of an index: a widget has the colors of its label, with
// dots in between. It cannot take "none".
func colors(object any) ([]string, error) {
	switch color := object.(metav1.Object).GetLabels()["color"]; color {
	case "":
		return nil, nil
	case "none":
		return nil, errors.New("that is no color")
	default:
		return strings.Split(color, "."), nil
	}
}

// colored returns a server of widgets with colors.
func colored(t *testing.T) server {
	server := newServer(t)
	for key, color := range map[string]string{
		"a/apple": "red.green", "a/leaf": "green", "b/cherry": "red", "b/sky": "blue", "b/glass": "",
	} {
		server.create(key, "1", "color", color)
	}
	return server
}

// indexed returns an informer by client-go's interface with an index "color" that
// is there before it runs or, if it is late, is added while it does.
func indexed(t *testing.T, late bool) (inf cache.SharedIndexInformer, stop func()) {
	t.Helper()
	inf = clientgo.Shared(colored(t).informer())
	add := func() {
		if err := inf.AddIndexers(cache.Indexers{"color": colors}); err != nil {
			t.Fatal(err)
		}
	}
	if !late {
		add()
	}
	stop = run(t, inf)
	if late {
		add()
	}
	return inf, stop
}

func TestIndexes(t *testing.T) {
	for name, late := range map[string]bool{"before Run": false, "while it runs": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inf, stop := indexed(t, late)
				defer stop()
				indexer := inf.GetIndexer()
				for color, want := range map[string][]string{
					"red": {"a/apple@1", "b/cherry@1"}, "green": {"a/apple@1", "a/leaf@1"}, "blue": {"b/sky@1"}, "": nil,
				} {
					found, err := indexer.ByIndex("color", color)
					if err != nil {
						t.Error(err)
					}
					wantEqual(t, "ByIndex "+color, want, texts(found))
				}
				keys, err := indexer.IndexKeys("color", "red")
				if err != nil {
					t.Error(err)
				}
				wantEqual(t, "IndexKeys", []string{"a/apple", "b/cherry"}, slices.Sorted(slices.Values(keys)))
				wantEqual(t, "ListIndexFuncValues", []string{"blue", "green", "red"}, indexer.ListIndexFuncValues("color"))
			})
		})
	}
}

func TestIndexFindsWhatSharesAValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf, stop := indexed(t, false)
		defer stop()
		for name, c := range map[string]struct {
			object any
			index  string
			want   []string
		}{
			"one value":      {widget("any", "", "color", "green"), "color", []string{"a/apple@1", "a/leaf@1"}},
			"several":        {widget("any", "", "color", "green.red"), "color", []string{"a/apple@1", "a/leaf@1", "b/cherry@1"}},
			"one twice":      {widget("any", "", "color", "red.red"), "color", []string{"a/apple@1", "b/cherry@1"}},
			"none":           {widget("any", ""), "color", nil},
			"another type":   {&metav1.ObjectMeta{Labels: map[string]string{"color": "blue"}}, "color", []string{"b/sky@1"}},
			"in a namespace": {&metav1.ObjectMeta{Namespace: "b"}, cache.NamespaceIndex, []string{"b/cherry@1", "b/glass@1", "b/sky@1"}},
		} {
			found, err := inf.GetIndexer().Index(c.index, c.object)
			if err != nil || found == nil {
				t.Errorf("%s: found %v, error %v", name, found, err)
			}
			wantEqual(t, name, c.want, texts(found))
		}
		_, err := inf.GetIndexer().Index("color", widget("any", "", "color", "none"))
		wantError(t, err, "widgets", "Index", "no color")
	})
}

func TestIndexesThatThereAreNot(t *testing.T) {
	indexer := clientgo.Shared(newServer(t).informer()).GetIndexer()
	_, err := indexer.ByIndex("shape", "round")
	wantError(t, err, "widgets", "ByIndex", `no index "shape"`)
	_, err = indexer.IndexKeys("shape", "round")
	wantError(t, err, "widgets", `no index "shape"`)
	_, err = indexer.Index("shape", widget("a/one", "1"))
	wantError(t, err, "widgets", "Index", `no index "shape"`)
	wantEqual(t, "ListIndexFuncValues", nil, indexer.ListIndexFuncValues("shape"))
}

func TestAddIndexersAddsAllOrNone(t *testing.T) {
	for name, c := range map[string]struct {
		added cache.Indexers
		says  string
	}{
		"one is there":          {cache.Indexers{"color": colors, "another": colors}, `conflict: there is an index "color"`},
		"one is there, typed":   {cache.Indexers{"another": colors, "size": colors}, `conflict: there is an index "size"`},
		"one has no function":   {cache.Indexers{"another": colors, "zero": nil}, `the function of index "zero" is nil`},
		"by namespace is there": {cache.Indexers{"another": colors, cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}, `conflict: there is an index "namespace"`},
	} {
		t.Run(name, func(t *testing.T) {
			typed := newServer(t).informer()
			if _, err := index.Add(typed.Indexer(), "size", func(*Widget) (int, bool) { return 1, true }); err != nil {
				t.Fatal(err)
			}
			inf := clientgo.Shared(typed)
			if err := inf.AddIndexers(cache.Indexers{"color": colors}); err != nil {
				t.Fatal(err)
			}
			wantError(t, inf.AddIndexers(c.added), "widgets", "AddIndexers", c.says)
			wantEqual(t, "the indexes by client-go's interface", []string{"color", cache.NamespaceIndex}, indexNames(inf))
			wantEqual(t, "the indexes there are", []string{"color", "namespace", "size"}, typed.Indexer().Names())
		})
	}
}

func indexNames(inf cache.SharedIndexInformer) []string {
	return slices.Sorted(maps.Keys(inf.GetIndexer().GetIndexers()))
}

func TestAddIndexersAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inf, stop := indexed(t, false)
		stop()
		wantError(t, inf.AddIndexers(cache.Indexers{"late": colors}), "AddIndexers", index.ErrClosed.Error())
		found, err := inf.GetIndexer().ByIndex("color", "blue")
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "found after the end", []string{"b/sky@1"}, texts(found))
	})
}

func TestGetIndexersIsACopy(t *testing.T) {
	inf := clientgo.Shared(newServer(t).informer())
	inf.GetIndexer().GetIndexers()["mine"] = colors
	wantEqual(t, "the indexes", []string{cache.NamespaceIndex}, indexNames(inf))
}

// An index in the informer's own terms is found by the text of its values.
func TestTypedIndexByText(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typed := colored(t).informer()
		if _, err := index.Add(typed.Indexer(), "letters", func(w *Widget) (int, bool) { return len(w.Name), true }); err != nil {
			t.Fatal(err)
		}
		inf := clientgo.Shared(typed)
		defer run(t, inf)()
		found, err := inf.GetIndexer().ByIndex("letters", "5")
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "of five letters", []string{"a/apple@1", "b/glass@1"}, texts(found))
		wantEqual(t, "the values", []string{"3", "4", "5", "6"}, inf.GetIndexer().ListIndexFuncValues("letters"))
		keys, err := inf.GetIndexer().IndexKeys("letters", "6")
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "of six letters", []string{"b/cherry"}, keys)
		_, err = inf.GetIndexer().Index("letters", widget("a/three", "1"))
		wantError(t, err, `"letters"`)
	})
}

// An object that the function of an index cannot take is put into quarantine.
func TestFailingIndexFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := colored(t)
		var mu sync.Mutex
		var failures []*listwatch.ItemError
		inf := clientgo.Shared(informer.New(server.source(), informer.Options{OnError: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			var failure *listwatch.ItemError
			if errors.As(err, &failure) {
				failures = append(failures, failure)
			}
		}}))
		if err := inf.AddIndexers(cache.Indexers{"color": colors}); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		server.update("b/sky", "2", "color", "none")
		server.create("b/air", "1", "color", "none")
		server.create("b/sea", "1", "color", "blue")
		synctest.Wait()
		found, err := inf.GetIndexer().ByIndex("color", "blue")
		if err != nil {
			t.Error(err)
		}
		wantEqual(t, "found", []string{"b/sea@1", "b/sky@1"}, texts(found))
		mu.Lock()
		defer mu.Unlock()
		if len(failures) != 2 {
			t.Fatalf("reported: %v; want two objects", failures)
		}
		wantEqual(t, "the first", "b/sky", failures[0].Key.String())
		wantError(t, failures[0], "that is no color")
	})
}

// The index by namespace may have a function of its own, as that of controllers
// that look at all namespaces at once.
func TestIndexByNamespaceOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := colored(t)
		inf := clientgo.NewSharedIndexInformer(server.listWatch(), &Widget{}, 0, cache.Indexers{
			cache.NamespaceIndex: func(any) ([]string, error) { return []string{"all", "one"}, nil },
		})
		defer run(t, inf)()
		for namespace, want := range map[string]int{"all": 5, "one": 5, "a": 0} {
			found, err := inf.GetIndexer().ByIndex(cache.NamespaceIndex, namespace)
			if err != nil || len(found) != want {
				t.Errorf("%d objects in %q, error %v; want %d", len(found), namespace, err, want)
			}
		}
		found, err := inf.GetIndexer().Index(cache.NamespaceIndex, widget("any", ""))
		if err != nil || len(found) != 5 {
			t.Errorf("%d objects, error %v; want each once", len(found), err)
		}
		wantEqual(t, "the values", []string{"all", "one"}, inf.GetIndexer().ListIndexFuncValues(cache.NamespaceIndex))
		wantError(t, inf.AddIndexers(cache.Indexers{cache.NamespaceIndex: colors}), "conflict")
	})
}
