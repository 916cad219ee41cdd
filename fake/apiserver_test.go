// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
)

// twoRooms has two resources of widgets, and the sources of both.
func twoRooms(t testing.TB, options fake.ServerOptions) (server *fake.APIServer, chairs, tables *fake.Source[*Widget]) {
	server = fake.NewAPIServerWithOptions(options, fake.Resource[*Widget]("toys", "v1", "chairs"), fake.Resource[*Widget]("toys", "v1", "tables"))
	source := func(name string) *fake.Source[*Widget] {
		source, err := fake.SourceOf[*Widget](server, schema.GroupVersionResource{Group: "toys", Version: "v1", Resource: name})
		if err != nil {
			t.Fatal(err)
		}
		return source
	}
	return server, source("chairs"), source("tables")
}

func TestOneSequenceOfVersions(t *testing.T) {
	server, chairs, tables := twoRooms(t, fake.ServerOptions{})
	ok := must(t)
	if got := server.Version(); got != "1" {
		t.Errorf("version of an empty server = %s, want 1", got)
	}
	chair, table := ok(chairs.Create(widget("shop", "a", 1))), ok(tables.Create(widget("shop", "a", 1)))
	if chair.ResourceVersion != "2" || table.ResourceVersion != "3" || server.Version() != "3" || chair.UID == table.UID {
		t.Errorf("chair %+v, table %+v, server at %s", chair.ObjectMeta, table.ObjectMeta, server.Version())
	}
	lines, page, err := list(t.Context(), chairs, listOptions{})
	if diff := cmp.Diff([]string{"shop/a@2=1"}, lines); diff != "" || page.Version != "3" || err != nil {
		t.Errorf("page %+v, error %v (-want +got):\n%s", page, err, diff)
	}
}

// A bookmark says how far the server has come, not the resource; a watch of a
// quiet resource keeps up with it, and does not expire.
func TestBookmarksOfAQuietResource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, chairs, tables := twoRooms(t, fake.ServerOptions{BookmarkPeriod: time.Minute})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := record(ctx, chairs, watchOptions{Version: "1", Bookmarks: true})
		synctest.Wait()
		expect := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if diff := cmp.Diff(want, r.take()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		}
		must(t)(tables.Create(widget("shop", "a", 1)))
		expect()
		server.Bookmark()
		expect("Bookmark 2")
		must(t)(tables.Update(widget("shop", "a", 2)))
		time.Sleep(time.Minute)
		expect("Bookmark 3")
		must(t)(tables.Update(widget("shop", "a", 3)))
		server.Compact()
		must(t)(tables.Update(widget("shop", "a", 4)))
		must(t)(chairs.Create(widget("shop", "a", 1)))
		expect("Added shop/a@6=1")
		if r.ended {
			t.Errorf("the watch ended: %v", r.err)
		}
	})
}

func TestCompactTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, chairs, tables := twoRooms(t, fake.ServerOptions{})
		ok := must(t)
		ok(chairs.Create(widget("shop", "a", 1)))
		ok(tables.Create(widget("shop", "a", 1)))
		ok(chairs.Update(widget("shop", "a", 2)))
		ok(chairs.Delete(shop("a")))
		watch := func(source *fake.Source[*Widget], version string) (lines []string, err error) {
			var last error
			for event, err := range source.Watch(t.Context(), watchOptions{Version: version, Timeout: time.Second}) {
				if last = err; err == nil {
					lines = append(lines, eventLine(event))
				}
			}
			return lines, last
		}
		for _, version := range []string{"6", "x", "", "-1"} {
			if server.CompactTo(version) == nil || chairs.CompactTo(version) == nil {
				t.Errorf("compacted to version %q, the newest is %s", version, server.Version())
			}
		}
		for _, to := range []string{"3", "2"} { // the second is behind the first already
			if err := server.CompactTo(to); err != nil {
				t.Fatal(err)
			}
			lines, err := watch(chairs, "3")
			if diff := cmp.Diff([]string{"Modified shop/a@4=2", "Deleted shop/a@5=2"}, lines); diff != "" || err != nil {
				t.Errorf("watch from the compaction point, error %v (-want +got):\n%s", err, diff)
			}
			for _, source := range []*fake.Source[*Widget]{chairs, tables} {
				if _, err := watch(source, "2"); !apierrors.IsResourceExpired(err) {
					t.Errorf("watch from below: %v, want expired", err)
				}
			}
			state, _, err := list(t.Context(), chairs, listOptions{Version: "3", VersionMatch: exact})
			if diff := cmp.Diff([]string{"shop/a@2=1"}, state); diff != "" || err != nil {
				t.Errorf("state at the compaction point, error %v (-want +got):\n%s", err, diff)
			}
		}
		if err := chairs.CompactTo("5"); err != nil {
			t.Fatal(err)
		}
		if _, err := watch(chairs, "4"); !apierrors.IsResourceExpired(err) {
			t.Errorf("chairs: %v, want expired", err)
		}
		if _, err := watch(tables, "4"); err != nil {
			t.Errorf("tables were compacted with the chairs: %v", err)
		}
	})
}

func TestServerHistory(t *testing.T) {
	server, chairs, _ := twoRooms(t, fake.ServerOptions{History: 2})
	for i := range 4 {
		if i == 0 {
			must(t)(chairs.Create(widget("shop", "a", i)))
		} else {
			must(t)(chairs.Update(widget("shop", "a", i)))
		}
	}
	if _, _, err := list(t.Context(), chairs, listOptions{Version: "3", VersionMatch: exact}); err != nil || server.Version() != "5" {
		t.Errorf("the oldest version: %v", err)
	}
	if _, _, err := list(t.Context(), chairs, listOptions{Version: "2", VersionMatch: exact}); !apierrors.IsResourceExpired(err) {
		t.Errorf("an older one: %v, want expired", err)
	}
}

// Protocol and test write to the same objects.
func TestBothSides(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
	stored := gadget("ball", "red")
	stored.Namespace, stored.Status.Phase = "shop", "Ready"
	stored.Kind, stored.APIVersion = "Gadget", "toys.example.com/v1"
	if _, err := gadgets(t, server).Create(stored); err != nil {
		t.Fatal(err)
	}
	same := ok(protocol.Patch(shop("ball"), "", asMerge, `{}`, metav1.PatchOptions{}))
	if same.ResourceVersion != "2" || same.Status.Phase != "Ready" {
		t.Errorf("a patch that changes nothing: %+v", same)
	}
}
