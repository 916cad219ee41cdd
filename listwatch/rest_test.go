// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestRESTListsAndWatchesWhatTIs(t *testing.T) {
	server := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", asJSON)
		if r.URL.Query().Has("watch") {
			fmt.Fprint(w, eventJSON("MODIFIED", gadgetJSON("a", 8, `{"size":2}`)), eventJSON("BOOKMARK", gadgetJSON("", 9, `{}`)), eventJSON("DELETED", gadgetJSON("a", 10, `{"size":2}`)))
			return
		}
		fmt.Fprint(w, listJSON(`"resourceVersion":"7","continue":"more"`, gadgetJSON("a", 3, `{"size":1}`), gadgetJSON("b", 4, `{"size":5}`)))
	}
	t.Run("pointer to a type of the API", func(t *testing.T) { listsAndWatches(t, server, gadgetOf, listwatch.RESTOptions{}) })
	t.Run("with managedFields", func(t *testing.T) {
		listsAndWatches(t, server, func(name string, version, size int) *Gadget {
			g := gadgetOf(name, version, size)
			g.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}
			return g
		}, listwatch.RESTOptions{KeepManagedFields: true})
	})
	t.Run("struct", func(t *testing.T) { listsAndWatches(t, server, slimOf, listwatch.RESTOptions{}) })
	t.Run("pointer to a struct", func(t *testing.T) {
		listsAndWatches(t, server, func(name string, version, size int) *Slim { return new(slimOf(name, version, size)) }, listwatch.RESTOptions{})
	})
	t.Run("metadata alone", func(t *testing.T) {
		listsAndWatches(t, server, func(name string, version, _ int) listwatch.Meta { return slimOf(name, version, 0).Meta }, listwatch.RESTOptions{})
	})
	t.Run("unstructured", func(t *testing.T) {
		listsAndWatches(t, server, func(name string, version, size int) *unstructured.Unstructured {
			return &unstructured.Unstructured{Object: map[string]any{
				"apiVersion": "example.com/v1", "kind": "Gadget",
				"metadata": map[string]any{"namespace": "shop", "name": name, "uid": "uid-" + name, "resourceVersion": fmt.Sprint(version), "labels": map[string]any{"app": "shop"}},
				"spec":     map[string]any{"size": int64(size)},
			}}
		}, listwatch.RESTOptions{})
	})
}

func gadgetOf(name string, version, size int) *Gadget {
	return &Gadget{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: "uid-" + types.UID(name), ResourceVersion: fmt.Sprint(version), Labels: map[string]string{"app": "shop"}},
		Spec:       GadgetSpec{Size: size},
	}
}

func slimOf(name string, version, size int) (s Slim) {
	s.Header = listwatch.Header{Namespace: "shop", Name: name, UID: "uid-" + types.UID(name), ResourceVersion: fmt.Sprint(version), Labels: map[string]string{"app": "shop"}}
	s.Spec.Size = size
	return s
}

func listsAndWatches[T any](t *testing.T, server http.HandlerFunc, object func(name string, version, size int) T, options listwatch.RESTOptions) {
	item := func(name string, version, size int) store.Item[T] {
		return store.Item[T]{Key: store.Key{Namespace: "shop", Name: name}, UID: "uid-" + types.UID(name), Version: fmt.Sprint(version), Object: object(name, version, size)}
	}
	source := sourceOf[T](t, server, options)
	got, page, err := listWith(t, source, listwatch.ListOptions{})
	want := []result[T]{{Item: item("a", 3, 1)}, {Item: item("b", 4, 5)}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil || page != (listwatch.Page{Version: "7", Continue: "more"}) {
		t.Errorf("list: %+v, %v (-want +got):\n%s", page, err, diff)
	}
	events := []followed[T]{
		{Event: listwatch.Event[T]{Type: listwatch.Modified, Item: item("a", 8, 2)}},
		{Event: listwatch.Event[T]{Type: listwatch.Bookmark, Item: store.Item[T]{Version: "9"}}},
		{Event: listwatch.Event[T]{Type: listwatch.Deleted, Item: item("a", 10, 2)}},
	}
	if diff := cmp.Diff(events, follow(t.Context(), source, listwatch.WatchOptions{Version: "7"})); diff != "" {
		t.Errorf("watch (-want +got):\n%s", diff)
	}
}

// One object that cannot be decoded leaves the others alone, and says where it is.
func TestG34_RESTReportsOneBrokenObjectAndGoesOn(t *testing.T) {
	var items []string
	for i := range 1000 {
		spec := fmt.Sprintf(`{"size":%d}`, i)
		if i == 500 {
			spec = `{"size":"large"}`
		}
		items = append(items, gadgetJSON(fmt.Sprint("g", i), i+1, spec))
	}
	body := listJSON(`"resourceVersion":"2000"`, items...)
	got, _, err := listWith(t, sourceOf[*Gadget](t, answers(asJSON, body), listwatch.RESTOptions{Workers: 4}), listwatch.ListOptions{})
	if err != nil || len(got) != 1000 {
		t.Fatalf("%d items, %v", len(got), err)
	}
	for i, result := range got {
		if i != 500 && (result.Err != nil || result.Object.Spec.Size != i) {
			t.Fatalf("item %d: %+v", i, result)
		}
	}
	broken := itemErrorOf(t, got[500].Err)
	if broken.Stage != listwatch.StageDecode || broken.Key != (store.Key{Namespace: "shop", Name: "g500"}) || broken.Version != "501" {
		t.Errorf("%+v", broken)
	}
	if offset := fmt.Sprintf("byte %d of the answer", strings.Index(body, items[500])); !strings.Contains(broken.Error(), offset) {
		t.Errorf("%v\nwant %q in it", broken, offset)
	}
}

// What the reader has already is not decoded.
func TestRESTAsksBeforeItDecodes(t *testing.T) {
	broken := `{"size":"what is not decoded cannot fail"}`
	body := listJSON(`"resourceVersion":"9"`, gadgetJSON("a", 3, broken), gadgetJSON("b", 4, `{"size":1}`))
	stream := eventJSON("ADDED", gadgetJSON("a", 3, broken)) + eventJSON("ADDED", gadgetJSON("b", 4, `{"size":1}`))
	known := func(key store.Key, version string) bool {
		return key == store.Key{Namespace: "shop", Name: "a"} && version == "3"
	}
	want := []result[*Gadget]{
		{store.Item[*Gadget]{Key: store.Key{Namespace: "shop", Name: "a"}, UID: "uid-a", Version: "3"}, listwatch.ErrKnown},
		{store.Item[*Gadget]{Key: store.Key{Namespace: "shop", Name: "b"}, UID: "uid-b", Version: "4", Object: gadgetOf("b", 4, 1)}, nil},
	}
	same := cmp.Comparer(func(a, b error) bool { return a == b })
	got, _, err := listWith(t, sourceOf[*Gadget](t, answers(asJSON, body), listwatch.RESTOptions{}), listwatch.ListOptions{Known: known})
	if diff := cmp.Diff(want, got, same); err != nil || diff != "" {
		t.Errorf("list: %v (-want +got):\n%s", err, diff)
	}
	got = nil
	source := sourceOf[*Gadget](t, answers(asJSON, stream), listwatch.RESTOptions{})
	for _, e := range follow(t.Context(), source, listwatch.WatchOptions{InitialEvents: true, Known: known}) {
		got = append(got, result[*Gadget]{e.Item, e.Err})
	}
	if diff := cmp.Diff(want, got, same); diff != "" {
		t.Errorf("streaming list (-want +got):\n%s", diff)
	}
}

func TestRESTAsksForWhatItIsTold(t *testing.T) {
	var asked []string
	server := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, fmt.Sprintf("%s\n%s\n%s", r.URL.Path, r.URL.Query().Encode(), r.Header.Get("Accept")))
		answers(asJSON, listJSON(""))(w, r)
	}
	for _, options := range []listwatch.RESTOptions{
		{},
		{Namespace: "shop", LabelSelector: "app=web", FieldSelector: "spec.size=1", KeepManagedFields: true, Tweak: func(o *metav1.ListOptions) { o.Limit = 5 }},
		{Shard: listwatch.Shard{Index: 1, Of: 2}},
	} {
		if _, _, err := listWith(t, sourceOf[*Gadget](t, server, options), listwatch.ListOptions{Version: "0"}); err != nil {
			t.Error(err)
		}
	}
	if _, _, err := listWith(t, sourceOf[listwatch.Meta](t, server, listwatch.RESTOptions{KeepManagedFields: true}), listwatch.ListOptions{}); err != nil {
		t.Error(err)
	}
	if _, _, err := listWith(t, sourceOf[*metav1.PartialObjectMetadata](t, server, listwatch.RESTOptions{KeepManagedFields: true}), listwatch.ListOptions{}); err != nil {
		t.Error(err)
	}
	const dropping = "application/json;drop=metadata.managedFields,application/json"
	const partial = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
	want := []string{
		"/apis/example.com/v1/gadgets\nresourceVersion=0\n" + dropping,
		"/apis/example.com/v1/namespaces/shop/gadgets\nfieldSelector=spec.size%3D1&labelSelector=app%3Dweb&limit=5&resourceVersion=0\napplication/json",
		"/apis/example.com/v1/gadgets\nresourceVersion=0&shardSelector=shardRange%28object.metadata.uid%2C+%270x8000000000000000%27%2C+%270x10000000000000000%27%29\n" + dropping,
		"/apis/example.com/v1/gadgets\n\napplication/json" + partial + ",application/json",
		"/apis/example.com/v1/gadgets\n\napplication/vnd.kubernetes.protobuf" + partial + ",application/json" + partial + ",application/vnd.kubernetes.protobuf,application/json",
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// An object that is too long is left out, and the rest goes on.
func TestRESTLeavesOutWhatIsTooLong(t *testing.T) {
	long := gadgetJSON("long", 3, `{"size":1,"note":"`+strings.Repeat("x", 1<<20)+`"}`)
	options := listwatch.RESTOptions{MaxObject: 1 << 10}
	check := func(err error) {
		t.Helper()
		var limit *listwatch.LimitError
		if item := itemErrorOf(t, err); item.Key.Name != "long" || !errors.As(err, &limit) || limit.Limit != 1<<10 || !strings.Contains(err.Error(), "RESTOptions.MaxObject") {
			t.Errorf("error = %v", err)
		}
	}
	got, _, err := listWith(t, sourceOf[*Gadget](t, answers(asJSON, listJSON(`"resourceVersion":"9"`, long, gadgetJSON("b", 4, `{"size":1}`))), options), listwatch.ListOptions{})
	if err != nil || len(got) != 2 || got[1].Object.Name != "b" {
		t.Fatalf("%v, %v", got, err)
	}
	check(got[0].Err)
	events := follow(t.Context(), sourceOf[*Gadget](t, answers(asJSON, eventJSON("ADDED", long)+eventJSON("ADDED", gadgetJSON("b", 4, `{}`))), options), listwatch.WatchOptions{})
	if len(events) != 2 || events[1].Item.Key.Name != "b" {
		t.Fatalf("%v", events)
	}
	check(events[0].Err)
}

// Frames are taken for what they are, however a server writes them.
func TestRESTReadsEventsInAnyForm(t *testing.T) {
	object := gadgetJSON("a", 3, `{"size":1}`)
	want := followed[*Gadget]{Event: listwatch.Event[*Gadget]{Type: listwatch.Added, Item: store.Item[*Gadget]{
		Key: store.Key{Namespace: "shop", Name: "a"}, UID: "uid-a", Version: "3", Object: gadgetOf("a", 3, 1),
	}}}
	for _, frame := range []string{
		`{"type":"ADDED","object":` + object + `}`,
		` { "object" : ` + object + ` , "type" : "ADDED" } `,
		`{"type":"ADDED","object":` + object + `,"extra":{}}`,
		`{"type":"ADDED","object":{"metadata":{"name":"not this"}},"object":` + object + `}`,
		`{"type":"MODIFIED","object":` + object + `,"type":"ADDED"}`,
		`{"type":"ADDED","object":` + object + `  }`,
	} {
		got := follow(t.Context(), sourceOf[*Gadget](t, answers(asJSON, frame), listwatch.RESTOptions{}), listwatch.WatchOptions{})
		if diff := cmp.Diff([]followed[*Gadget]{want}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", frame, diff)
		}
	}
}

// What ends a watch comes as an error that the API machinery knows.
func TestRESTWatchEndsWithWhatTheServerSays(t *testing.T) {
	expired := `{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version: 1 (7)","reason":"Expired","code":410}`
	stream := eventJSON("ADDED", gadgetJSON("a", 3, `{}`)) + eventJSON("ERROR", expired) + eventJSON("ADDED", gadgetJSON("b", 4, `{}`))
	got := follow(t.Context(), sourceOf[*Gadget](t, answers(asJSON, stream), listwatch.RESTOptions{}), listwatch.WatchOptions{})
	if len(got) != 2 || got[0].Err != nil || !apierrors.IsResourceExpired(got[1].Err) {
		t.Errorf("%+v", got)
	}
}

// A reader that leaves, or whose context ends, ends the request, and nothing of it
// is left; the bubble would tell.
func TestRESTEndsWithItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open atomic.Int32
		endless := func(w http.ResponseWriter, r *http.Request) {
			open.Add(1)
			defer open.Add(-1)
			w.Header().Set("Content-Type", asJSON)
			if !r.URL.Query().Has("watch") {
				fmt.Fprint(w, `{"items":[`+gadgetJSON("a", 1, `{}`))
			}
			for i := 2; ; i++ {
				text := "," + gadgetJSON(fmt.Sprint("g", i), i, `{}`)
				if r.URL.Query().Has("watch") {
					text = eventJSON("ADDED", text[1:])
				}
				if _, err := fmt.Fprint(w, text); err != nil {
					return
				}
				if i%100 == 0 {
					select {
					case <-time.After(time.Second):
					case <-r.Context().Done():
						return
					}
				}
			}
		}
		source := sourceOf[*Gadget](t, endless, listwatch.RESTOptions{Workers: 3})
		count := 0
		for range source.Watch(t.Context(), listwatch.WatchOptions{}) {
			if count++; count == 250 {
				break
			}
		}
		synctest.Wait()
		if open.Load() != 0 {
			t.Error("the request goes on though the reader has left")
		}
		ctx, cancel := context.WithCancel(t.Context())
		seen := 0
		_, err := source.List(ctx, listwatch.ListOptions{}, func(store.Item[*Gadget], error) {
			if seen++; seen == 250 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) || seen != 250 {
			t.Errorf("%d items, %v; want none after the context has ended", seen, err)
		}
		synctest.Wait()
		if open.Load() != 0 {
			t.Error("the request goes on though its context has ended")
		}
	})
}
