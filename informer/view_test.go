// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// What is read of a view by get, list and index is one state, and the version says
// which, however much is written meanwhile.
func TestG39_AViewOfTheCacheIsTheStateOfItsVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 1))
		s := newServer(t)
		inf := informer.New(s, informer.Options{})
		bySize, err := index.Add(inf.Indexer(), "size", func(w *Widget) (int, bool) { return w.Size % 5, true })
		if err != nil {
			t.Fatal(err)
		}
		stop := run(t, inf)
		states := map[string]map[store.Key]string{} // by version
		var views []index.View[*Widget]
		for range 300 {
			key := fmt.Sprintf("ns-%d/%d", random.IntN(3), random.IntN(30))
			var written *Widget
			_, exists := s.state()[keyOf(widget(key, 0))]
			switch {
			case !exists:
				written = s.create(key, random.IntN(100))
			case random.IntN(3) == 0:
				written = s.delete(key)
			default:
				written = s.update(key, random.IntN(100))
			}
			states[written.ResourceVersion] = s.state()
			if random.IntN(3) > 0 {
				continue // the informer gets several at once
			}
			if err := inf.WaitForVersion(t.Context(), written.ResourceVersion); err != nil {
				t.Fatal(err)
			}
			views = append(views, inf.Indexer().View())
		}
		stop()

		for _, view := range views {
			want := states[view.Version()]
			if diff := cmp.Diff(want, texts(maps.Collect(view.Items()))); diff != "" {
				t.Fatalf("view of version %q (-want +got):\n%s", view.Version(), diff)
			}
			byNamespace, bySizes := map[store.Key]*Widget{}, map[store.Key]*Widget{}
			for namespace := range view.Namespaces().Keys() {
				collect(byNamespace, view.Namespaces().List(namespace))
			}
			for size := range bySize.In(view).Keys() {
				collect(bySizes, slices.Collect(bySize.In(view).Get(size)))
			}
			for what, found := range map[string]map[store.Key]*Widget{"namespace": byNamespace, "size": bySizes} {
				if diff := cmp.Diff(want, texts(found)); diff != "" {
					t.Errorf("by %s, in the view of version %q (-want +got):\n%s", what, view.Version(), diff)
				}
			}
			for key, wantText := range want {
				if got, found := view.Get(key); !found || text(got) != wantText {
					t.Errorf("Get(%v) = %v, %t in the view of version %q, want %s", key, got, found, view.Version(), wantText)
				}
			}
		}
	})
}

func collect(into map[store.Key]*Widget, found []*Widget) {
	for _, w := range found {
		into[keyOf(w)] = w
	}
}

func texts(widgets map[store.Key]*Widget) map[store.Key]string {
	all := map[store.Key]string{}
	for key, w := range widgets {
		all[key] = text(w)
	}
	return all
}
