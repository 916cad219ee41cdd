// SPDX-License-Identifier: Apache-2.0

package views

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// A Reader reads a view of addresses that has an index by node.
type Reader struct {
	Get    func(i int) bool             // the address of the pod with that number
	All    func() (visited int)         // goes through all
	ByNode func(node string) (seen int) // goes through those on a node
}

// Get reads one address after the other.
func Get(b *testing.B, pods []*corev1.Pod, reader Reader) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if !reader.Get(i) {
			b.Fatalf("pod %d has no address", i)
		}
		if i++; i == len(pods) {
			i = 0
		}
	}
}

// All goes through all addresses.
func All(b *testing.B, pods []*corev1.Pod, reader Reader) {
	b.ReportAllocs()
	for b.Loop() {
		if visited := reader.All(); visited != len(pods) {
			b.Fatalf("visited %d addresses of %d", visited, len(pods))
		}
	}
}

// ByNode goes through the addresses of one node after the other.
func ByNode(b *testing.B, pods []*corev1.Pod, reader Reader) {
	names := make([]string, nodes(len(pods)))
	for i := range names {
		names[i] = node(i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if seen := reader.ByNode(names[i]); seen != podsPerNode {
			b.Fatalf("visited %d addresses, want %d", seen, podsPerNode)
		}
		if i++; i == len(names) {
			i = 0
		}
	}
}
