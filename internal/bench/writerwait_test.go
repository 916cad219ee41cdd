// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

const (
	iterating   = 4
	waitTime    = 2 * time.Second
	waitObjects = 3 // times *objects
)

// BenchmarkWriterWait takes the longest time that a write takes in two seconds in
// which four goroutines iterate over three times *objects without a pause. What
// is written has its place already: without the others a write takes some hundred
// nanoseconds.
//
// The writer pauses before each write, as one does who has to wait for the
// server, and the time is taken when it has been given a processor: what is
// measured is the wait for the cache and not the one for a processor.
func BenchmarkWriterWait(b *testing.B) {
	b.Run(ours, func(b *testing.B) {
		all := headers(waitObjects * *objects)
		s := store.New(store.FromMeta[*metav1.PartialObjectMetadata])
		index.New(s, index.Options{})
		for _, object := range all {
			if err := s.Add(object); err != nil {
				b.Fatal(err)
			}
		}
		longestWait(b, len(all), func(i int) error { return s.Update(all[i]) }, func() (visited int) {
			for object := range s.All() {
				if object != nil {
					visited++
				}
			}
			return visited
		})
	})
	b.Run(peer, func(b *testing.B) {
		all := headers(waitObjects * *objects)
		indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
		for _, object := range all {
			if err := indexer.Add(object); err != nil {
				b.Fatal(err)
			}
		}
		longestWait(b, len(all), func(i int) error { return indexer.Update(all[i]) }, func() (visited int) {
			for _, object := range indexer.List() {
				if object.(*metav1.PartialObjectMetadata) != nil {
					visited++
				}
			}
			return visited
		})
	})
}

// headers are the metadata of n pods: the rest of a pod would only take memory.
func headers(n int) []*metav1.PartialObjectMetadata {
	all := make([]*metav1.PartialObjectMetadata, n)
	for i := range all {
		all[i] = &metav1.PartialObjectMetadata{ObjectMeta: newPod(n, i).ObjectMeta}
	}
	return all
}

func longestWait(b *testing.B, n int, write func(i int) error, iterate func() (visited int)) {
	b.ReportAllocs()
	var longest time.Duration
	for b.Loop() {
		var done atomic.Bool
		var readers sync.WaitGroup
		for range iterating {
			readers.Go(func() {
				for !done.Load() {
					if visited := iterate(); visited != n {
						b.Errorf("visited %d objects of %d", visited, n)
						return
					}
				}
			})
		}
		for i, start := 0, time.Now(); time.Since(start) < waitTime; i++ {
			time.Sleep(time.Millisecond)
			begin := time.Now()
			if err := write(i * 7919 % n); err != nil {
				b.Error(err)
			}
			longest = max(longest, time.Since(begin))
		}
		done.Store(true)
		readers.Wait()
	}
	b.ReportMetric(float64(longest), "ns/op")
}
