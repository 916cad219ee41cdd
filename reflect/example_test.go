// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

// Host is no Kubernetes type, and need not be one.
type Host struct{ Name, Address string }

// printer is the smallest sink: it caches nothing, so it knows nothing.
type printer struct{ end func() }

func (printer) Empty() bool                              { return true }
func (printer) Known(store.Key) (store.Item[Host], bool) { return store.Item[Host]{}, false }

func (printer) Replace(_ context.Context, items *store.Batch[Host], version string) error {
	fmt.Println("all there is:")
	for item := range items.All() {
		fmt.Println(" ", item.Key, item.Object.Address)
	}
	return nil
}

func (p printer) Apply(_ context.Context, event listwatch.Event[Host]) error {
	fmt.Println(event.Type, event.Item.Key, event.Item.Object.Address)
	p.end()
	return nil
}

func (printer) Quarantine(_ context.Context, failure *listwatch.ItemError) error {
	fmt.Println(failure)
	return nil
}

func ExampleReflector() {
	hosts := listwatch.FromFuncs(
		store.WithKey(func(h Host) store.Key { return store.Key{Name: h.Name} }),
		func(context.Context, listwatch.ListOptions) ([]Host, listwatch.Page, error) {
			return []Host{{"alpha", "10.0.0.1"}, {"beta", "10.0.0.2"}}, listwatch.Page{}, nil
		},
		func(ctx context.Context, _ listwatch.WatchOptions, send func(listwatch.EventType, Host) bool) error {
			send(listwatch.Modified, Host{"beta", "10.0.0.9"})
			<-ctx.Done()
			return nil
		},
	)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	err := reflect.New[Host](hosts, printer{end: cancel}, reflect.Options{}).Run(ctx)
	fmt.Println("ended:", err)
	// Output:
	// all there is:
	//   alpha 10.0.0.1
	//   beta 10.0.0.2
	// Modified beta 10.0.0.9
	// ended: <nil>
}

func ExampleWatchError() {
	err := &reflect.WatchError{Failure: &reflect.Failure{
		Resource: schema.GroupVersionResource{Version: "v1", Resource: "pods"},
		Phase:    reflect.Watching,
		Version:  "1071",
		Attempt:  2,
		Next:     reflect.Watching,
		Wait:     1750 * time.Millisecond,
		Cause:    reflect.CauseRefused,
		Err:      fmt.Errorf("connection refused"),
	}}
	fmt.Println(err)
	// Output:
	// reflect: pods: watch at version "1071" failed (2 in a row), watch follows in 1.75s: connection refused; is the server up, and is it the one that is meant?
}
