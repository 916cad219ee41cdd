// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
)

// TestConformanceOnFake runs the suite in virtual time.
func TestConformanceOnFake(t *testing.T) {
	fake.Conformance{
		Server: func(*testing.T) fake.ConformanceServer {
			server := fake.NewAPIServer(fake.ConformanceResources()...)
			return fake.ConformanceServer{Config: server.RESTConfig(), Expire: compact(server)}
		},
		Informer: newConforming,
		Bubble:   true,
		Without:  map[string]string{"G35_RestartIsSurvived": "a server without a socket has no connections to lose"},
	}.Run(t)
}

// TestConformanceOnFakeOverHTTP runs the suite in real time, over connections.
func TestConformanceOnFakeOverHTTP(t *testing.T) {
	fake.Conformance{
		Server: func(t *testing.T) fake.ConformanceServer {
			server := fake.NewAPIServer(fake.ConformanceResources()...)
			loopback := httptest.NewServer(server.Handler())
			t.Cleanup(loopback.Close)
			return fake.ConformanceServer{
				Config: &rest.Config{Host: loopback.URL, QPS: -1},
				Expire: compact(server),
				Restart: func(context.Context) error {
					loopback.CloseClientConnections()
					return nil
				},
			}
		},
		Informer: newConforming,
	}.Run(t)
}

// compact has all versions but the newest expire.
func compact(server *fake.APIServer) func(context.Context, string) error {
	return func(context.Context, string) error {
		server.Compact()
		return nil
	}
}
