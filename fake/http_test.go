// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/gentype"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

var toys = schema.GroupVersionResource{Group: "toys.example.com", Version: "v2", Resource: "widgets"}

// serve runs the handler on loopback until the test ends.
func serve(t *testing.T, handler http.Handler) *rest.Config {
	server := httptest.NewServer(handler)
	t.Cleanup(func() {
		server.CloseClientConnections() // ends the watches
		server.Close()
	})
	return &rest.Config{Host: server.URL}
}

// generatedClient is a client as client-gen makes them. As the built-in ones it
// asks for protobuf if there is any.
func generatedClient[T fake.Object, L runtime.Object](t *testing.T, config *rest.Config, resource schema.GroupVersionResource, namespace string, object func() T, list func() L) *gentype.ClientWithList[T, L] {
	t.Helper()
	version := resource.GroupVersion()
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(version, object(), list())
	metav1.AddToGroupVersion(scheme, version)
	config = rest.CopyConfig(config)
	config.APIPath = "/apis"
	config.GroupVersion = &version
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	api, err := rest.RESTClientFor(config)
	if err != nil {
		t.Fatal(err)
	}
	return gentype.NewClientWithList(resource.Resource, api, runtime.NewParameterCodec(scheme), namespace, object, list)
}

// typedClient is the generated client of widgets.
func typedClient(t *testing.T, config *rest.Config, namespace string) *gentype.ClientWithList[*Widget, *WidgetList] {
	t.Helper()
	return generatedClient(t, config, toys, namespace,
		func() *Widget { return &Widget{} }, func() *WidgetList { return &WidgetList{} })
}

// follow reads a watch up to, and with, the event that is last.
func follow[T any](t *testing.T, source listwatch.ListWatcher[T], options watchOptions, line func(listwatch.Event[T]) string, last string) (lines []string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // in place of a test that hangs
	defer cancel()
	for event, err := range source.Watch(ctx, options) {
		if err != nil {
			return append(lines, err.Error())
		}
		lines = append(lines, line(event))
		if lines[len(lines)-1] == last {
			break
		}
	}
	return lines
}

// A generated client reads through the handler what the source itself says.
func TestHandlerWithTypedClient(t *testing.T) {
	widgets := history(t, fake.Options{Resource: toys})
	must(t)(widgets.Create(widget("lab", "a", 5, "red")))
	config := serve(t, widgets.Handler())
	ctx := t.Context()
	remote := listwatch.FromClient[*Widget](typedClient(t, config, ""))

	t.Run("list", func(t *testing.T) {
		for _, options := range []listOptions{{}, {Version: "0"}, {Version: "3", VersionMatch: exact}} {
			want, wantPage, err := list(ctx, widgets, options)
			if err != nil {
				t.Fatal(err)
			}
			got, page, err := list(ctx, remote, options)
			if err != nil || page != wantPage {
				t.Errorf("page %+v, error %v; want %+v", page, err, wantPage)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		}
	})
	t.Run("pages", func(t *testing.T) {
		var got []string
		var next string
		for range 3 {
			lines, page, err := list(ctx, remote, listOptions{Limit: 1, Continue: next})
			if err != nil {
				t.Fatal(err)
			}
			got, next = append(got, lines...), page.Continue
		}
		if diff := cmp.Diff([]string{"lab/a@7=5", "shop/a@4=3", "shop/c@6=4"}, got); diff != "" || next != "" {
			t.Errorf("pages, next %q (-want +got):\n%s", next, diff)
		}
	})
	t.Run("whole object", func(t *testing.T) {
		want, _ := widgets.Get(store.Key{Namespace: "lab", Name: "a"})
		got, err := typedClient(t, config, "lab").Get(ctx, "a", metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got.TypeMeta = metav1.TypeMeta{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("object (-want +got):\n%s", diff)
		}
		if _, err := typedClient(t, config, "lab").Get(ctx, "z", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("absent object: %v, want not found", err)
		}
	})
	t.Run("scopes", func(t *testing.T) {
		for _, test := range []struct {
			namespace string
			options   listwatch.Options
			want      []string
		}{
			{"lab", listwatch.Options{}, []string{"lab/a@7=5"}},
			{"", listwatch.Options{LabelSelector: "red"}, []string{"lab/a@7=5"}},
			{"", listwatch.Options{FieldSelector: "metadata.name=c"}, []string{"shop/c@6=4"}},
			{"lab", listwatch.Options{FieldSelector: "metadata.namespace=shop"}, nil},
		} {
			got, _, err := list(ctx, listwatch.FromClient[*Widget](typedClient(t, config, test.namespace), test.options), listOptions{})
			if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
				t.Errorf("%q %+v: error %v, items (-want +got):\n%s", test.namespace, test.options, err, diff)
			}
		}
	})
	t.Run("watch", func(t *testing.T) {
		for _, test := range []struct {
			options watchOptions
			want    []string
		}{
			{watchOptions{Version: "2"}, []string{"Added shop/b@3=2", "Modified shop/a@4=3", "Deleted shop/b@5=2", "Added shop/c@6=4", "Added lab/a@7=5"}},
			{watchOptions{}, []string{"Added lab/a@7=5", "Added shop/a@4=3", "Added shop/c@6=4"}},
			{watchOptions{InitialEvents: true}, []string{"Added lab/a@7=5", "Added shop/a@4=3", "Added shop/c@6=4", "Bookmark 7 end"}},
		} {
			got := follow(t, remote, test.options, eventLine, test.want[len(test.want)-1])
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%+v: events (-want +got):\n%s", test.options, diff)
			}
		}
	})
	t.Run("live", func(t *testing.T) {
		ok := must(t)
		write := []func(){
			func() { ok(widgets.Create(widget("shop", "d", 1))) },
			func() { ok(widgets.Update(widget("shop", "d", 2))) },
			func() { ok(widgets.Delete(shop("d"))) },
			widgets.Bookmark,
			func() {},
		}
		var got []string
		next := func(event listwatch.Event[*Widget]) string {
			got = append(got, eventLine(event))
			write[len(got)]()
			return fmt.Sprint(len(got))
		}
		write[0]()
		follow(t, remote, watchOptions{Version: "7", Bookmarks: true}, next, "4")
		want := []string{"Added shop/d@8=1", "Modified shop/d@9=2", "Deleted shop/d@10=2", "Bookmark 10"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
	t.Run("errors", func(t *testing.T) {
		selected := listwatch.FromClient[*Widget](typedClient(t, config, ""), listwatch.Options{FieldSelector: "spec.color=red"})
		if _, _, err := list(ctx, selected, listOptions{}); !apierrors.IsBadRequest(err) {
			t.Errorf("unknown field: %v, want a bad request", err)
		}
		widgets.Compact()
		for _, err := range remote.Watch(ctx, watchOptions{Version: "2"}) {
			if !apierrors.IsResourceExpired(err) {
				t.Errorf("watch after Compact: %v, want expired", err)
			}
		}
		must(t)(widgets.Create(widget("lab", "new", 1)))
		if _, _, err := list(ctx, remote, listOptions{Version: "2", VersionMatch: exact}); !apierrors.IsResourceExpired(err) {
			t.Errorf("list after Compact: %v, want expired", err)
		}
	})
}

// The dynamic client wants the kind of each object on the wire.
func TestHandlerWithDynamicClient(t *testing.T) {
	widgets := history(t, fake.Options{Resource: toys})
	client, err := dynamic.NewForConfig(serve(t, widgets.Handler()))
	if err != nil {
		t.Fatal(err)
	}
	remote := listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys).Namespace("shop"))
	var got []string
	if _, err := remote.List(t.Context(), listOptions{}, func(item store.Item[*unstructured.Unstructured], err error) {
		got = append(got, fmt.Sprint(item.Object.GetAPIVersion(), " ", item.Object.GetKind(), " ", item.Key, " ", err))
	}); err != nil {
		t.Fatal(err)
	}
	want := []string{"toys.example.com/v2 Widget shop/a <nil>", "toys.example.com/v2 Widget shop/c <nil>"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	kind := func(event listwatch.Event[*unstructured.Unstructured]) string {
		return event.Type.String() + " " + event.Item.Key.String() + " " + event.Item.Version
	}
	got = follow(t, remote, watchOptions{InitialEvents: true}, kind, "Bookmark  6")
	if diff := cmp.Diff([]string{"Added shop/a 4", "Added shop/c 6", "Bookmark  6"}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestHandlerAnswers(t *testing.T) {
	core := history(t, fake.Options{}).Handler()
	group := history(t, fake.Options{Resource: toys}).Handler()
	const accept = "application/json"
	tests := []struct {
		handler              http.Handler
		method, path, accept string
		code                 int
		reason               metav1.StatusReason
	}{
		{core, "GET", "/api/v1/widgets", accept, 200, ""},
		{core, "GET", "/api/v1/widgets", "", 200, ""},
		{core, "GET", "/api/v1/widgets", "application/vnd.kubernetes.protobuf, application/json;q=0.9", 200, ""},
		{core, "GET", "/api/v1/widgets", "application/json;as=Table;v=v1;g=meta.k8s.io,*/*", 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/none/widgets?limit=3", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/z", accept, 404, metav1.StatusReasonNotFound},
		{group, "GET", "/apis/toys.example.com/v2/widgets", accept, 200, ""},
		{group, "GET", "/api/v1/widgets", accept, 404, metav1.StatusReasonNotFound},
		{core, "GET", "/api/v1/", accept, 200, ""},
		{core, "GET", "/api/v1/gadgets", accept, 404, metav1.StatusReasonNotFound},
		{core, "GET", "/api/v1/namespaces", accept, 404, metav1.StatusReasonNotFound},
		{core, "GET", "/api/v1/namespaces//widgets", accept, 404, metav1.StatusReasonNotFound},
		{core, "GET", "/api/v1/widgets/", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a/status", accept, 404, metav1.StatusReasonNotFound},
		{core, "PUT", "/api/v1/namespaces/shop/widgets", accept, 405, metav1.StatusReasonMethodNotAllowed},
		{core, "POST", "/api/v1/namespaces/shop/widgets/a", accept, 405, metav1.StatusReasonMethodNotAllowed},
		{core, "HEAD", "/api/v1/widgets", accept, 405, metav1.StatusReasonMethodNotAllowed},
		{core, "GET", "/api/v1/widgets", "application/yaml", 406, metav1.StatusReasonNotAcceptable},
		{core, "GET", "/api/v1/widgets?watch=1", "application/yaml", 406, metav1.StatusReasonNotAcceptable},
		{core, "GET", "/api/v1/widgets?limit=many", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?%", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?continue=x", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?labelSelector=a+in", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?fieldSelector=a", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?resourceVersion=x", accept, 400, metav1.StatusReasonBadRequest},
		{core, "GET", "/api/v1/widgets?watch=1&resourceVersion=x", accept, 500, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a?resourceVersion=0", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a?resourceVersion=6", accept, 200, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a?resourceVersion=x", accept, 500, ""},
		{core, "GET", "/api/v1/namespaces/shop/widgets/a?resourceVersion=7", accept, 504, metav1.StatusReasonTimeout},
		{core, "GET", "/api/v1/widgets?sendInitialEvents=true", accept, 422, metav1.StatusReasonInvalid},
		{core, "GET", "/api/v1/widgets?watch=1&sendInitialEvents=true", accept, 422, metav1.StatusReasonInvalid},
		{core, "GET", "/api/v1/widgets?watch=1&resourceVersionMatch=Exact", accept, 422, metav1.StatusReasonInvalid},
		{core, "GET", "/api/v1/widgets?resourceVersion=9", accept, 504, metav1.StatusReasonTimeout},
	}
	for _, test := range tests {
		t.Run(test.method+" "+test.path, func(t *testing.T) {
			request := httptest.NewRequest(test.method, "http://server"+test.path, nil)
			if test.accept != "" {
				request.Header.Set("Accept", test.accept)
			}
			answer := httptest.NewRecorder()
			test.handler.ServeHTTP(answer, request)
			var status metav1.Status
			if err := json.Unmarshal(answer.Body.Bytes(), &status); err != nil {
				t.Fatal(err)
			}
			isStatus := status.Kind == "Status" && status.APIVersion == "v1" && int(status.Code) == answer.Code
			if answer.Code != test.code || status.Reason != test.reason || isStatus != (test.code >= 400) {
				t.Errorf("%d %s; want %d %s", answer.Code, answer.Body, test.code, test.reason)
			}
		})
	}
}

// A server that ends the request's context ends the watch at once, in a bubble
// too, where nothing is on a wire.
func TestHandlerInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets := history(t, fake.Options{})
		ctx, cancel := context.WithCancel(t.Context())
		request := httptest.NewRequestWithContext(ctx, "GET", "http://server/api/v1/widgets?watch=true&resourceVersion=6&allowWatchBookmarks=true", nil)
		answer := httptest.NewRecorder()
		ended := false
		go func() {
			widgets.Handler().ServeHTTP(answer, request)
			ended = true
		}()
		synctest.Wait()
		if !answer.Flushed || answer.Body.Len() != 0 {
			t.Errorf("flushed %t, body %q; want the head alone", answer.Flushed, answer.Body)
		}
		widgets.Bookmark()
		synctest.Wait()
		want := `{"type":"BOOKMARK","object":{"kind":"Widget","apiVersion":"v1","metadata":{"resourceVersion":"6"}}}` + "\n"
		if diff := cmp.Diff(want, answer.Body.String()); diff != "" || ended {
			t.Errorf("ended %t, body (-want +got):\n%s", ended, diff)
		}
		cancel()
		synctest.Wait()
		if diff := cmp.Diff(want, answer.Body.String()); diff != "" || !ended {
			t.Errorf("ended %t, body (-want +got):\n%s", ended, diff)
		}
	})
}

// Whatever is asked, the answer is a Status with the code of the response, a
// list, or a sequence of events.
func FuzzHandler(f *testing.F) {
	for _, query := range []string{
		"", "limit=1", "limit=-1", "continue=eyJ2ZXJzaW9uIjozLCJhZnRlciI6eyJOYW1lc3BhY2UiOiJzaG9wIiwiTmFtZSI6ImEifX0",
		"labelSelector=red", "labelSelector=a+in+(b,c),!d", "fieldSelector=metadata.name!=a", "fieldSelector=x%3D",
		"watch=true", "watch=1&resourceVersion=3&timeoutSeconds=9", "watch=1&timeoutSeconds=-9223372036854775808",
		"watch=1&sendInitialEvents=1&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=1",
		"resourceVersion=3&resourceVersionMatch=Exact", "resourceVersion=18446744073709551615&watch=1", "%", "&&=;",
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			request := httptest.NewRequestWithContext(ctx, "GET", "http://server/api/v1/namespaces/shop/widgets", nil)
			request.URL.RawQuery = query
			answer := httptest.NewRecorder()
			history(t, fake.Options{}).Handler().ServeHTTP(answer, request)
			decoder := json.NewDecoder(answer.Body)
			for first := true; ; first = false {
				var got struct {
					Kind, Type string
					Code       int
					Metadata   struct{ ResourceVersion string }
					Object     struct{ Kind string }
				}
				err := decoder.Decode(&got)
				if errors.Is(err, io.EOF) {
					return
				}
				switch {
				case err != nil:
					t.Fatal(err)
				case got.Kind == "Status" && first && got.Code == answer.Code && answer.Code >= 400:
				case got.Kind == "WidgetList" && first && got.Metadata.ResourceVersion != "" && answer.Code == 200:
				case strings.Contains("ADDED MODIFIED DELETED BOOKMARK", got.Type) && got.Object.Kind == "Widget" && answer.Code == 200:
				case got.Type == "ERROR" && got.Object.Kind == "Status" && answer.Code == 200:
				default:
					t.Fatalf("%q: %d with %+v", query, answer.Code, got)
				}
			}
		})
	})
}
