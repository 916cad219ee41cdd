// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"net/http/httptest"
	"path"
	"testing"
	"time"

	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// impatient are the options of informers in real time: the suite makes them wait
// between tries often.
var impatient = informer.Options{Backoff: 100 * time.Millisecond, MaxBackoff: time.Second}

// TestConformance runs the suite over a real API server.
func TestConformance(t *testing.T) { conform(t, fromClient) }

// TestConformanceOfREST does so with the source that decodes itself.
func TestConformanceOfREST(t *testing.T) { conform(t, fromREST) }

func conform(t *testing.T, source conformingSource) {
	t.Parallel()
	shared := startServer(t)
	fake.Conformance{
		Server: func(t *testing.T) fake.ConformanceServer {
			switch path.Base(t.Name()) {
			case "G35_ExpiredVersionIsListedAnew":
				// A watch cache would serve old versions for longer than a test may take.
				return conformanceServer(t, startServer(t, "--watch-cache=false", "--etcd-compaction-interval=5s"))
			case "G35_RestartIsSurvived":
				return conformanceServer(t, startServer(t))
			}
			return conformanceServer(t, shared)
		},
		Informer: newConforming(source, impatient),
	}.Run(t)
}

func conformanceServer(t *testing.T, server *server) fake.ConformanceServer {
	return fake.ConformanceServer{
		Config: server.config,
		Expire: func(ctx context.Context, version string) error {
			awaitExpired(ctx, t, server.clientset(t).CoreV1().ConfigMaps(""), version)
			return nil
		},
		Restart: func(context.Context) error {
			server.restart()
			return nil
		},
	}
}

// TestConformanceOnFakeOverHTTP runs the suite in real time, over
// connections.
func TestConformanceOnFakeOverHTTP(t *testing.T) {
	t.Parallel()
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
		Informer: newConforming(fromClient, impatient),
	}.Run(t)
}
