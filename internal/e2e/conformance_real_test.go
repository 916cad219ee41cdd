// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"path"
	"testing"

	"github.com/typedinformer/typedinformer/fake"
)

// TestConformance runs the suite over a real API server.
func TestConformance(t *testing.T) {
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
		Informer: newConforming,
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
