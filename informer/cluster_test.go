// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestClustersAsOneNeverCollide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clusters := map[string]server{
			"east": newServer(t, "shop/web", "node"),
			"west": newServer(t, "shop/web", "west/x"),
		}
		var names informer.NameSet
		if err := names.Set("east"); err != nil {
			t.Fatal(err)
		}
		inf := informer.NewOverClusters(&names, func(cluster string) listwatch.ListWatcher[*Widget] {
			return clusters[cluster]
		}, informer.Options{OnError: func(err error) { t.Error(err) }})
		calls := &recorder{}
		addHandler(t, inf, calls, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		keys := func(want ...string) {
			t.Helper()
			synctest.Wait()
			var got []string
			for _, key := range slices.SortedFunc(inf.Reader().Keys(), store.Key.Compare) {
				got = append(got, key.String())
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		}
		keys("east:/node", "east:shop/web")
		if err := names.Add("west"); err != nil {
			t.Fatal(err)
		}
		keys("east:/node", "east:shop/web", "west:shop/web", "west:west/x")

		clusters["west"].update("shop/web", 70)
		clusters["east"].delete("shop/web")
		keys("east:/node", "west:shop/web", "west:west/x")
		web, err := inf.Lister().Namespace("west:shop").Get("web")
		if err != nil || web.Size != 70 || web.Namespace != "shop" {
			t.Errorf("Get = %v, %v, want the object as the cluster has it", web, err)
		}
		if found, err := inf.Indexer().Lookup(informer.ClusterIndex, "west"); err != nil || len(found) != 2 {
			t.Errorf("the index finds %v, %v in the west", found, err)
		}
		calls.take()
		names.Remove("west")
		keys("east:/node")
		if got := calls.take(); len(got) != 2 || !slices.Contains(got, "gone shop/web=70") {
			t.Errorf("calls when a cluster leaves: %q", got)
		}
		if got := slices.Collect(maps.Keys(cached(inf))); len(got) != 1 {
			t.Errorf("left are %v", got)
		}
	})
}

// What cannot be used is called by the key that it would have, also if only the
// error has one.
func TestWhatCannotBeUsedOfAClusterHasItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		var names informer.NameSet
		if err := names.Add("east"); err != nil {
			t.Fatal(err)
		}
		inf := informer.NewOverClusters(&names, func(string) listwatch.ListWatcher[*Widget] { return nameless{source} }, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.listItems("5", brokenItem("listed", "3"))
		synctest.Wait()
		source.breaks("watched", "6")
		synctest.Wait()
		var got []string
		for _, entry := range inf.Health().Quarantined {
			got = append(got, entry.Key.String())
		}
		if diff := cmp.Diff([]string{"east:/listed", "east:/watched"}, got); diff != "" {
			t.Errorf("in quarantine (-want +got):\n%s", diff)
		}
	})
}

// nameless is a source that names what cannot be used in the error alone.
type nameless struct{ *script }

func (s nameless) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	return s.script.List(ctx, options, func(item store.Item[*Widget], err error) {
		if err != nil {
			item, err = store.Item[*Widget]{}, &listwatch.ItemError{Key: item.Key, Version: item.Version, Stage: listwatch.StageDecode, Err: err}
		}
		each(item, err)
	})
}

func (s nameless) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		s.script.Watch(ctx, options)(func(event listwatch.Event[*Widget], err error) bool {
			if err != nil {
				event.Item = store.Item[*Widget]{}
			}
			return yield(event, err)
		})
	}
}

func TestClusterKeys(t *testing.T) {
	for _, test := range []struct {
		cluster, key, text string
	}{
		{"east", "shop/web", "east:shop/web"},
		{"east", "node", "east:/node"},
	} {
		parsed, err := store.ParseKey(test.key)
		if err != nil {
			t.Fatal(err)
		}
		full := informer.ClusterKey(test.cluster, parsed)
		if full.String() != test.text || full.Validate() != nil {
			t.Errorf("ClusterKey(%s, %s) = %v (%v), want %s", test.cluster, test.key, full, full.Validate(), test.text)
		}
		if back, err := store.ParseKey(test.text); test.key != "node" && (back != full || err != nil) {
			t.Errorf("ParseKey(%s) = %v, %v", test.text, back, err)
		}
		if cluster, within := informer.SplitClusterKey(full); cluster != test.cluster || within != parsed {
			t.Errorf("SplitClusterKey(%v) = %s, %v", full, cluster, within)
		}
	}
	plain := store.Key{Namespace: "shop", Name: "system:node"}
	if cluster, within := informer.SplitClusterKey(plain); cluster != "" || within != plain {
		t.Errorf("SplitClusterKey(%v) = %s, %v, want it as it is", plain, cluster, within)
	}
}

func TestNameSet(t *testing.T) {
	var names informer.NameSet
	if names.Has("a") || len(names.All()) != 0 {
		t.Error("the zero set is not empty")
	}
	var bad *informer.NameError
	if err := names.Add("b", "", "a", "x/y", "east:1"); !errors.As(err, &bad) {
		t.Errorf("Add = %v, want a NameError", err)
	} else if joined, ok := err.(interface{ Unwrap() []error }); !ok || len(joined.Unwrap()) != 3 {
		t.Errorf("Add = %v, want three bad names", err)
	}
	want := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, names.All()); diff != "" {
			t.Errorf("names (-want +got):\n%s", diff)
		}
	}
	want("a", "b")
	names.Remove("a", "unknown")
	want("b")
	if err := names.Set("c", "d", "c"); err != nil {
		t.Error(err)
	}
	want("c", "d")
	if !names.Has("c") || names.Has("b") {
		t.Error("Has does not go with All")
	}
}
