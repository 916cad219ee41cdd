// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

func TestGetOrAddFindsWhatIsThere(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1", Ports: []int{80}})
	racks := must(index.GetOrAdd(f.Indexer, "rack", byRack))
	ports := must(index.GetOrAddMulti(f.Indexer, "port", byPort))
	if got := names(racks.List("r1")) + names(ports.List(80)); got != "aa" {
		t.Errorf("the indexes find %q, want a twice", got)
	}
	var exists *index.ExistsError
	if got, err := index.GetOrAdd(f.Indexer, "port", byRack); !errors.As(err, &exists) || got != nil {
		t.Errorf("another type of values: %v, %v", got, err)
	}
	f.Close()
	if again, err := index.GetOrAdd(f.Indexer, "rack", byRack); again != racks || err != nil {
		t.Errorf("GetOrAdd after Close = %v, %v, want the index there is", again, err)
	}
	if again, err := index.GetOrAddMulti(f.Indexer, "port", byPort); again != ports || err != nil {
		t.Errorf("GetOrAddMulti after Close = %v, %v, want the index there is", again, err)
	}
	if got, err := index.GetOrAdd(f.Indexer, "late", byRack); !errors.Is(err, index.ErrClosed) || got != nil {
		t.Errorf("a new index after Close: %v, %v", got, err)
	}
}

func TestGetOrAddByManyAtOnceGivesOneFilledIndex(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1"})
	var got [8]*index.Index[string, *host]
	var adders sync.WaitGroup
	for i := range got {
		adders.Go(func() {
			got[i] = must(index.GetOrAdd(f.Indexer, "rack", byRack))
			if got[i].Count("r1") != 1 {
				t.Error("an index that is not filled")
			}
		})
	}
	adders.Wait()
	for _, other := range got {
		if other != got[0] {
			t.Error("more than one index")
		}
	}
}

func TestAddByKey(t *testing.T) {
	f := newFixture(t, &host{Name: "east-1"}, &host{Name: "west-1"})
	regions := must(index.AddByKey(f.Indexer, "region", func(key store.Key) (string, bool) {
		return key.Name[:4], key.Name != "none"
	}))
	f.put(t, &host{Name: "east-2"}, &host{Name: "none"}, &host{Name: "east-1", Rack: "r1"})
	f.store.DeleteKey(store.Key{Name: "west-1"})
	if got := names(regions.List("east")); got != "east-1 east-2" {
		t.Errorf("east has %q", got)
	}
	if regions.Len() != 1 {
		t.Errorf("%d regions, want only east", regions.Len())
	}
}

func TestSlotsAreThoseWithinTheTransaction(t *testing.T) {
	f := newFixture(t, &host{Name: "a", Rack: "r1"}, &host{Name: "b", Rack: "r1"}, &host{Name: "c", Rack: "r2"})
	racks := must(index.Add(f.Indexer, "rack", byRack))
	f.store.Apply(func(tx store.Tx[*host]) {
		tx.Delete(store.Key{Name: "a"})
		var left store.Batch[*host]
		tx.ReplaceAmong(racks.Slots(tx, "r1"), &left, nil)
		if got := racks.Slots(tx, "r1"); got != nil {
			t.Errorf("slots of an empty rack: %v", got)
		}
	})
	if got := names(f.List()); got != "c" {
		t.Errorf("left are %q, want the host of the other rack", got)
	}
}
