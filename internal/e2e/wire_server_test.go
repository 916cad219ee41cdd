// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestWire holds the real server to what it has answered once. With UPDATE_WIRE
// set, it is asked anew and its answers are kept:
//
//	UPDATE_WIRE=1 go test -tags e2e -count=1 -run 'TestWire$' ./...
func TestWire(t *testing.T) {
	t.Parallel()
	usual := startServer(t)
	usual.defineRobots(t)
	for _, c := range conversations() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := usual
			if c.name == expired {
				server = startServer(t, "--etcd-compaction-interval=5s")
			}
			ctx := deadline(t)
			namespace := server.namespace(ctx, t)
			p := newPartner(ctx, t, server.config, namespace)
			p.forget = func() { server.forget(ctx, t) }
			keepOrCompare(t, c, transcribe(t, p.hold(c), namespace))
		})
	}
}

// forget waits until nothing is left of the past, neither in the cache of the
// server, for which it takes another one, nor in etcd.
func (s *server) forget(ctx context.Context, t *testing.T) {
	t.Helper()
	s.restart()
	configMaps := s.clientset(t).CoreV1().ConfigMaps(metav1.NamespaceDefault)
	list, err := configMaps.List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.namespace(ctx, t) // so that there is a version after that of the list
	awaitExpired(ctx, t, configMaps, list.ResourceVersion)
}

// defineRobots makes the resource that newWireFake has as unstructured objects.
func (s *server) defineRobots(t *testing.T) {
	t.Helper()
	const definition = `{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": {"name": "robots.toys.example.com"},
		"spec": {
			"group": "toys.example.com", "scope": "Namespaced",
			"names": {"plural": "robots", "singular": "robot", "kind": "Robot", "listKind": "RobotList"},
			"versions": [{
				"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
				"schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}
			}]
		}
	}`
	ctx := deadline(t)
	rest := s.clientset(t).RESTClient()
	if err := rest.Post().AbsPath("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").Body([]byte(definition)).Do(ctx).Error(); err != nil {
		t.Fatal(err)
	}
	await(ctx, t, "the robots are not served", func() bool {
		_, err := s.clientset(t).Discovery().ServerResourcesForGroupVersion("toys.example.com/v1")
		return err == nil && rest.Get().AbsPath("/apis/toys.example.com/v1/robots").Do(ctx).Error() == nil
	})
}

func keepOrCompare(t *testing.T, c conversation, got string) {
	t.Helper()
	if os.Getenv("UPDATE_WIRE") == "" {
		compare(t, c, got)
		return
	}
	path := recording(c)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}
