// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// objects scales everything down for a quick look and for the tests.
var objects = flag.Int("objects", 100_000, "how many pods the measurements use")

// pods are the objects that both implementations are given.
var pods = sync.OnceValue(func() []*corev1.Pod { return newPods(*objects) })

// typedCache is our store of pods with its two indexes, by namespace (which is
// always there) and by node.
type typedCache struct {
	store  *store.Store[*corev1.Pod]
	lister *index.Lister[*corev1.Pod]
	byNode *index.Index[string, *corev1.Pod]
}

func newTypedCache(tb testing.TB, pods []*corev1.Pod) typedCache {
	s := store.New(store.FromMeta[*corev1.Pod])
	indexer := index.New(s, index.Options{})
	nodes, err := index.Add(indexer, "node", byNode)
	if err != nil {
		tb.Fatal(err)
	}
	for _, pod := range pods {
		if err := s.Add(pod); err != nil {
			tb.Fatal(err)
		}
	}
	return typedCache{store: s, lister: index.NewLister(indexer, corev1.Resource("pods")), byNode: nodes}
}

// clientGoCache is client-go's with the same two, and a generated lister.
type clientGoCache struct {
	indexer cache.Indexer
	lister  corelisters.PodLister
}

const nodeIndex = "node"

func clientGoIndexers() cache.Indexers {
	return cache.Indexers{
		cache.NamespaceIndex: cache.MetaNamespaceIndexFunc,
		nodeIndex: func(object any) ([]string, error) {
			if node, has := byNode(object.(*corev1.Pod)); has {
				return []string{node}, nil
			}
			return nil, nil
		},
	}
}

func newClientGoCache(tb testing.TB, pods []*corev1.Pod) clientGoCache {
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, clientGoIndexers())
	for _, pod := range pods {
		if err := indexer.Add(pod); err != nil {
			tb.Fatal(err)
		}
	}
	return clientGoCache{indexer: indexer, lister: corelisters.NewPodLister(indexer)}
}
