// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestFromClientList(t *testing.T) {
	nameless := widget("", 8, 3)
	client := &widgets{list: &WidgetList{
		ListMeta: metav1.ListMeta{ResourceVersion: "9", Continue: "more"},
		Items:    []Widget{*widget("a", 7, 1), *nameless, *widget("b", 8, 2)},
	}}
	items, page, err := listAll(t.Context(), listwatch.FromClient[*Widget](client))
	if err != nil {
		t.Fatal(err)
	}
	if want := (listwatch.Page{Version: "9", Continue: "more"}); page != want {
		t.Errorf("page = %+v, want %+v", page, want)
	}
	want := []listed[*Widget]{
		{Item: item(widget("a", 7, 1))},
		{Item: item(nameless), Err: `listwatch: widgets "shop/" at version 8: key: store: object of type *listwatch_test.Widget: ` +
			`store: "shop/" is no key: the name is empty; want "namespace/name" or "name"; this item is left out until its next event, the rest goes on`},
		{Item: item(widget("b", 8, 2))},
	}
	if diff := cmp.Diff(want, items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// One object that is kept must not keep the page that it came on.
func TestFromClientListDoesNotKeepThePage(t *testing.T) {
	client := &widgets{list: &WidgetList{Items: []Widget{*widget("a", 7, 1), *widget("b", 8, 2)}}}
	collected := make(chan struct{})
	runtime.AddCleanup(&client.list.Items[0], func(struct{}) { close(collected) }, struct{}{})
	items, _, err := listAll(t.Context(), listwatch.FromClient[*Widget](client))
	if err != nil {
		t.Fatal(err)
	}
	client.list = nil
	runtime.GC()
	select {
	case <-collected:
	case <-time.After(time.Minute):
		t.Error("the array of the list was not collected while an item of it was kept")
	}
	runtime.KeepAlive(items)
}

func TestFromClientRequests(t *testing.T) {
	var (
		five     int64 = 5
		yes            = true
		tweakTo7       = func(options *metav1.ListOptions) { options.Limit = 7 }
	)
	tests := []struct {
		name    string
		options []listwatch.Options
		list    *listwatch.ListOptions
		watch   *listwatch.WatchOptions
		want    metav1.ListOptions
	}{
		{
			name: "zero list",
			list: &listwatch.ListOptions{},
		},
		{
			name:    "list with everything",
			options: []listwatch.Options{{LabelSelector: "app=web", FieldSelector: "spec.nodeName=n"}},
			list:    &listwatch.ListOptions{Version: "3", VersionMatch: metav1.ResourceVersionMatchExact, Limit: 500, Continue: "c"},
			want: metav1.ListOptions{
				ResourceVersion: "3", ResourceVersionMatch: metav1.ResourceVersionMatchExact, Limit: 500, Continue: "c",
				LabelSelector: "app=web", FieldSelector: "spec.nodeName=n",
			},
		},
		{
			name:    "several options must all pass",
			options: []listwatch.Options{{LabelSelector: "app=web"}, {}, {LabelSelector: "tier in (a,b)", FieldSelector: "x=1", Tweak: tweakTo7}},
			list:    &listwatch.ListOptions{Limit: 500},
			want:    metav1.ListOptions{LabelSelector: "app=web,tier in (a,b)", FieldSelector: "x=1", Limit: 7},
		},
		{
			name:  "watch",
			watch: &listwatch.WatchOptions{Version: "3", Timeout: 4001 * time.Millisecond, Bookmarks: true},
			want:  metav1.ListOptions{Watch: true, ResourceVersion: "3", TimeoutSeconds: &five, AllowWatchBookmarks: true},
		},
		{
			name:  "streaming list",
			watch: &listwatch.WatchOptions{Version: "0", InitialEvents: true},
			want: metav1.ListOptions{
				Watch: true, ResourceVersion: "0", AllowWatchBookmarks: true,
				SendInitialEvents: &yes, ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			client := &widgets{list: &WidgetList{}, watch: streamOf()}
			source := listwatch.FromClient[*Widget](client, test.options...)
			if test.list != nil {
				if _, err := source.List(t.Context(), *test.list, nil); err != nil {
					t.Error(err)
				}
			} else {
				watchAll(t.Context(), source, *test.watch)
			}
			if diff := cmp.Diff([]metav1.ListOptions{test.want}, client.asked); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFromClientWatch(t *testing.T) {
	bookmark := &Widget{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "6"}}
	end := &Widget{ObjectMeta: metav1.ObjectMeta{
		ResourceVersion: "5",
		Annotations:     map[string]string{metav1.InitialEventsAnnotationKey: "true"},
	}}
	stranger := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: "p", ResourceVersion: "7", UID: "u"}}
	results := streamOf(
		watch.Event{Type: watch.Added, Object: widget("a", 3, 1)},
		watch.Event{Type: watch.Bookmark, Object: end},
		watch.Event{Type: watch.Modified, Object: widget("a", 6, 2)},
		watch.Event{Type: watch.Bookmark, Object: bookmark},
		watch.Event{Type: watch.Added, Object: stranger},
		watch.Event{Type: watch.Modified},
		watch.Event{Type: "PAINTED", Object: widget("a", 8, 2)},
		watch.Event{Type: watch.Bookmark},
		watch.Event{Type: watch.Deleted, Object: widget("a", 9, 2)},
	)
	const rest = "; this item is left out until its next event, the rest goes on"
	want := []watched[*Widget]{
		{Event: listwatch.Event[*Widget]{Type: listwatch.Added, Item: item(widget("a", 3, 1))}},
		{Event: listwatch.Event[*Widget]{Type: listwatch.Bookmark, Item: store.Item[*Widget]{Version: "5"}, InitialEventsEnd: true}},
		{Event: listwatch.Event[*Widget]{Type: listwatch.Modified, Item: item(widget("a", 6, 2))}},
		{Event: listwatch.Event[*Widget]{Type: listwatch.Bookmark, Item: store.Item[*Widget]{Version: "6"}}},
		{
			Event: listwatch.Event[*Widget]{Type: listwatch.Added, Item: store.Item[*Widget]{Key: store.Key{Name: "p"}, UID: "u", Version: "7"}},
			Err:   `listwatch: widgets "p" at version 7: decode: got *v1.PartialObjectMetadata, want *listwatch_test.Widget` + rest,
		},
		{
			Event: listwatch.Event[*Widget]{Type: listwatch.Modified},
			Err:   `listwatch: widgets: decode: got <nil>, want *listwatch_test.Widget` + rest,
		},
		{
			Event: listwatch.Event[*Widget]{Item: store.Item[*Widget]{Key: store.Key{Namespace: "shop", Name: "a"}, UID: "uid-a", Version: "8"}},
			Err:   `listwatch: widgets "shop/a" at version 8: decode: unknown type of event "PAINTED"` + rest,
		},
		{
			Event: listwatch.Event[*Widget]{Type: listwatch.Bookmark},
			Err:   `listwatch: widgets: decode: a bookmark with <nil>, which has no version` + rest,
		},
		{Event: listwatch.Event[*Widget]{Type: listwatch.Deleted, Item: item(widget("a", 9, 2))}},
	}
	got := watchAll(t.Context(), listwatch.FromClient[*Widget](&widgets{watch: results}), listwatch.WatchOptions{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if results.stops != 1 {
		t.Errorf("Stop was called %d times, want once", results.stops)
	}
}

func TestFromClientWatchEnds(t *testing.T) {
	t.Run("error event", func(t *testing.T) {
		status := apierrors.NewResourceExpired("too old").Status()
		results := streamOf(watch.Event{Type: watch.Error, Object: &status}, watch.Event{Type: watch.Added, Object: widget("a", 1, 1)})
		source := listwatch.FromClient[*Widget](&widgets{watch: results})
		events := watchAll(t.Context(), source, listwatch.WatchOptions{})
		want := []watched[*Widget]{{Err: "listwatch: watch widgets: too old"}}
		if diff := cmp.Diff(want, events); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if results.stops != 1 {
			t.Errorf("Stop was called %d times, want once", results.stops)
		}
		source = listwatch.FromClient[*Widget](&widgets{watch: streamOf(watch.Event{Type: watch.Error, Object: &status})})
		if err := lastError(t.Context(), source, listwatch.WatchOptions{}); !apierrors.IsResourceExpired(err) {
			t.Errorf("error = %v, want one that is expired", err)
		}
	})
	t.Run("break", func(t *testing.T) {
		results := streamOf(watch.Event{Type: watch.Added, Object: widget("a", 1, 1)}, watch.Event{Type: watch.Added, Object: widget("b", 2, 1)})
		for range listwatch.FromClient[*Widget](&widgets{watch: results}).Watch(t.Context(), listwatch.WatchOptions{}) {
			break
		}
		if results.stops != 1 {
			t.Errorf("Stop was called %d times, want once", results.stops)
		}
	})
	t.Run("context while waiting", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			results := &stream{events: make(chan watch.Event)}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			start := time.Now()
			err := lastError(ctx, listwatch.FromClient[*Widget](&widgets{watch: results}), listwatch.WatchOptions{})
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
				t.Errorf("after %v: %v; want the context's error after 1m", time.Since(start), err)
			}
			if results.stops != 1 {
				t.Errorf("Stop was called %d times, want once", results.stops)
			}
		})
	})
	t.Run("context while events keep coming", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		added := watch.Event{Type: watch.Added, Object: widget("a", 1, 1)}
		count := 0
		var last error
		for _, err := range listwatch.FromClient[*Widget](&widgets{watch: streamOf(added, added, added)}).Watch(ctx, listwatch.WatchOptions{}) {
			count++
			last = err
			cancel()
		}
		if count != 2 || !errors.Is(last, context.Canceled) {
			t.Errorf("%d pairs, the last with %v; want one event and then the context's error", count, last)
		}
	})
	t.Run("client's error", func(t *testing.T) {
		source := listwatch.FromClient[*Widget](&widgets{watchErr: apierrors.NewTooManyRequests("slow down", 7)})
		err := lastError(t.Context(), source, listwatch.WatchOptions{})
		if seconds, ok := apierrors.SuggestsClientDelay(err); !ok || seconds != 7 {
			t.Errorf("error = %v, want one that suggests a delay of 7 s", err)
		}
	})
	t.Run("nothing is asked before it is read", func(t *testing.T) {
		client := &widgets{watch: streamOf()}
		_ = listwatch.FromClient[*Widget](client).Watch(t.Context(), listwatch.WatchOptions{})
		if len(client.asked) != 0 {
			t.Errorf("requests = %v, want none", client.asked)
		}
	})
}

func TestFromClientNoInitialEvents(t *testing.T) {
	invalid := apierrors.NewInvalid(schema.GroupKind{Kind: "ListOptions"}, "", nil)
	notImplemented := apierrors.NewGenericServerResponse(http.StatusNotImplemented, "watch", schema.GroupResource{}, "", "", 0, true)
	forbidden := apierrors.NewForbidden(schema.GroupResource{Resource: "widgets"}, "", nil)
	failing := func(err *apierrors.StatusError) watch.Event {
		status := err.Status()
		return watch.Event{Type: watch.Error, Object: &status}
	}
	tests := []struct {
		name    string
		client  *widgets
		streams bool // ask for initial events
		want    bool // ErrNoInitialEvents
	}{
		{"invalid", &widgets{watchErr: invalid}, true, true},
		{"bad request", &widgets{watchErr: apierrors.NewBadRequest("what?")}, true, true},
		{"not implemented", &widgets{watchErr: notImplemented}, true, true},
		{"invalid as first event", &widgets{watch: streamOf(failing(invalid))}, true, true},
		{"invalid as second event", &widgets{watch: streamOf(watch.Event{Type: watch.Added, Object: widget("a", 1, 1)}, failing(invalid))}, true, false},
		{"invalid without having asked", &widgets{watchErr: invalid}, false, false},
		{"forbidden", &widgets{watchErr: forbidden}, true, false},
		{"expired", &widgets{watchErr: apierrors.NewResourceExpired("old")}, true, false},
		{"too many requests", &widgets{watchErr: apierrors.NewTooManyRequestsError("slow")}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			source := listwatch.FromClient[*Widget](test.client)
			err := lastError(t.Context(), source, listwatch.WatchOptions{InitialEvents: test.streams})
			if err == nil || errors.Is(err, listwatch.ErrNoInitialEvents) != test.want {
				t.Errorf("error = %v; is it ErrNoInitialEvents? want %t", err, test.want)
			}
		})
	}
}

// fakeWidgets is a client as client-go's fake clientsets hand them out.
func fakeWidgets(fake *clienttesting.Fake) *gentype.FakeClientWithList[*Widget, *WidgetList] {
	return gentype.NewFakeClientWithList(fake, "shop",
		schema.GroupVersionResource{Group: "toys", Version: "v2", Resource: "widgetries"},
		schema.GroupVersionKind{Group: "toys", Version: "v2", Kind: "Widget"},
		func() *Widget { return &Widget{} },
		func() *WidgetList { return &WidgetList{} },
		func(dst, src *WidgetList) { dst.ListMeta = src.ListMeta },
		func(list *WidgetList) []*Widget { return gentype.ToPointerSlice(list.Items) },
		func(list *WidgetList, items []*Widget) { list.Items = gentype.FromPointerSlice(items) },
	)
}

// A fake of client-go would never send the bookmark that ends a streaming list.
func TestFromClientKnowsFakes(t *testing.T) {
	fake := &clienttesting.Fake{}
	source := listwatch.FromClient[*Widget](fakeWidgets(fake))
	err := lastError(t.Context(), source, listwatch.WatchOptions{InitialEvents: true})
	if !errors.Is(err, listwatch.ErrNoInitialEvents) {
		t.Errorf("error = %v, want ErrNoInitialEvents", err)
	}
	if len(fake.Actions()) != 0 {
		t.Errorf("the fake was asked: %v", fake.Actions())
	}
}

func TestFromClientBadInput(t *testing.T) {
	var none *widgets
	tests := []struct {
		name   string
		source listwatch.ListWatcher[*Widget]
		want   []string
	}{
		{"no client", listwatch.FromClient[*Widget, *WidgetList](nil), []string{"the client is nil", "clientset.CoreV1().Pods("}},
		{"nil pointer", listwatch.FromClient[*Widget](none), []string{"the client is nil"}},
		{"no cache", listwatch.FromCache[*Widget](nil), []string{"the client is nil"}},
		{"no cache with context", listwatch.FromCacheWithContext[*Widget](nil), []string{"the client is nil"}},
		{
			"selectors",
			listwatch.FromClient[*Widget](&widgets{}, listwatch.Options{LabelSelector: "a in"}, listwatch.Options{FieldSelector: "what"}),
			[]string{`Options.LabelSelector "a in"`, `Options.FieldSelector "what"`, `want a form such as`},
		},
		{"no Map source", listwatch.Map(nil, func(w *Widget) (*Widget, error) { return w, nil }), []string{"Map needs a source and a function"}},
		{"no Filter function", listwatch.Filter(listwatch.FromClient[*Widget](&widgets{}), nil), []string{"Filter needs a source and a function"}},
		{"no functions", listwatch.FromFuncs[*Widget](nil, nil, nil), []string{"FromFuncs needs all three"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, listErr := listAll(t.Context(), test.source)
			watchErr := lastError(t.Context(), test.source, listwatch.WatchOptions{InitialEvents: true})
			for _, err := range []error{listErr, watchErr} {
				for _, want := range test.want {
					if !strings.Contains(text(err), want) {
						t.Errorf("error %q does not say %q", text(err), want)
					}
				}
			}
			if errors.Is(watchErr, listwatch.ErrNoInitialEvents) {
				t.Errorf("%v is ErrNoInitialEvents: a list would not help", watchErr)
			}
		})
	}
}

func TestFromClientNothingReturned(t *testing.T) {
	source := listwatch.FromClient[*Widget](&widgets{})
	if _, _, err := listAll(t.Context(), source); !strings.Contains(text(err), "neither a list nor an error") {
		t.Errorf("list: %v", err)
	}
	if err := lastError(t.Context(), source, listwatch.WatchOptions{}); !strings.Contains(text(err), "neither a watch nor an error") {
		t.Errorf("watch: %v", err)
	}
	noList := listwatch.FromCache[*Widget](plainCache{list: &metav1.Status{}})
	if _, _, err := listAll(t.Context(), noList); !strings.Contains(text(err), "*v1.Status") {
		t.Errorf("list that is none: %v", err)
	}
}

func TestFromClientResource(t *testing.T) {
	config := &rest.Config{Host: "http://127.0.0.1:1", ContentConfig: rest.ContentConfig{
		GroupVersion:         &schema.GroupVersion{Group: "toys.example.com", Version: "v1"},
		NegotiatedSerializer: metav1NoConversion{},
	}}
	api, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	typed := gentype.NewClientWithList("ignored", api, metav1.ParameterCodec, "shop",
		func() *Widget { return &Widget{} }, func() *WidgetList { return &WidgetList{} })
	anything, err := dynamic.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	given := schema.GroupVersionResource{Group: "g", Version: "v", Resource: "r"}
	keepAll := func(*Widget) bool { return true }
	size := func(w *Widget) (int, error) { return w.Size, nil }
	tests := []struct {
		name   string
		source any
		want   schema.GroupVersionResource
	}{
		{"typed client", listwatch.FromClient[*Widget](typed), schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "widgets"}},
		{"fake client", listwatch.FromClient[*Widget](fakeWidgets(nil)), schema.GroupVersionResource{Group: "toys", Version: "v2", Resource: "widgetries"}},
		{"unknown client", listwatch.FromClient[*Widget](&widgets{}), schema.GroupVersionResource{Resource: "widgets"}},
		{"no client", listwatch.FromClient[*Widget, *WidgetList](nil), schema.GroupVersionResource{Resource: "widgets"}},
		{"dynamic client", listwatch.FromClient[*unstructured.Unstructured](anything.Resource(given)), schema.GroupVersionResource{}},
		{"given", listwatch.FromClient[*Widget](typed, listwatch.Options{Resource: given}), given},
		{"given in part", listwatch.FromClient[*Widget](typed, listwatch.Options{Resource: schema.GroupVersionResource{Resource: "r"}}), schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "r"}},
		{"cache", listwatch.FromCache[*Widget](plainCache{}), schema.GroupVersionResource{Resource: "widgets"}},
		{"functions", listwatch.FromFuncs[Widget](nil, nil, nil), schema.GroupVersionResource{Resource: "widgets"}},
		{"functions over no named type", listwatch.FromFuncs[struct{ Name string }](nil, nil, nil), schema.GroupVersionResource{}},
		{"map", listwatch.Map(listwatch.FromClient[*Widget](typed), size), schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "widgets"}},
		{"filter", listwatch.Filter(listwatch.FromClient[*Widget](typed), keepAll), schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "widgets"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.source.(listwatch.Described).Resource(); got != test.want {
				t.Errorf("resource = %v, want %v", got, test.want)
			}
		})
	}
}

// metav1NoConversion is a serializer for a client that is never used.
type metav1NoConversion struct {
	k8sruntime.NegotiatedSerializer
}

func (metav1NoConversion) SupportedMediaTypes() []k8sruntime.SerializerInfo {
	return []k8sruntime.SerializerInfo{{MediaType: "application/json"}}
}
