// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"testing"
)

// Which methods each path has, told by the answer to one that it has not.
func TestPaths(t *testing.T) {
	const (
		all    = "GET, POST, DELETE"
		one    = "GET, PUT, PATCH, DELETE"
		widget = "/apis/toys.example.com/v2/"
	)
	tests := []struct{ path, allow string }{ // no methods: there is no such path
		{widget + "widgets", "GET"},
		{widget + "namespaces/shop/widgets", all},
		{widget + "namespaces/shop/widgets/a", one},
		{widget + "namespaces/shop/widgets/a/status", ""},
		{widget + "namespaces/shop/widgets/a/scale", ""},
		{widget + "namespaces/shop/widgets/a/status/b", ""},
		{widget + "widgets/a", ""}, // in no namespace
		{widget + "namespaces//widgets", ""},
		{widget + "namespaces/shop", ""},
		{widget + "namespaces/shop/", ""},
		{widget + "namespaces/shop/robots", ""}, // of another version
		{widget + "watch/widgets", ""},
		{widget + "watch/namespaces/shop/widgets", ""},
		{"/api/v1/rooms", "GET"},
		{"/api/v1/namespaces/shop/rooms", all},
		{"/api/v1/namespaces/shop/rooms/a", one},
		{"/api/v1/widgets", ""},
		{"/api/v1/watch/rooms", ""},
		{"/apis//v1/rooms", ""},
		{"//api/v1/rooms", ""},
		{"/api/v1/rooms/", "GET"},
		{"/rooms", ""},
		{"/", ""},
	}
	handler := toybox().Handler()
	for _, test := range tests {
		answer := ask(handler, "OPTIONS", test.path, "")
		want := 405
		if test.allow == "" {
			want = 404
		}
		if got := answer.Header().Get("Allow"); got != test.allow || answer.Code != want {
			t.Errorf("OPTIONS %s: %d, allowed %q; want %d, %q", test.path, answer.Code, got, want, test.allow)
		}
	}
}
