// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"testing"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// TestConformanceOnFake runs the suite in virtual time.
func TestConformanceOnFake(t *testing.T) { conformOnFake(t, fromClient) }

// TestConformanceOfRESTOnFake does so with the source that decodes itself.
func TestConformanceOfRESTOnFake(t *testing.T) { conformOnFake(t, fromREST) }

func conformOnFake(t *testing.T, source conformingSource) {
	fake.Conformance{
		Server:   fakeConformanceServer,
		Informer: newConforming(source, informer.Options{}),
		Bubble:   true,
		Without:  map[string]string{"G35_RestartIsSurvived": "a server without a socket has no connections to lose"},
	}.Run(t)
}

func fakeConformanceServer(*testing.T) fake.ConformanceServer {
	server := fake.NewAPIServer(fake.ConformanceResources()...)
	return fake.ConformanceServer{Config: server.RESTConfig(), Expire: compact(server)}
}

// compact has all versions but the newest expire.
func compact(server *fake.APIServer) func(context.Context, string) error {
	return func(context.Context, string) error {
		server.Compact()
		return nil
	}
}
