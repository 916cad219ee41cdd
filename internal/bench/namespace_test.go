// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	"k8s.io/apimachinery/pkg/labels"
)

// BenchmarkNamespace visits the pods of a namespace through the lister, another
// namespace each time. Ours has an iterator for it, which is what is to reach
// the goal; client-go's makes a slice. BenchmarkNamespaceSlice compares slices.
func BenchmarkNamespace(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		cached, names := newTypedCache(b, pods()), namespaceNames()
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			visited := 0
			for pod := range cached.lister.Namespace(names[i%len(names)]).All() {
				visited += present(pod)
			}
			if i++; visited != podsPerNamespace {
				b.Fatalf("visited %d pods, want %d", visited, podsPerNamespace)
			}
		}
	})
	b.Run(peer, clientGoNamespace)
}

// BenchmarkNamespaceSlice is the same with a slice of the caller's own from
// both.
func BenchmarkNamespaceSlice(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		cached, names := newTypedCache(b, pods()), namespaceNames()
		b.ReportAllocs()
		i := 0
		for b.Loop() {
			visited := 0
			for _, pod := range cached.lister.Namespace(names[i%len(names)]).List(labels.Everything()) {
				visited += present(pod)
			}
			if i++; visited != podsPerNamespace {
				b.Fatalf("visited %d pods, want %d", visited, podsPerNamespace)
			}
		}
	})
	b.Run(peer, clientGoNamespace)
}

func clientGoNamespace(b *testing.B) {
	cached, names := newClientGoCache(b, pods()), namespaceNames()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		visited := 0
		found, err := cached.lister.Pods(names[i%len(names)]).List(labels.Everything())
		if err != nil {
			b.Fatal(err)
		}
		for _, pod := range found {
			visited += present(pod)
		}
		if i++; visited != podsPerNamespace {
			b.Fatalf("visited %d pods, want %d", visited, podsPerNamespace)
		}
	}
}

func namespaceNames() []string {
	names := make([]string, namespaces(*objects))
	for i := range names {
		names[i] = namespaceName(i)
	}
	return names
}
