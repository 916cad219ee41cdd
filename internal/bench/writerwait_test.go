// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime"
	"slices"
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
	reading     = 4
	waitTime    = 2 * time.Second
	waitObjects = 3 // times *objects
)

// BenchmarkWriterWait takes the longest time that a write waits for the lock in
// two seconds in which four goroutines go through three times *objects without a
// pause.
//
// A clock around the write would show more than that: a writer who has been given
// the lock waits for a processor too, of which there are fewer than readers, and
// neither cache can help that. So the time is the one that the runtime knows of,
// up to the moment when the last reader has given back the lock; see lockWatch.
// What the clock says is reported beside it (clock-ns/op) and is in no table.
// For the same reason the readers offer their processor every thousand objects,
// where they hold no lock: client-go's has been given back before its list is gone
// through.
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
		longestWait(b, len(all), func(i int) error { return s.Update(all[i]) }, func(turn int, visit func()) {
			switch turn % 3 {
			case 0:
				for range s.All() {
					visit()
				}
			case 1:
				for range s.Items() {
					visit()
				}
			case 2:
				for range slices.Values(s.List()) {
					visit()
				}
			}
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
		longestWait(b, len(all), func(i int) error { return indexer.Update(all[i]) }, func(_ int, visit func()) {
			for range slices.Values(indexer.List()) {
				visit()
			}
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

// longestWait has write write one of n objects at a time while read goes through
// all of them, again and again.
func longestWait(b *testing.B, n int, write func(i int) error, read func(turn int, visit func())) {
	b.ReportAllocs()
	watch := watchLocks(b)
	var longest, longestByClock time.Duration
	for b.Loop() {
		var done atomic.Bool
		var readers sync.WaitGroup
		for first := range reading {
			readers.Go(func() {
				for turn := first; !done.Load(); turn++ {
					visited := 0
					read(turn, func() {
						if visited++; visited%1_000 == 0 {
							runtime.Gosched()
						}
					})
					if visited != n {
						b.Errorf("visited %d objects of %d", visited, n)
						return
					}
				}
			})
		}
		for i, start := 0, time.Now(); time.Since(start) < waitTime; i++ {
			time.Sleep(time.Millisecond) // as one does who has to wait for the server
			before, begin := watch.waited(), time.Now()
			if err := write(i * 7919 % n); err != nil {
				b.Error(err)
			}
			longestByClock = max(longestByClock, time.Since(begin))
			longest = max(longest, watch.waited()-before)
		}
		done.Store(true)
		readers.Wait()
	}
	b.ReportMetric(float64(max(1, longest)), "ns/op")
	b.ReportMetric(float64(longestByClock), "clock-ns/op")
}
