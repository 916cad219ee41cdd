// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// TestG01 writes at random, forgets history and lets watches end now and then,
// and compares the states of each key that a reader of the cache saw with those
// that the server had.
func TestG01_CachedStatesAreASubsequenceOfTheServersInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t)
		inf := informer.New(s, informer.Options{OnError: func(error) {}})
		server := map[string][]string{} // versions and deletions of each key
		seen := map[string][]string{}
		note := func(w *Widget, _ bool) { seen[w.Name] = append(seen[w.Name], w.ResourceVersion) }
		addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnAdd:    note,
			OnUpdate: func(_, w *Widget) { note(w, false) },
			OnDelete: note,
		}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		random := rand.New(rand.NewPCG(1, 2))
		for i := range 3000 {
			key := fmt.Sprint("w-", random.IntN(20))
			var written *Widget
			switch _, exists := s.Get(store.Key{Name: key}); {
			case !exists:
				written = s.create(key, i)
			case random.IntN(4) == 0:
				written = s.delete(key)
			default:
				written = s.update(key, i)
			}
			server[key] = append(server[key], written.ResourceVersion)
			switch random.IntN(50) {
			case 0:
				s.Compact()
			case 1:
				synctest.Wait()
			case 2:
				time.Sleep(12 * time.Minute) // beyond the timeout of a watch
			}
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		wantSameState(t, s, inf)
		for key, states := range seen {
			rest := server[key]
			for _, state := range states {
				for len(rest) > 0 && rest[0] != state {
					rest = rest[1:]
				}
				// The same state may be seen twice: as an update, and as the
				// last one known when a relist finds the object gone.
			}
			if len(rest) == 0 {
				t.Errorf("%s: saw %v, which is no subsequence of %v", key, states, server[key])
			}
		}
	})
}

func TestG04_StoreAndIndexesChangeBeforeHandlersHearOfIt(t *testing.T) {
	s := newServer(t)
	inf := informer.New(s, informer.Options{})
	sizes, err := index.Add(inf.Indexer(), "size", bySize)
	if err != nil {
		t.Fatal(err)
	}
	// Sizes only grow, and an object of a size that was heard of is there or has
	// grown since.
	check := func(w *Widget) {
		if w.Name == "last" {
			return
		}
		held, found := inf.Reader().Get(keyOf(w))
		if !found || held.Size < w.Size {
			t.Errorf("heard of %v, but the cache holds %v", w, held)
		}
		if held == w && sizes.Count(w.Size) == 0 {
			if again, _ := inf.Reader().Get(keyOf(w)); again == w {
				t.Errorf("heard of %v, but it is not in the index", w)
			}
		}
	}
	done := make(chan struct{})
	addHandler(t, inf, informer.HandlerFuncs[*Widget]{
		OnAdd:    func(w *Widget, _ bool) { check(w) },
		OnUpdate: func(_, w *Widget) { check(w) },
		OnDelete: func(*Widget, bool) { close(done) },
	}, informer.HandlerOptions[*Widget]{})
	defer runOutside(t, inf)()
	// A change before the first list might never be heard of.
	if err := inf.WaitForSync(t.Context()); err != nil {
		t.Fatal(err)
	}
	go func() {
		for i := range 1000 {
			key := fmt.Sprint("w-", i%10)
			if i < 10 {
				s.create(key, i)
			} else {
				s.update(key, i)
			}
		}
		s.create("last", 0)
		s.delete("last")
	}()
	<-done
}

func TestG07_GetOfAnAbsentObjectIsNotFoundOfTheRightResource(t *testing.T) {
	gvr := schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "gadgets"}
	for name, lister := range map[string]*index.Lister[*Widget]{
		"by option":     informer.New(newScript(t), informer.Options{Resource: gvr}).Lister(),
		"by the source": informer.New(newServer(t), informer.Options{}).Lister(),
	} {
		_, err := lister.Namespace("shop").Get("web-0")
		var status apierrors.APIStatus
		if !apierrors.IsNotFound(err) || !errors.As(err, &status) {
			t.Errorf("%s: %v, want NotFound", name, err)
			continue
		}
		details := status.Status().Details
		want := map[string]string{"by option": "gadgets.example.com", "by the source": "widgets"}[name]
		if got := (schema.GroupResource{Group: details.Group, Resource: details.Kind}).String(); got != want || details.Name != "web-0" {
			t.Errorf("%s: not found: %s %q, want %s", name, got, details.Name, want)
		}
	}
}

// slim is what a transform makes of a Widget: a type without metadata.
type slim struct{ size int }

func TestG37_ATransformMayChangeTheTypeAndLeaveObjectsOut(t *testing.T) {
	for _, noStreamingList := range []bool{false, true} {
		t.Run(fmt.Sprint("NoStreamingList=", noStreamingList), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, "shop/a", "shop/b", "shop/bad") // sizes 1, 2, 3
				calls := map[string]int{}
				source := listwatch.Map(s, func(w *Widget) (slim, error) {
					calls[w.Name+"@"+w.ResourceVersion]++
					if w.Name == "bad" {
						return slim{}, errors.New("cannot be slimmed")
					}
					return slim{w.Size}, nil
				})
				source = listwatch.Filter(source, func(w slim) bool { return w.size != 2 })
				var reported []string
				inf := informer.New(source, informer.Options{
					NoStreamingList: noStreamingList,
					OnError:         func(err error) { reported = append(reported, err.Error()) },
				})
				defer run(t, inf)()
				if got, found := inf.Reader().Get(store.Key{Namespace: "shop", Name: "a"}); !found || got.size != 1 || inf.Reader().Len() != 1 {
					t.Errorf("cache: %v, %v, of %d; want a alone, with the key of the object it came from", got, found, inf.Reader().Len())
				}
				s.update("shop/a", 5)
				s.update("shop/b", 6) // begins to pass
				s.create("shop/c", 2)
				synctest.Wait()
				if got := inf.Reader().Len(); got != 2 {
					t.Errorf("%d objects, want a and b", got)
				}
				s.update("shop/a", 2) // ceases to
				s.delete("shop/b")
				synctest.Wait()
				if got := inf.Reader().Len(); got != 0 {
					t.Errorf("%d objects, want none", got)
				}
				for received, times := range calls {
					if times != 1 {
						t.Errorf("the transform ran %d times on %s, want once", times, received)
					}
				}
				if len(reported) != 1 || !strings.Contains(reported[0], "cannot be slimmed") {
					t.Errorf("reported %q, want the one that cannot be transformed", reported)
				}
			})
		})
	}
}
