// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// BenchmarkDecode lists pods through client-go's clientset, and keeps them.
// Memory is what is retained after that, not what was used on the way: bytes and
// heap objects, for each pod. client-go is what the clientset has decoded, ours
// the same made compact.
func BenchmarkDecode(b *testing.B) {
	for _, encoding := range []struct{ name, mediaType string }{
		{"protobuf", "application/vnd.kubernetes.protobuf"},
		{"json", "application/json"},
	} {
		b.Run(encoding.name, func(b *testing.B) {
			for _, variant := range []struct {
				name    string
				managed bool
			}{{"plain", false}, {"managed", true}} {
				b.Run(variant.name, func(b *testing.B) {
					line := &wire{mediaType: encoding.mediaType}
					for first := 0; first < decodedPods(); first += podsPerPage {
						line.pages = append(line.pages, wireList(b, first, podsPerPage, encoding.mediaType, variant.managed))
					}
					pods := line.clientset(b).CoreV1().Pods("")
					asDecoded := listwatch.FromClient[*corev1.Pod](pods)
					compact := listwatch.Compact(asDecoded, listwatch.CompactOptions{})
					b.Run(ours, func(b *testing.B) { decode(b, line, compact) })
					b.Run(ours+dropping, func(b *testing.B) {
						decode(b, line, listwatch.Compact(compact, listwatch.CompactOptions{DropManagedFields: true}))
					})
					b.Run(peer, func(b *testing.B) { decode(b, line, asDecoded) })
				})
			}
		})
	}
}

// Pages are as large as those that informers ask for.
const podsPerPage = 500

// decodedPods is how many are decoded: whole pages.
func decodedPods() int { return min(*objects/2, 5_000) / podsPerPage * podsPerPage }

// decode reads all pages of the wire.
func decode(b *testing.B, line *wire, source listwatch.ListWatcher[*corev1.Pod]) {
	kept := make([]*corev1.Pod, 0, decodedPods())
	var before, after runtime.MemStats
	var retainedBytes, retainedObjects uint64
	for b.Loop() {
		b.StopTimer()
		kept, line.asked = kept[:0], 0
		clear(kept[:cap(kept)])
		readHeap(&before)
		b.StartTimer()
		for range line.pages {
			_, err := source.List(b.Context(), listwatch.ListOptions{}, func(item store.Item[*corev1.Pod], err error) {
				if err != nil {
					b.Error(err)
				}
				kept = append(kept, item.Object)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		readHeap(&after)
		retainedBytes += after.HeapAlloc - before.HeapAlloc
		retainedObjects += after.HeapObjects - before.HeapObjects
		b.StartTimer()
	}
	if len(kept) != decodedPods() {
		b.Fatalf("%d pods are there, want %d", len(kept), decodedPods())
	}
	b.ReportMetric(float64(decodedPods()), unitObjects)
	b.ReportMetric(float64(retainedBytes)/float64(b.N), "B/op")
	b.ReportMetric(float64(retainedObjects)/float64(b.N), "allocs/op")
	runtime.KeepAlive(source)
}

// readHeap reads what is in the heap when all garbage is gone, that of pools and
// finalizers included.
func readHeap(stats *runtime.MemStats) {
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(stats)
}
