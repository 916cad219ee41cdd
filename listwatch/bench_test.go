// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"
	"iter"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// endless is a source of one event, over and over, as long as b runs.
type endless struct{ b *testing.B }

func (e endless) List(context.Context, listwatch.ListOptions, func(store.Item[*Widget], error)) (listwatch.Page, error) {
	return listwatch.Page{}, nil
}

func (e endless) Watch(context.Context, listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	event := listwatch.Event[*Widget]{Type: listwatch.Modified, Item: item(widget("a", 1, 1))}
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		for e.b.Loop() {
			if !yield(event, nil) {
				return
			}
		}
	}
}

// One event, from the channel of a client's watch to the loop of the reader.
// "channel" is what the channel alone costs.
func BenchmarkFromClientWatch(b *testing.B) {
	const ahead = 100 // events in the channel, as in client-go's
	event := watch.Event{Type: watch.Modified, Object: widget("a", 1, 1)}
	b.Run("channel", func(b *testing.B) {
		b.ReportAllocs()
		events := make(chan watch.Event, ahead)
		for n := 0; b.Loop(); n++ {
			if n%ahead == 0 {
				for range ahead {
					events <- event
				}
			}
			<-events
		}
	})
	b.Run("source", func(b *testing.B) {
		b.ReportAllocs()
		results := &stream{events: make(chan watch.Event, ahead)}
		fill := func() {
			for range ahead {
				results.events <- event
			}
		}
		fill()
		n := 0
		for range listwatch.FromClient[*Widget](&widgets{watch: results}).Watch(b.Context(), listwatch.WatchOptions{}) {
			if !b.Loop() {
				break
			}
			if n++; n%ahead == 0 {
				fill()
			}
		}
	})
}

// A page from the client's list to items, the copy of each item included.
func BenchmarkFromClientList(b *testing.B) {
	for _, objects := range []int{500} {
		b.Run(fmt.Sprintf("objects=%d", objects), func(b *testing.B) {
			b.ReportAllocs()
			list := &WidgetList{}
			for i := range objects {
				list.Items = append(list.Items, *widget(fmt.Sprintf("w-%d", i), i, i))
			}
			source := listwatch.FromClient[*Widget](&repeating{list: list})
			for b.Loop() {
				if _, err := source.List(b.Context(), listwatch.ListOptions{}, func(store.Item[*Widget], error) {}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// repeating is a client that answers with the same list and records nothing.
type repeating struct{ list *WidgetList }

func (r *repeating) List(context.Context, metav1.ListOptions) (*WidgetList, error) {
	return r.list, nil
}
func (r *repeating) Watch(context.Context, metav1.ListOptions) (watch.Interface, error) {
	return watch.NewEmptyWatch(), nil
}

// What Map and Filter add to an event. "source" is the source alone.
func BenchmarkTransform(b *testing.B) {
	run := func(name string, over func(listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget]) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range over(endless{b}).Watch(b.Context(), listwatch.WatchOptions{}) {
			}
		})
	}
	run("source", func(source listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget] { return source })
	run("map", func(source listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget] {
		return listwatch.Map(source, func(w *Widget) (*Widget, error) { return w, nil })
	})
	run("filter", func(source listwatch.ListWatcher[*Widget]) listwatch.ListWatcher[*Widget] {
		return listwatch.Filter(source, func(*Widget) bool { return true })
	})
}
