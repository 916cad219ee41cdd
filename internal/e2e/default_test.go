// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import "testing"

// TestDefaultServer runs over a server as it is by default.
func TestDefaultServer(t *testing.T) {
	t.Parallel()
	shared := startServer(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *server)
	}{
		{"encodings", testEncodings},
		{"namespaces", testNamespaces},
		{"label selector", testLabelSelector},
		{"field selector", testFieldSelector},
		{"metadata client", testMetadataClient},
		{"dynamic client", testDynamicClient},
		{"REST", testREST},
		{"forbidden", testForbidden},
		{"unknown resource", testUnknownResource},
		{"cut connection", testCutConnection},
		{"client-go", testClientGo},
		{"podwatch", testPodwatch},
		{"quickstart", testQuickstart},
		{"controller", testController},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, shared)
		})
	}
}

func testClientGo(t *testing.T, server *server) {
	checkClientGo(t, server.config, server.namespace(deadline(t), t), 1_000, nil)
}
