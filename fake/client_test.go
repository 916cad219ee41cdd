// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// recordLines reads a source as an informer does, in a goroutine that ends with ctx.
func recordLines[T any](ctx context.Context, source listwatch.ListWatcher[T], options watchOptions, line func(T) string) *recorder {
	r := new(recorder)
	go func() {
		defer func() { r.ended = true }()
		for event, err := range source.Watch(ctx, options) {
			if r.err = err; err != nil {
				return
			}
			text := event.Type.String() + " " + event.Item.Key.String() + "@" + event.Item.Version
			if event.Type != listwatch.Bookmark {
				text += line(event.Item.Object)
			}
			if event.InitialEventsEnd {
				text += " end"
			}
			r.lines = append(r.lines, text)
		}
	}()
	return r
}

func listOf[T any](t *testing.T, source listwatch.ListWatcher[T], options listOptions, line func(T) string) (lines []string, page listwatch.Page) {
	t.Helper()
	page, err := source.List(t.Context(), options, func(item store.Item[T], err error) {
		if err != nil {
			t.Error(err)
		}
		lines = append(lines, item.Key.String()+"@"+item.Version+line(item.Object))
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines, page
}

// A real client in a bubble: list, streaming list, watch and the end of it.
func TestDynamicClientInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := stocked(t)
		client, err := dynamic.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		source := listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys).Namespace("shop"))
		size := func(u *unstructured.Unstructured) string { return fmt.Sprint("=", u.GetKind(), u.Object["size"]) }
		lines, page := listOf(t, source, listOptions{}, size)
		if diff := cmp.Diff([]string{"shop/a@2=Widget1", "shop/b@3=Widget2"}, lines); diff != "" || page.Version != "4" {
			t.Errorf("list at %s (-want +got):\n%s", page.Version, diff)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		watch := recordLines(ctx, source, watchOptions{Version: page.Version, Bookmarks: true}, size)
		streaming := recordLines(ctx, source, watchOptions{InitialEvents: true, Bookmarks: true}, size)
		synctest.Wait()
		if diff := cmp.Diff([]string(nil), watch.take()); diff != "" {
			t.Errorf("watch before a write (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Added shop/a@2=Widget1", "Added shop/b@3=Widget2", "Bookmark @4 end"}, streaming.take()); diff != "" {
			t.Errorf("streaming list (-want +got):\n%s", diff)
		}
		widgets := sourceFrom[*Widget](t, server, toys)
		must(t)(widgets.Update(widget("shop", "a", 9)))
		must(t)(widgets.Delete(shop("b")))
		widgets.Bookmark()
		synctest.Wait()
		want := []string{"Modified shop/a@5=Widget9", "Deleted shop/b@6=Widget2", "Bookmark @6"}
		for name, r := range map[string]*recorder{"watch": watch, "streaming list": streaming} {
			if diff := cmp.Diff(want, r.take()); diff != "" {
				t.Errorf("%s after writes (-want +got):\n%s", name, diff)
			}
		}
		cancel()
		synctest.Wait()
		if !watch.ended || !streaming.ended {
			t.Errorf("ended: %t, %t; want both", watch.ended, streaming.ended)
		}
	})
}

// Unstructured objects have their kind in a list too.
func TestUnstructuredResource(t *testing.T) {
	server := toybox()
	robot := &unstructured.Unstructured{Object: map[string]any{"arms": int64(2)}}
	robot.SetNamespace("shop")
	robot.SetName("r2")
	if _, err := sourceFrom[*unstructured.Unstructured](t, server, robots).Create(robot); err != nil {
		t.Fatal(err)
	}
	client, err := dynamic.NewForConfig(server.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Resource(robots).Namespace("shop").Get(t.Context(), "r2", metav1.GetOptions{})
	if err != nil || got.GetKind() != "Robot" || got.Object["arms"] != int64(2) {
		t.Errorf("got %v, error %v", got, err)
	}
	if _, err := client.Resource(robots).Namespace("shop").Get(t.Context(), "c3", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("absent: %v, want not found", err)
	}
	body := ask(server.Handler(), "GET", "/apis/toys.example.com/v1/robots?limit=1", "").Body.String()
	want := `{"kind":"RobotList","apiVersion":"toys.example.com/v1","metadata":{"resourceVersion":"2"},"items":[` +
		`{"apiVersion":"toys.example.com/v1","arms":2,"kind":"Robot","metadata":{"creationTimestamp":"` + got.GetCreationTimestamp().UTC().Format("2006-01-02T15:04:05Z") +
		`","name":"r2","namespace":"shop","resourceVersion":"2","uid":"` + string(got.GetUID()) + `"}}]}`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

// The same as with JSON, in the encoding that the built-in types have: lists,
// streams, bookmarks and errors.
func TestProtobufClientInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := stocked(t)
		client := lampClient(t, server.RESTConfig())
		source := listwatch.FromClient[*Lamp](client)
		colour := func(g *Lamp) string { return "=" + g.Colour }
		lines, page := listOf(t, source, listOptions{}, colour)
		if diff := cmp.Diff([]string{"shop/desk@4=red"}, lines); diff != "" || page.Version != "4" {
			t.Errorf("list at %s (-want +got):\n%s", page.Version, diff)
		}
		got, err := client.Get(t.Context(), "desk", metav1.GetOptions{})
		want, _ := sourceFrom[*Lamp](t, server, lamps).Get(shop("desk"))
		if err != nil {
			t.Fatal(err)
		}
		got.TypeMeta = metav1.TypeMeta{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("get (-want +got):\n%s", diff)
		}
		if _, err := client.Get(t.Context(), "none", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("absent: %v, want not found", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		streaming := recordLines(ctx, source, watchOptions{InitialEvents: true, Bookmarks: true}, colour)
		synctest.Wait()
		objects := sourceFrom[*Lamp](t, server, lamps)
		if _, err := objects.Update(lamp("desk", "blue")); err != nil {
			t.Fatal(err)
		}
		if _, err := objects.Delete(shop("desk")); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if diff := cmp.Diff([]string{"Added shop/desk@4=red", "Bookmark @4 end", "Modified shop/desk@5=blue", "Deleted shop/desk@6=blue"}, streaming.take()); diff != "" {
			t.Errorf("streaming list (-want +got):\n%s", diff)
		}
		objects.Compact()
		late := recordLines(ctx, source, watchOptions{Version: "4"}, colour)
		synctest.Wait()
		if !late.ended || !apierrors.IsResourceExpired(late.err) {
			t.Errorf("watch after Compact: ended %t, %v; want expired", late.ended, late.err)
		}
	})
}

func TestMetadataClientInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := stocked(t)
		client, err := metadata.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		inShop := client.Resource(toys).Namespace("shop")
		got, err := inShop.Get(t.Context(), "a", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		stored, _ := sourceFrom[*Widget](t, server, toys).Get(shop("a"))
		if diff := cmp.Diff(stored.ObjectMeta, got.ObjectMeta); diff != "" {
			t.Errorf("get (-want +got):\n%s", diff)
		}
		source := listwatch.FromClient[*metav1.PartialObjectMetadata](inShop)
		labels := func(p *metav1.PartialObjectMetadata) string { return fmt.Sprint(p.Labels) }
		lines, page := listOf(t, source, listOptions{}, labels)
		if diff := cmp.Diff([]string{"shop/a@2map[old:yes]", "shop/b@3map[]"}, lines); diff != "" || page.Version != "4" {
			t.Errorf("list at %s (-want +got):\n%s", page.Version, diff)
		}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		streaming := recordLines(ctx, source, watchOptions{InitialEvents: true, Bookmarks: true}, labels)
		synctest.Wait()
		must(t)(sourceFrom[*Widget](t, server, toys).Delete(shop("a")))
		synctest.Wait()

		want := []string{"Added shop/a@2map[old:yes]", "Added shop/b@3map[]", "Bookmark @4 end", "Deleted shop/a@5map[old:yes]"}
		if diff := cmp.Diff(want, streaming.take()); diff != "" {
			t.Errorf("streaming list (-want +got):\n%s", diff)
		}
	})
}

// A watch whose time is up is an ordinary end to a client, to the second.
func TestTimeIsUpForAClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		remote := listwatch.FromClient[*Widget](typedClient(t, stocked(t).RESTConfig(), ""))
		start := time.Now()
		for event, err := range remote.Watch(t.Context(), watchOptions{Version: "4", Timeout: 7 * time.Second}) {
			t.Errorf("event %v, error %v; want none", eventLine(event), err)
		}
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("ended after %v, want 7s", took)
		}
	})
}
