// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

func TestDiscoveryDocuments(t *testing.T) {
	const (
		verbs  = `"verbs":["create","delete","deletecollection","get","list","patch","update","watch"]`
		v1, v2 = `{"groupVersion":"toys.example.com/v1","version":"v1"}`, `{"groupVersion":"toys.example.com/v2","version":"v2"}`
		group  = `"name":"toys.example.com","versions":[` + v2 + `,` + v1 + `],"preferredVersion":` + v2
	)
	tests := []struct{ path, want string }{
		{"/api", `{"kind":"APIVersions","versions":["v1"],"serverAddressByClientCIDRs":null}`},
		{"/apis", `{"kind":"APIGroupList","apiVersion":"v1","groups":[{` + group + `}]}`},
		{"/apis/toys.example.com", `{"kind":"APIGroup","apiVersion":"v1",` + group + `}`},
		{"/api/v1", `{"kind":"APIResourceList","groupVersion":"v1","resources":[` +
			`{"name":"rooms","singularName":"room","namespaced":true,"kind":"Room",` + verbs + `}]}`},
		{"/apis/toys.example.com/v1", `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"toys.example.com/v1","resources":[` +
			`{"name":"robots","singularName":"robot","namespaced":true,"kind":"Robot",` + verbs + `}]}`},
		{"/healthz", "ok"},
		{"/livez", "ok"},
		{"/readyz", "ok"},
	}
	handler := toybox().Handler()
	for _, test := range tests {
		answer := ask(handler, "GET", test.path, "")
		if diff := cmp.Diff(test.want, answer.Body.String()); diff != "" || answer.Code != 200 {
			t.Errorf("GET %s: %d (-want +got):\n%s", test.path, answer.Code, diff)
		}
	}
	if got := answered(t, ask(handler, "GET", "/api/v2", "")); got != "404 Not Found, application/json, v1 Status" {
		t.Errorf("GET /api/v2: %s", got)
	}
	for _, path := range []string{"/", "/apis/other", "/apis/other/v1", "/openapi/v2"} {
		if answer := ask(handler, "GET", path, ""); answer.Code != 404 || answer.Body.String() != "404 page not found\n" {
			t.Errorf("GET %s: %d %s", path, answer.Code, answer.Body)
		}
	}
	if got := answered(t, ask(handler, "POST", "/api/v1", "")); got != "405 Method Not Allowed, application/json, v1 Status" {
		t.Errorf("POST /api/v1: %s", got)
	}
	// Discovery as client-go asks for it, of servers that know more of it.
	got := answered(t, ask(handler, "GET", "/apis", "", "Accept", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"))
	if want := "200 OK, application/json, v1 APIGroupList"; got != want {
		t.Errorf("aggregated: %s, want %s", got, want)
	}
	got = answered(t, ask(handler, "GET", "/api", "", "Accept", protoType))
	if want := "200 OK, application/vnd.kubernetes.protobuf,  APIVersions"; got != want {
		t.Errorf("protobuf: %s, want %s", got, want)
	}
}

// A server without resources in the core group does not pretend to have it.
func TestDiscoveryWithoutCoreGroup(t *testing.T) {
	handler := fake.NewAPIServer().Handler()
	if answer := ask(handler, "GET", "/api", ""); answer.Code != 404 {
		t.Errorf("/api: %d %s", answer.Code, answer.Body)
	}
	if got := ask(handler, "GET", "/apis", "").Body.String(); got != `{"kind":"APIGroupList","apiVersion":"v1","groups":[]}` {
		t.Errorf("/apis: %s", got)
	}
}
