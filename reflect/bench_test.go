// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// null is a sink that does nothing but know things.
type null struct {
	known map[store.Key]store.Item[*thing]
}

func (n null) Empty() bool { return len(n.known) == 0 }

func (n null) Known(key store.Key) (store.Item[*thing], bool) {
	item, found := n.known[key]
	return item, found
}

func (null) Replace(context.Context, *store.Batch[*thing], string) error { return nil }
func (null) Quarantine(context.Context, *listwatch.ItemError) error      { return nil }
func (null) Apply(context.Context, listwatch.Event[*thing]) error        { return nil }

// ready is a source that has everything at hand. Its watch is what the test makes
// of it, and is the last thing that Run does.
type ready struct {
	items []store.Item[*thing]
	watch func(event listwatch.Event[*thing], yield func(listwatch.Event[*thing], error) bool)
	end   context.CancelFunc
}

func (r ready) List(_ context.Context, _ listwatch.ListOptions, each func(store.Item[*thing], error)) (listwatch.Page, error) {
	for _, item := range r.items {
		each(item, nil)
	}
	return listwatch.Page{Version: "5"}, nil
}

func (r ready) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[*thing], error] {
	return func(yield func(listwatch.Event[*thing], error) bool) {
		defer r.end()
		r.watch(listwatch.Event[*thing]{Type: listwatch.Modified, Item: at("shop-web-7d4b9c6f5d-00001", "6")}, yield)
	}
}

// run runs a reflector over r until the watch has ended.
func (r ready) run(tb testing.TB, sink null) {
	ctx, cancel := context.WithCancel(tb.Context())
	defer cancel()
	r.end = cancel
	if err := reflect.New[*thing](r, sink, plain).Run(ctx); err != nil {
		tb.Fatal(err)
	}
}

// An operation is one event, from the source to the sink.
func BenchmarkEvent(b *testing.B) {
	b.ReportAllocs()
	ready{watch: func(event listwatch.Event[*thing], yield func(listwatch.Event[*thing], error) bool) {
		for b.Loop() {
			yield(event, nil)
		}
	}}.run(b, null{})
}

func TestAnEventCostsNoAllocation(t *testing.T) {
	var allocations float64
	ready{watch: func(event listwatch.Event[*thing], yield func(listwatch.Event[*thing], error) bool) {
		allocations = testing.AllocsPerRun(1000, func() { yield(event, nil) })
	}}.run(t, null{})
	if allocations > 0 {
		t.Errorf("an event costs %v allocations, want 0", allocations)
	}
}

// An operation is a list of everything, as it is known already.
func BenchmarkRelistUnchanged(b *testing.B) {
	for _, objects := range []int{1_000, 100_000} {
		b.Run(fmt.Sprintf("objects=%d", objects), func(b *testing.B) {
			source := ready{watch: func(listwatch.Event[*thing], func(listwatch.Event[*thing], error) bool) {}}
			known := make(map[store.Key]store.Item[*thing], objects)
			for i := range objects {
				item := at(fmt.Sprintf("shop-web-7d4b9c6f5d-%06d", i), "1")
				source.items = append(source.items, item)
				known[item.Key] = item
			}
			b.ReportAllocs()
			for b.Loop() {
				source.run(b, null{known})
			}
		})
	}
}
