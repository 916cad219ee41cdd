// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkByIndex visits the pods of a node, another node each time.
func BenchmarkByIndex(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		cached, names := newTypedCache(b, pods()), nodeNames()
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			visited := 0
			for pod := range cached.byNode.Get(names[i%len(names)]) {
				visited += present(pod)
			}
			if i++; visited != podsPerNode {
				b.Fatalf("visited %d pods, want %d", visited, podsPerNode)
			}
		}
	})
	b.Run(peer, func(b *testing.B) {
		cached, names := newClientGoCache(b, pods()), nodeNames()
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			visited := 0
			found, err := cached.indexer.ByIndex(nodeIndex, names[i%len(names)])
			if err != nil {
				b.Fatal(err)
			}
			for _, object := range found {
				visited += present(object.(*corev1.Pod))
			}
			if i++; visited != podsPerNode {
				b.Fatalf("visited %d pods, want %d", visited, podsPerNode)
			}
		}
	})
}

func nodeNames() []string {
	names := make([]string, nodes(*objects))
	for i := range names {
		names[i] = nodeName(i)
	}
	return names
}
