// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Host is no Kubernetes type: it has a name, and nothing else that is needed.
type Host struct {
	Name string
	Load int
}

// T may be any type, and the source one's own: here, a slice and a channel.
func Example_anyType() {
	reports := make(chan Host)
	hosts := informer.New(listwatch.FromFuncs(
		store.WithKey(func(h Host) store.Key { return store.Key{Name: h.Name} }),
		func(context.Context, listwatch.ListOptions) ([]Host, listwatch.Page, error) {
			return []Host{{"alpha", 1}, {"beta", 2}}, listwatch.Page{}, nil
		},
		func(ctx context.Context, _ listwatch.WatchOptions, send func(listwatch.EventType, Host) bool) error {
			for {
				select {
				case <-ctx.Done():
					return nil
				case host := <-reports:
					send(listwatch.Modified, host)
				}
			}
		},
	), informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- hosts.Run(ctx) }()
	for event := range hosts.Events(ctx) {
		fmt.Println(event.Type, event.Key, event.Old.Load, event.Object.Load)
		switch event.Type {
		case informer.Synced:
			reports <- Host{"beta", 7}
		case informer.Updated:
			cancel()
		}
	}
	fmt.Println(<-ended)
	// Output:
	// Added alpha 0 1
	// Added beta 0 2
	// Synced  0 0
	// Updated beta 2 7
	// <nil>
}
