// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"runtime"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// mostWeighed is how many pods are put on the scales. A cluster may have more of
// them than there is room for in full.
const mostWeighed = 500

// compareWeights says what a pod takes in a cache, with --slim and without.
func compareWeights(ctx context.Context, slim listwatch.ListWatcher[slimPod], full listwatch.ListWatcher[*corev1.Pod]) string {
	little, pods, err := weigh(ctx, slim)
	if err != nil || pods == 0 {
		return unweighed(err)
	}
	much, pods, err := weigh(ctx, full)
	if err != nil || pods == 0 {
		return unweighed(err)
	}
	return fmt.Sprintf("A pod takes %d bytes of memory in this cache, and would take %d without --slim (the mean of %d).\n", little/pods, much/pods, pods)
}

func unweighed(err error) string {
	if err != nil {
		return fmt.Sprintf("What a pod takes is not known: %v\n", bare(err))
	}
	return "What a pod takes is not known: there is none.\n"
}

// weigh fills a cache such as an informer has with the first pods that there are,
// and returns by how much the heap shrinks when the cache is gone. What else is in
// use, such as connections, is so before and after.
func weigh[T any](ctx context.Context, pods listwatch.ListWatcher[T]) (bytes, count int, err error) {
	cache := store.New[T](nil)
	_, err = pods.List(ctx, listwatch.ListOptions{Limit: mostWeighed}, func(item store.Item[T], err error) {
		if err == nil {
			cache.Apply(func(tx store.Tx[T]) { tx.Put(item) })
		}
	})
	count = cache.Len()
	runtime.GC() // what is in a sync.Pool survives the first collection
	with := heap()
	runtime.KeepAlive(cache)
	return with - heap(), count, err
}

// heap returns how many bytes are in use.
func heap() int {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}
