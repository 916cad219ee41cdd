// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"fmt"
	"testing"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// racked fills an indexer with hosts, perRack of them in each rack.
func racked(b *testing.B, hosts, perRack int) (*store.Store[*host], *index.Index[string, *host]) {
	s := store.New(store.WithKey(hostKey))
	racks, err := index.Add(index.New(s, index.Options{}), "rack", byRack)
	if err != nil {
		b.Fatal(err)
	}
	for i := range hosts {
		if err := s.Add(&host{Name: fmt.Sprint("host-", i), Rack: fmt.Sprint("rack-", i%(hosts/perRack))}); err != nil {
			b.Fatal(err)
		}
	}
	return s, racks
}

func BenchmarkGet(b *testing.B) {
	for _, results := range []int{1, 10, 100, 1000} {
		b.Run(fmt.Sprintf("objects=100000/results=%d", results), func(b *testing.B) {
			_, racks := racked(b, 100_000, results)
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for range racks.Get("rack-7") {
					n++
				}
				if n != results {
					b.Fatal(n)
				}
			}
		})
	}
}

// BenchmarkUpdate writes a host that stays in its rack, or moves to another.
func BenchmarkUpdate(b *testing.B) {
	for _, moves := range []bool{false, true} {
		b.Run(fmt.Sprintf("objects=10000/moves=%v", moves), func(b *testing.B) {
			s, _ := racked(b, 10_000, 100)
			states := [2]*host{{Name: "host-7", Rack: "rack-7"}, {Name: "host-7", Rack: "rack-7"}}
			if moves {
				states[1].Rack = "rack-8"
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := s.Update(states[i&1]); err != nil {
					b.Fatal(err)
				}
				i++
			}
		})
	}
}

// BenchmarkInsert fills an indexer with hosts, of which those on one rack come
// one after the other, as objects of a list do that are in one namespace.
func BenchmarkInsert(b *testing.B) {
	const hosts, perRack = 10_000, 100
	all := make([]*host, hosts)
	for i := range all {
		all[i] = &host{Name: fmt.Sprint("host-", i), Rack: fmt.Sprint("rack-", i/perRack)}
	}
	b.ReportAllocs()
	for b.Loop() {
		s := store.New(store.WithKey(hostKey))
		if _, err := index.Add(index.New(s, index.Options{}), "rack", byRack); err != nil {
			b.Fatal(err)
		}
		for _, h := range all {
			if err := s.Add(h); err != nil {
				b.Fatal(err)
			}
		}
	}
}
