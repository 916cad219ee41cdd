// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/typedinformer/typedinformer/store"
)

type record struct {
	key store.Key
}

func recordKey(r *record) store.Key { return r.key }

// records makes n records in n/100 namespaces, each with strings of its own as
// after a decode, in random order so that neighbours in the store are no
// neighbours in memory.
func records(n int) []*record {
	made := make([]*record, n)
	for i := range made {
		made[i] = &record{key: store.Key{Namespace: "namespace-" + strconv.Itoa(i%max(1, n/100)), Name: fmt.Sprintf("workload-7d4b9c6f5d-%06d", i)}}
	}
	rand.Shuffle(n, func(i, j int) { made[i], made[j] = made[j], made[i] })
	return made
}

func filled(tb testing.TB, all []*record) *store.Store[*record] {
	s := store.New(store.WithKey(recordKey))
	for _, r := range all {
		if err := s.Add(r); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

var sizes = []int{1_000, 100_000}

func BenchmarkGet(b *testing.B) {
	for _, size := range sizes {
		all := records(size)
		keys := make([]store.Key, size)
		for i, j := range rand.Perm(size) {
			// Keys as a caller has them, not the strings in the store.
			keys[i] = store.Key{Namespace: string([]byte(all[j].key.Namespace)), Name: string([]byte(all[j].key.Name))}
		}
		b.Run(fmt.Sprintf("table/objects=%d", size), func(b *testing.B) {
			s := filled(b, all)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if _, found := s.Get(keys[i]); !found {
					b.Fatal("not found")
				}
				if i++; i == size {
					i = 0
				}
			}
		})
		b.Run(fmt.Sprintf("structmap/objects=%d", size), func(b *testing.B) {
			var mu sync.RWMutex
			m := map[store.Key]*record{}
			for _, r := range all {
				m[r.key] = r
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				mu.RLock()
				_, found := m[keys[i]]
				mu.RUnlock()
				if !found {
					b.Fatal("not found")
				}
				if i++; i == size {
					i = 0
				}
			}
		})
		b.Run(fmt.Sprintf("stringmap/objects=%d", size), func(b *testing.B) {
			var mu sync.RWMutex
			m := map[string]*record{}
			for _, r := range all {
				m[r.key.String()] = r
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				text := keys[i].String()
				mu.RLock()
				_, found := m[text]
				mu.RUnlock()
				if !found {
					b.Fatal("not found")
				}
				if i++; i == size {
					i = 0
				}
			}
		})
	}
}

func BenchmarkPut(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("objects=%d", size), func(b *testing.B) {
			all := records(size)
			s := filled(b, all)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				r := all[i]
				s.Apply(func(tx store.Tx[*record]) { tx.Put(store.Item[*record]{Key: r.key, Object: r}) })
				if i++; i == size {
					i = 0
				}
			}
		})
	}
}

// BenchmarkPutFrozen is an update in a store of which somebody takes a snapshot
// every 100 writes, so that writers copy pages.
func BenchmarkPutFrozen(b *testing.B) {
	all := records(100_000)
	s := filled(b, all)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i%100 == 0 {
			s.Snapshot()
		}
		r := all[i]
		s.Apply(func(tx store.Tx[*record]) { tx.Put(store.Item[*record]{Key: r.key, Object: r}) })
		if i++; i == len(all) {
			i = 0
		}
	}
}

// BenchmarkReplace makes a list the content: of an empty store, of one that
// holds the same versions, and of one in which all has changed.
func BenchmarkReplace(b *testing.B) {
	const objects = 100_000
	all := records(objects)
	list := func(version string) *store.Batch[*record] {
		var items store.Batch[*record]
		for _, r := range all {
			items.Append(store.Item[*record]{Key: r.key, Version: version, Object: r})
		}
		return &items
	}
	// A batch is empty after it has been used, so making one is part of it.
	replace := func(s *store.Store[*record], version string) {
		items := list(version)
		s.Apply(func(tx store.Tx[*record]) { tx.Replace(items, nil) })
		if s.Len() != objects {
			b.Fatalf("%d objects of %d", s.Len(), objects)
		}
	}
	b.Run("empty", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			replace(store.New(store.WithKey(recordKey)), "1")
		}
	})
	for name, step := range map[string]int{"unchanged": 0, "changed": 1} {
		b.Run(name, func(b *testing.B) {
			s := store.New(store.WithKey(recordKey))
			replace(s, "0")
			b.ReportAllocs()
			version := 0
			for b.Loop() {
				replace(s, strconv.Itoa(version))
				version += step
			}
		})
	}
}

func BenchmarkBatchAppend(b *testing.B) {
	const objects = 100_000
	all := records(objects)
	b.ReportAllocs()
	for b.Loop() {
		var items store.Batch[*record]
		for _, r := range all {
			items.Append(store.Item[*record]{Key: r.key, Object: r})
		}
		if items.Len() != objects {
			b.Fatal(items.Len())
		}
	}
}

func BenchmarkAll(b *testing.B) {
	for _, size := range sizes {
		b.Run(fmt.Sprintf("objects=%d", size), func(b *testing.B) {
			all := records(size)
			s := filled(b, all)
			b.ReportAllocs()
			for b.Loop() {
				// A write between two iterations, so that each takes a snapshot.
				s.Apply(func(tx store.Tx[*record]) { tx.Put(store.Item[*record]{Key: all[0].key, Object: all[0]}) })
				n := 0
				for range s.All() {
					n++
				}
				if n != size {
					b.Fatal(n)
				}
			}
		})
	}
}
