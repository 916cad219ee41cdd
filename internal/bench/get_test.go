// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/store"
)

// BenchmarkGet asks a lister for a pod by namespace and name, with strings of
// the caller's own as they come out of a request.
//
// hot asks for a few pods again and again; cold for all in random order, so that
// neither table nor keys are in the processor's caches.
func BenchmarkGet(b *testing.B) {
	for _, variant := range []struct {
		name string
		keys func() []store.Key
	}{
		{"hot", func() []store.Key { return keysOf(shuffled(pods())[:min(64, *objects)]) }},
		{"cold", func() []store.Key { return keysOf(shuffled(pods())) }},
	} {
		b.Run(variant.name, func(b *testing.B) {
			b.Run(ours, func(b *testing.B) {
				cached, keys := newTypedCache(b, pods()), variant.keys()
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if _, err := cached.lister.Namespace(keys[i].Namespace).Get(keys[i].Name); err != nil {
						b.Fatal(err)
					}
					if i++; i == len(keys) {
						i = 0
					}
				}
			})
			b.Run(peer, func(b *testing.B) {
				cached, keys := newClientGoCache(b, pods()), variant.keys()
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if _, err := cached.lister.Pods(keys[i].Namespace).Get(keys[i].Name); err != nil {
						b.Fatal(err)
					}
					if i++; i == len(keys) {
						i = 0
					}
				}
			})
		})
	}
}

func keysOf(pods []*corev1.Pod) []store.Key {
	keys := make([]store.Key, len(pods))
	for i, pod := range pods {
		keys[i] = store.Key{Namespace: strings.Clone(pod.Namespace), Name: strings.Clone(pod.Name)}
	}
	return keys
}
