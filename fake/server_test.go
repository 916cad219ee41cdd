// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
)

var robots = schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "robots"}

// toybox has widgets (JSON only), lamps (protobuf too), robots
// (unstructured) and rooms (in the core group).
func toybox() *fake.APIServer { return toyboxWith(fake.ServerOptions{}) }

func toyboxWith(options fake.ServerOptions) *fake.APIServer {
	return fake.NewAPIServerWithOptions(options,
		fake.Resource[*Widget]("", "v1", "rooms", fake.ResourceOptions[*Widget]{Kind: "Room"}),
		fake.Resource[*Widget](toys.Group, toys.Version, toys.Resource),
		fake.Resource[*Lamp](lamps.Group, lamps.Version, lamps.Resource),
		fake.Resource[*unstructured.Unstructured](robots.Group, robots.Version, robots.Resource,
			fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot"}),
	)
}

func sourceFrom[T fake.Object](t testing.TB, server *fake.APIServer, resource schema.GroupVersionResource) *fake.Source[T] {
	t.Helper()
	source, err := fake.SourceOf[T](server, resource)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// stocked has the objects 2 shop/a=1 and 3 shop/b=2 among its widgets, and
// 4 shop/desk, which is red, among its lamps.
func stocked(t testing.TB) *fake.APIServer {
	t.Helper()
	return stockedWith(t, fake.ServerOptions{})
}

func stockedWith(t testing.TB, options fake.ServerOptions) *fake.APIServer {
	t.Helper()
	server := toyboxWith(options)
	widgets := sourceFrom[*Widget](t, server, toys)
	must(t)(widgets.Create(widget("shop", "a", 1, "old")))
	must(t)(widgets.Create(widget("shop", "b", 2)))
	if _, err := sourceFrom[*Lamp](t, server, lamps).Create(lamp("desk", "red")); err != nil {
		t.Fatal(err)
	}
	return server
}

// ask calls a handler. The headers are in pairs of name and value.
func ask(handler http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, "http://server"+path, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}
