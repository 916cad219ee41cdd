// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

func TestSummariesNameTheLargestValues(t *testing.T) {
	f := newFixture(t)
	must(index.Add(f.Indexer, "rack", byRack))
	must(index.AddMulti(f.Indexer, "port", byPort))
	must(index.AddByKey(f.Indexer, "first", func(key store.Key) (byte, bool) { return key.Name[0], true }))
	for i, rack := range "011222333333" { // the largest come last, when there are as many as are wanted
		f.put(t, &host{Name: fmt.Sprintf("h%d", i), Rack: "r" + string(rack), Ports: []int{i % 3, 80}})
	}
	want := []index.Summary{
		{Name: "namespace", ByKey: true, Values: 1, Largest: []index.ValueCount{{Value: "", Count: 12}}},
		{Name: "rack", Values: 4, Largest: []index.ValueCount{{Value: "r3", Count: 6}, {Value: "r2", Count: 3}}},
		{Name: "port", Values: 4, Largest: []index.ValueCount{{Value: "80", Count: 12}, {Value: "0", Count: 4}}},
		{Name: "first", ByKey: true, Values: 1, Largest: []index.ValueCount{{Value: "104", Count: 12}}},
	}
	got := f.Summaries(2)
	got[2].Largest[1].Value = "0" // of three that are as large it is any
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the two largest (-want +got):\n%s", diff)
	}
	for i, summary := range f.Summaries(0) {
		if summary.Values != want[i].Values || summary.Largest != nil {
			t.Errorf("without values: %+v", summary)
		}
	}
}

// nosy is a value that looks into the store when it is made text of.
type nosy struct{ of *store.Store[*host] }

func (n nosy) String() string { return fmt.Sprintf("among %d", n.of.Len()) }

func TestValuesOfAnObject(t *testing.T) {
	f := newFixture(t, &host{Name: "late", Rack: "r1"})
	must(index.Add(f.Indexer, "rack", byRack))
	must(index.AddMulti(f.Indexer, "port", byPort))
	must(index.Add(f.Indexer, "nosy", func(h *host) (nosy, bool) { return nosy{f.store}, h.Rack == "" }))
	must(index.Add(f.Indexer, "picky", func(h *host) (string, bool) { return "", h.Ports[0] > 0 }))
	f.put(t, &host{Name: "a", Ports: []int{443, 80}})
	for _, test := range []struct {
		name string
		want map[string][]string
	}{
		{"a", map[string][]string{"namespace": {""}, "port": {"443", "80"}, "nosy": {"among 2"}, "picky": {""}}},
		{"late", map[string][]string{"namespace": {""}, "rack": {"r1"}}}, // picky has refused it
		{"absent", nil},
	} {
		if diff := cmp.Diff(test.want, f.ValuesOf(store.Key{Name: test.name})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
