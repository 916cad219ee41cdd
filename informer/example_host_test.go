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
type Host struct{ Name, State string }

// T may be any type, and the source one's own: here, a slice and a channel.
func Example_anyType() {
	reports := make(chan Host)
	hosts := informer.New(listwatch.FromFuncs(
		store.WithKey(func(h Host) store.Key { return store.Key{Name: h.Name} }),
		func(context.Context, listwatch.ListOptions) ([]Host, listwatch.Page, error) {
			return []Host{{"alpha", "up"}, {"beta", "up"}}, listwatch.Page{}, nil
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
	ended := make(chan error)
	go func() { ended <- hosts.Run(ctx) }()
	for event := range hosts.Events(ctx) {
		fmt.Println(event.Type, event.Object)
		if event.Type == informer.Synced {
			reports <- Host{"beta", "down"}
		} else if event.Type == informer.Updated {
			break
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// Added {alpha up}
	// Added {beta up}
	// Synced { }
	// Updated {beta down}
	// <nil>
}
