// SPDX-License-Identifier: Apache-2.0

package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// BenchmarkUpdate writes a new state of a pod that has neither moved nor
// changed its name.
//
// hot writes to a few pods again and again; cold to a tenth of all in random
// order, so that neither the cache's tables nor the pods are in the processor's
// caches.
func BenchmarkUpdate(b *testing.B) {
	for _, variant := range []struct {
		name string
		next func() []*corev1.Pod
	}{
		{"hot", func() []*corev1.Pod { return successors(shuffled(pods())[:min(64, *objects)], 1_000_000) }},
		{"cold", func() []*corev1.Pod { return successors(shuffled(pods())[:*objects/10], 1_000_000) }},
	} {
		b.Run(variant.name, func(b *testing.B) {
			b.Run(ours, func(b *testing.B) {
				cached, next := newTypedCache(b, pods()), variant.next()
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if err := cached.store.Update(next[i]); err != nil {
						b.Fatal(err)
					}
					if i++; i == len(next) {
						i = 0
					}
				}
			})
			b.Run(peer, func(b *testing.B) {
				cached, next := newClientGoCache(b, pods()), variant.next()
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if err := cached.indexer.Update(next[i]); err != nil {
						b.Fatal(err)
					}
					if i++; i == len(next) {
						i = 0
					}
				}
			})
		})
	}
}
