// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkIterate visits every pod in the cache without looking into it: what
// is measured is the cache and not the memory of the pods. Before each
// iteration a pod is updated, so that none is served from a state that was
// taken before; beside the iteration that time is nothing.
func BenchmarkIterate(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		cached := newTypedCache(b, pods())
		b.ReportAllocs()
		for b.Loop() {
			if err := cached.store.Update(pods()[0]); err != nil {
				b.Fatal(err)
			}
			visited := 0
			for pod := range cached.store.All() {
				visited += present(pod)
			}
			if visited != *objects {
				b.Fatalf("visited %d pods of %d", visited, *objects)
			}
		}
	})
	b.Run(peer, func(b *testing.B) {
		cached := newClientGoCache(b, pods())
		b.ReportAllocs()
		for b.Loop() {
			if err := cached.indexer.Update(pods()[0]); err != nil {
				b.Fatal(err)
			}
			visited := 0
			for _, object := range cached.indexer.List() {
				visited += present(object.(*corev1.Pod))
			}
			if visited != *objects {
				b.Fatalf("visited %d pods of %d", visited, *objects)
			}
		}
	})
}

// present is 1 for a pod that is there, without reading its memory.
func present(pod *corev1.Pod) int {
	if pod == nil {
		return 0
	}
	return 1
}
