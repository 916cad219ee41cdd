// SPDX-License-Identifier: Apache-2.0

package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

type host struct {
	Name string
	Load int
}

func header(h host) store.Item[host] {
	return store.Item[host]{Key: store.Key{Name: h.Name}, Object: h}
}

func ExampleDeltaFIFO() {
	ctx := context.Background()
	q := queue.NewDeltaFIFO[host](queue.Options{})
	for _, delta := range []queue.Delta[host]{
		{Type: queue.Added, Item: header(host{"web", 1})},
		{Type: queue.Updated, Item: header(host{"web", 5})},
		{Type: queue.Deleted, Item: header(host{"web", 5})},
	} {
		if err := q.Push(ctx, delta); err != nil {
			fmt.Println(err)
		}
	}
	q.Close()
	for {
		batch, err := q.PopBatch(ctx)
		if errors.Is(err, queue.ErrClosed) {
			break
		}
		for _, delta := range batch {
			fmt.Println(delta.Type, delta.Item.Key, delta.Item.Object.Load)
		}
	}
	// Output:
	// Added web 1
	// Updated web 5
	// Deleted web 5
}

func ExampleOptions_compress() {
	ctx := context.Background()
	q := queue.NewDeltaFIFO[host](queue.Options{Compress: true})
	for load := range 1000 {
		if err := q.Push(ctx, queue.Delta[host]{Type: queue.Updated, Item: header(host{"web", load})}); err != nil {
			fmt.Println(err)
		}
	}
	batch, err := q.PopBatch(ctx)
	fmt.Println(len(batch), batch[0].Item.Object.Load, err)
	// Output:
	// 1 999 <nil>
}

func ExampleFIFO() {
	q := queue.NewFIFO(store.WithKey(func(h host) store.Key { return store.Key{Name: h.Name} }))
	if err := q.Replace(slices.Values([]host{{"web", 1}, {"db", 2}})); err != nil {
		fmt.Println(err)
	}
	if err := q.Add(host{"web", 9}); err != nil { // keeps its place
		fmt.Println(err)
	}
	q.Close()
	for {
		item, err := q.Pop(context.Background())
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(item.Key, item.Object.Load)
	}
	// Output:
	// web 9
	// db 2
	// queue: closed
}
