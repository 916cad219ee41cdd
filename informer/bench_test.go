// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// stream is a source that has nothing at first, and then as many updates of a
// thousand keys as it is told to send.
type stream struct{ updates chan int }

func (s stream) List(context.Context, listwatch.ListOptions, func(store.Item[int], error)) (listwatch.Page, error) {
	return listwatch.Page{Version: "1"}, nil
}

func (s stream) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[int], error] {
	keys := make([]store.Key, 1000)
	for i := range keys {
		keys[i].Name = fmt.Sprint("key-", i)
	}
	return func(yield func(listwatch.Event[int], error) bool) {
		if options.InitialEvents {
			yield(listwatch.Event[int]{}, listwatch.ErrNoInitialEvents)
			return
		}
		for {
			select {
			case <-ctx.Done():
				return
			case n := <-s.updates:
				for i := range n {
					if !yield(listwatch.Event[int]{Type: listwatch.Modified, Item: store.Item[int]{Key: keys[i%1000], Object: i}}, nil) {
						return
					}
				}
			}
		}
	}
}

// BenchmarkStream measures one update from the source to the last of the
// handlers.
func BenchmarkStream(b *testing.B) {
	for _, handlers := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("handlers=%d", handlers), func(b *testing.B) {
			source := stream{make(chan int)}
			inf := informer.New(source, informer.Options{})
			done := make(chan struct{}, handlers)
			for range handlers {
				heard := 0
				hear := func() {
					if heard++; heard == b.N {
						done <- struct{}{}
					}
				}
				if _, err := inf.AddHandler(informer.HandlerFuncs[int]{
					OnAdd:    func(int, bool) { hear() },
					OnUpdate: func(int, int) { hear() },
				}); err != nil {
					b.Fatal(err)
				}
			}
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error)
			go func() { ended <- inf.Run(ctx) }()
			if err := inf.WaitForSync(ctx); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			source.updates <- b.N // b.Loop would measure one burst each
			for range handlers {
				<-done
			}
			b.StopTimer()
			cancel()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		})
	}
}
