// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// followable are the informers that can be followed: of both libraries.
var followable = map[string]func(server) cache.SharedIndexInformer{
	"client-go's": func(s server) cache.SharedIndexInformer {
		return cache.NewSharedIndexInformer(s.listWatch(), &Widget{}, 0, cache.Indexers{})
	},
	"ours": func(s server) cache.SharedIndexInformer { return clientgo.Shared(s.informer()) },
}

// followEach runs a test for each of them, in a bubble of its own.
func followEach(t *testing.T, test func(t *testing.T, make func(server) cache.SharedIndexInformer)) {
	for name, make := range followable {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, make) })
		})
	}
}

func follow(t *testing.T, from cache.SharedIndexInformer) (inf *informer.Informer[*Widget], reported *troubles) {
	t.Helper()
	reported = &troubles{}
	return clientgo.FromShared[*Widget](from, informer.Options{Resource: widgets, OnError: reported.report}), reported
}

// HandleAdd, HandleUpdate and HandleDelete make notes a handler of this library.
func (n *notes) HandleAdd(w *Widget, initial bool) { n.OnAdd(w, initial) }

func (n *notes) HandleUpdate(old, w *Widget) { n.OnUpdate(old, w) }

func (n *notes) HandleDelete(last *Widget, final bool) {
	if !final {
		n.add("gone " + text(last))
		return
	}
	n.OnDelete(last)
}

func addTyped(t *testing.T, inf *informer.Informer[*Widget]) *notes {
	t.Helper()
	var calls notes
	if _, err := inf.AddHandler(&calls); err != nil {
		t.Fatal(err)
	}
	return &calls
}

func wantNoTroubles(t *testing.T, reported *troubles) {
	t.Helper()
	if all := reported.take(); len(all) != 0 {
		t.Errorf("reported: %v", all)
	}
}

func TestFromShared(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		server := newServer(t, "a/one", "a/two")
		from := make(server)
		inf, reported := follow(t, from)
		byRev, err := index.Add(inf.Indexer(), "rev", func(w *Widget) (string, bool) { return w.Annotations["rev"], true })
		if err != nil {
			t.Fatal(err)
		}
		calls := addTyped(t, inf)
		defer run(t, from)()
		defer runTyped(t, inf)()
		got := calls.take()
		slices.Sort(got) // client-go gives a new handler what it has in no order
		wantEqual(t, "initial adds", []string{"initial a/one@1", "initial a/two@1"}, got)
		server.create("a/three", "1")
		server.update("a/one", "2")
		last := server.delete("a/two")
		calls.want(t, "add a/three@1", "update a/one@2 from 1", "delete a/two@1")
		for w := range byRev.Get("2") {
			wantEqual(t, "found by index", "a/one@2", text(w))
			theirs, _, _ := from.GetStore().GetByKey("a/one")
			if theirs != any(w) {
				t.Error("the object is a copy")
			}
		}
		if err := inf.WaitForVersion(t.Context(), last.ResourceVersion); err != nil {
			t.Error(err)
		}
		wantEqual(t, "the version", last.ResourceVersion, inf.Stats().Version)
		server.missed(func() { server.delete("a/one") })
		calls.want(t, "gone a/one@2")
		wantEqual(t, "objects", 1, inf.Reader().Len())
		wantNoTroubles(t, reported)
	})
}

// Both are run in any order, and what is followed may have nothing.
func TestFromSharedThatRunsLater(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		server := newServer(t)
		from := make(server)
		inf, reported := follow(t, from)
		calls := addTyped(t, inf)
		defer runTyped(t, inf)()
		time.Sleep(time.Hour) // it waits, however long
		if inf.Health().Synced {
			t.Error("synced with what does not run")
		}
		defer run(t, from)()
		if !inf.Health().Synced {
			t.Error("not synced")
		}
		server.create("a/one", "1")
		calls.want(t, "add a/one@1")
		wantNoTroubles(t, reported)
	})
}

// A relist of the other informer tells of changes in any order: the older version
// is cached, and nothing goes back in time.
func TestVersionsOutOfOrder(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		keys := strings.Fields("a/0 a/1 a/2 a/3 a/4 a/5 a/6 a/7 a/8 a/9")
		server := newServer(t, append(keys, "a/unchanged")...)
		from := make(server)
		inf, reported := follow(t, from)
		calls := addTyped(t, inf)
		defer run(t, from)()
		defer runTyped(t, inf)()
		calls.take()
		var want []string
		server.missed(func() {
			for _, key := range slices.Backward(keys) { // the later a version, the earlier in the list
				server.update(key, "2")
				want = append(want, fmt.Sprintf("update %s@2 from 1", key))
			}
		})
		got := calls.take()
		slices.Sort(got)
		slices.Sort(want)
		wantEqual(t, "calls", want, got)
		for _, key := range keys {
			version := server.update(key, "3").ResourceVersion
			calls.want(t, fmt.Sprintf("update %s@3 from 2", key))
			wantEqual(t, "the version", version, inf.Stats().Version)
		}
		wantEqual(t, "relists", 0, inf.Stats().Source.Relists)
		wantNoTroubles(t, reported)
	})
}

func TestFromSharedOfWhatHasStopped(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		from := make(newServer(t, "a/one"))
		run(t, from)()
		inf, reported := follow(t, from)
		defer runTyped(t, inf)()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		wantError(t, inf.WaitForSync(ctx), "widgets", "shared informer", "stopped")
		if len(reported.take()) == 0 {
			t.Error("nothing was reported")
		}
	})
}

// The cache stays as it was, and the error says what has happened.
func TestFollowedInformerStops(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		from := make(newServer(t, "a/one"))
		inf, reported := follow(t, from)
		calls := addTyped(t, inf)
		stop := run(t, from)
		defer runTyped(t, inf)()
		calls.want(t, "initial a/one@1")
		stop()
		all := reported.take()
		if len(all) == 0 {
			t.Fatal("nothing was reported")
		}
		wantError(t, all[0], "widgets", "the shared informer that is followed has stopped")
		time.Sleep(time.Hour)
		wantEqual(t, "objects", 1, inf.Reader().Len())
		calls.want(t)
	})
}

func TestFromSharedSaysWhyItHasNotSynced(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		server := newServer(t, "a/one")
		server.api.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
		from := make(server)
		inf, _ := follow(t, from)
		defer run(t, from)()
		defer runTyped(t, inf)()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		wantError(t, inf.WaitForSync(ctx), "widgets", "not synced", "the first list", "has brought nothing")
	})
}

// Who leaves, be it in the middle of the initial adds, does not hold up the other
// informer.
func TestLeavingDoesNotBlockTheOtherInformer(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		server := newServer(t)
		for i := range 50 {
			server.create(fmt.Sprintf("a/%d", i), "1")
		}
		from := make(server)
		defer run(t, from)()
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			inf, _ := follow(t, from)
			err := inf.SetTransform(func(w *Widget) (*Widget, error) {
				cancel() // with the first object
				return w, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := inf.Run(ctx); err != nil {
				t.Error(err)
			}
			if inf.Health().Synced {
				t.Error("synced though it has left")
			}
		}
		var calls notes
		addHandler(t, from, &calls)
		server.create("b/new", "1")
		got := calls.take()
		wantEqual(t, "calls", 51, len(got))
		wantEqual(t, "the last call", "add b/new@1", got[50])
	})
}

func TestLeavingLeavesNoHandlerBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		typed := newServer(t, "a/one").informer()
		from := clientgo.Shared(typed)
		defer run(t, from)()
		inf, _ := follow(t, from)
		stop := runTyped(t, inf)
		wantEqual(t, "handlers", 1, len(typed.Stats().Handlers))
		stop()
		synctest.Wait()
		wantEqual(t, "handlers", 0, len(typed.Stats().Handlers))
	})
}

// Nothing is heard of an informer whose objects do not change: that is no reason to
// ask again.
func TestFollowingForDays(t *testing.T) {
	followEach(t, func(t *testing.T, make func(server) cache.SharedIndexInformer) {
		from := make(newServer(t, "a/one"))
		reported := &troubles{}
		inf := clientgo.FromShared[*Widget](from, informer.Options{OnError: reported.report, NoStreamingList: true}) // there is no other list
		calls := addTyped(t, inf)
		defer run(t, from)()
		defer runTyped(t, inf)()
		time.Sleep(72 * time.Hour)
		calls.want(t, "initial a/one@1")
		wantEqual(t, "watches", 1, inf.Stats().Source.Watches)
		wantNoTroubles(t, reported)
	})
}

func TestFromSharedOfAnotherType(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := clientgo.Shared(newServer(t, "a/one", "a/two").informer())
		var reported troubles
		inf := clientgo.FromShared[*unstructured.Unstructured](from, informer.Options{OnError: reported.report})
		defer run(t, from)()
		defer start(t, func(ctx context.Context) {
			if err := inf.Run(ctx); err != nil {
				t.Error(err)
			}
		})()
		if !inf.Health().Synced || inf.Reader().Len() != 0 {
			t.Errorf("synced %v, %d objects", inf.Health().Synced, inf.Reader().Len())
		}
		all := reported.take()
		wantEqual(t, "errors", 2, len(all))
		for _, err := range all {
			wantError(t, err, "got *v1.PartialObjectMetadata, want *unstructured.Unstructured")
		}
	})
}

func TestFromSharedOfNothing(t *testing.T) {
	wantError(t, clientgo.FromShared[*Widget](nil, informer.Options{}).Run(t.Context()), "source")
}

// What the informer is called follows from the options, and else from the type.
func TestNamesOfFollowers(t *testing.T) {
	from := clientgo.Shared(newServer(t).informer())
	wantEqual(t, "by the options", "widgets.example.com", clientgo.FromShared[*Widget](from, informer.Options{Resource: widgets}).Stats().Resource)
	wantEqual(t, "by the type", "*v1.PartialObjectMetadata", clientgo.FromShared[*Widget](from, informer.Options{}).Stats().Resource)
}
