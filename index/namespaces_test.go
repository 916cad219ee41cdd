// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"maps"
	"slices"
	"strconv"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// placed has a key for an object, so that objects can be numbers.
func placed(object int) store.Key {
	return store.Key{Namespace: []string{"even", "odd"}[object%2], Name: strconv.Itoa(object)}
}

// Whatever asks for the index of namespaces first finds all that has come before,
// and what comes and goes from then on.
func TestTheFirstToAskForNamespacesFindsThemAll(t *testing.T) {
	for name, count := range map[string]func(ix *index.Indexer[int]) int{
		"Namespaces": func(ix *index.Indexer[int]) int { return ix.Namespaces().Count("even") },
		"View":       func(ix *index.Indexer[int]) int { return ix.View().Namespaces().Count("even") },
		"Lookup":     func(ix *index.Indexer[int]) int { return len(must(ix.Lookup(index.NamespaceIndex, "even"))) },
		"Values": func(ix *index.Indexer[int]) int {
			if values := must(ix.Values(index.NamespaceIndex)); !slices.Equal(values, []string{"even", "odd"}) {
				t.Errorf("the namespaces are %v", values)
			}
			return ix.Namespaces().Count("even")
		},
		"ValuesOf": func(ix *index.Indexer[int]) int {
			if values := ix.ValuesOf(placed(4))[index.NamespaceIndex]; !slices.Equal(values, []string{"even"}) {
				t.Errorf("the namespace of 4 is %v", values)
			}
			return ix.Namespaces().Count("even")
		},
		"Summaries": func(ix *index.Indexer[int]) int { return ix.Summaries(1)[0].Largest[0].Count },
		"GetOrAdd": func(ix *index.Indexer[int]) int {
			found := must(index.GetOrAdd[string](ix, index.NamespaceIndex, nil))
			return found.Count("even")
		},
		"List of a namespace": func(ix *index.Indexer[int]) int {
			return len(index.NewLister(ix, schema.GroupResource{}).Namespace("even").List(nil))
		},
		"All of a namespace": func(ix *index.Indexer[int]) int {
			return len(slices.Collect(index.NewLister(ix, schema.GroupResource{}).Namespace("even").All()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := store.New(store.WithKey(placed))
			ix := index.New(s, index.Options{})
			if err := s.Replace(slices.Values([]int{0, 1, 2, 3, 4})); err != nil {
				t.Fatal(err)
			}
			ix.Close() // which is no matter
			if got := count(ix); got != 3 {
				t.Errorf("%d even numbers of 3", got)
			}
			s.DeleteKey(placed(0))
			if err := s.Add(6); err != nil {
				t.Fatal(err)
			}
			s.DeleteKey(placed(2))
			if got := count(ix); got != 2 {
				t.Errorf("%d even numbers of 2 later on", got)
			}
			if counts := maps.Collect(ix.Namespaces().Counts()); !maps.Equal(counts, map[string]int{"even": 2, "odd": 2}) {
				t.Errorf("the namespaces have %v", counts)
			}
		})
	}
}

// The name is taken before anybody asks.
func TestNamespaceIsNoNameForAnotherIndex(t *testing.T) {
	ix := index.New(store.New(store.WithKey(placed)), index.Options{})
	if names := ix.Names(); !slices.Equal(names, []string{index.NamespaceIndex}) {
		t.Errorf("the indexes are %v", names)
	}
	if _, err := index.Add(ix, index.NamespaceIndex, func(object int) (string, bool) { return "", true }); err == nil {
		t.Error("there are two indexes of one name")
	}
}

// A cache that is never read by namespace does not pay for it.
func TestNamespacesAreNotKeptBeforeSomebodyAsks(t *testing.T) {
	allocations := func(prepare func(ix *index.Indexer[int])) float64 {
		return testing.AllocsPerRun(10, func() {
			s := store.New(store.WithKey(placed))
			prepare(index.New(s, index.Options{}))
			for object := range 100 {
				if err := s.Add(object); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	unasked := allocations(func(*index.Indexer[int]) {})
	asked := allocations(func(ix *index.Indexer[int]) { ix.Namespaces() })
	if unasked >= asked {
		t.Errorf("%v allocations for 100 objects with the index and %v without", asked, unasked)
	}
}

func TestNamespacesAreAskedForWhileObjectsCome(t *testing.T) {
	for range 20 {
		s := store.New(store.WithKey(placed))
		ix := index.New(s, index.Options{})
		var all sync.WaitGroup
		all.Go(func() {
			for object := range 100 {
				if err := s.Add(object); err != nil {
					t.Error(err)
				}
			}
		})
		for range 3 {
			all.Go(func() {
				for view := ix.View(); view.Len() < 100; view = ix.View() {
					if got := view.Namespaces().Count("even") + view.Namespaces().Count("odd"); got != view.Len() {
						t.Errorf("%d objects by namespace of %d", got, view.Len())
					}
				}
			})
		}
		all.Wait()
	}
}
