// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A client is whatever has List and Watch: with client-go's clientset it would
// be clientset.CoreV1().Pods("shop"), and T *corev1.Pod.
func ExampleFromClient() {
	client := &widgets{list: &WidgetList{
		ListMeta: metav1.ListMeta{ResourceVersion: "3"},
		Items:    []Widget{*widget("chair", 1, 90), *widget("table", 2, 120)},
	}}
	source := listwatch.FromClient[*Widget](client, listwatch.Options{LabelSelector: "room=kitchen"})
	page, err := source.List(context.Background(), listwatch.ListOptions{Limit: 500}, func(item store.Item[*Widget], err error) {
		fmt.Println(item.Key, item.Version, item.Object.Size, err)
	})
	fmt.Println("listed at version", page.Version, err)
	// Output:
	// shop/chair 1 90 <nil>
	// shop/table 2 120 <nil>
	// listed at version 3 <nil>
}

// A watch is a loop. Leaving it ends the request.
func ExampleListWatcher() {
	client := &widgets{watch: streamOf(
		watch.Event{Type: watch.Added, Object: widget("chair", 4, 90)},
		watch.Event{Type: watch.Modified, Object: widget("chair", 5, 95)},
		watch.Event{Type: watch.Deleted, Object: widget("chair", 6, 95)},
	)}
	source := listwatch.FromClient[*Widget](client)
	for event, err := range source.Watch(context.Background(), listwatch.WatchOptions{Version: "3"}) {
		if failed := (*listwatch.ItemError)(nil); err != nil && !errors.As(err, &failed) {
			fmt.Println("the watch failed:", err)
			break
		}
		fmt.Println(event.Type, event.Item.Key, event.Item.Version, event.Item.Object.Size)
	}
	// Output:
	// Added shop/chair 4 90
	// Modified shop/chair 5 95
	// Deleted shop/chair 6 95
}

// A source for a type of one's own is two functions and a key.
func ExampleFromFuncs() {
	type Host struct{ Name, Address string }
	hosts := []Host{{"alpha", "10.0.0.1"}, {"beta", "10.0.0.2"}}
	changes := make(chan Host, 1)
	changes <- Host{"beta", "10.0.0.9"}
	close(changes)

	list := func(context.Context, listwatch.ListOptions) ([]Host, listwatch.Page, error) {
		return hosts, listwatch.Page{}, nil
	}
	watch := func(ctx context.Context, _ listwatch.WatchOptions, send func(listwatch.EventType, Host) bool) error {
		for {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case host, ok := <-changes:
				if !ok || !send(listwatch.Modified, host) {
					return nil
				}
			}
		}
	}
	source := listwatch.FromFuncs(store.WithKey(func(h Host) store.Key { return store.Key{Name: h.Name} }), list, watch)

	ctx := context.Background()
	_, _ = source.List(ctx, listwatch.ListOptions{}, func(item store.Item[Host], _ error) {
		fmt.Println("listed", item.Key, item.Object.Address)
	})
	for event := range source.Watch(ctx, listwatch.WatchOptions{}) {
		fmt.Println(event.Type, event.Item.Key, event.Item.Object.Address)
	}
	// Output:
	// listed alpha 10.0.0.1
	// listed beta 10.0.0.2
	// Modified beta 10.0.0.9
}

// The mapped type needs no metadata: the header is that of the object it was
// made of.
func ExampleMap() {
	client := &widgets{list: &WidgetList{Items: []Widget{*widget("chair", 1, 90), *widget("hole", 2, 0)}}}
	labels := listwatch.Map(listwatch.FromClient[*Widget](client), func(w *Widget) (string, error) {
		if w.Size == 0 {
			return "", errors.New("it has no size")
		}
		return fmt.Sprintf("%d cm", w.Size), nil
	})
	_, _ = labels.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[string], err error) {
		fmt.Println(item.Key, item.Object, err)
	})
	// Output:
	// shop/chair 90 cm <nil>
	// shop/hole  listwatch: widgets "shop/hole" at version 2: transform: it has no size; this item is left out until its next event, the rest goes on
}

// An object that is changed so that it no longer passes has left.
func ExampleFilter() {
	client := &widgets{watch: streamOf(
		watch.Event{Type: watch.Added, Object: widget("chair", 1, 90)},
		watch.Event{Type: watch.Modified, Object: widget("chair", 2, 10)},
	)}
	large := listwatch.Filter(listwatch.FromClient[*Widget](client), func(w *Widget) bool { return w.Size > 50 })
	for event := range large.Watch(context.Background(), listwatch.WatchOptions{}) {
		fmt.Println(event.Type, event.Item.Key, event.Item.Version)
	}
	// Output:
	// Added shop/chair 1
	// Left shop/chair 2
}
