// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A script says which calls go wrong, and how. Here the first list is turned
// away, and each watch breaks off after one event.
func ExampleScript() {
	server := fake.NewAPIServer(fake.Resource[*Widget](toys.Group, toys.Version, toys.Resource))
	stored, _ := fake.SourceOf[*Widget](server, toys)
	_, _ = stored.Create(widget("shop", "chair", 90))
	_, _ = stored.Create(widget("shop", "table", 120))

	server.Play(fake.Script{Rules: []fake.Rule{
		{Verb: "list", To: 1, Fault: fake.Fault{Status: 429, RetryAfter: 2 * time.Second}},
		{Verb: "watch", Fault: fake.Fault{DropAfterEvents: 1}},
	}})

	ctx := context.Background()
	widgets := fake.ListWatcher[*Widget](server, toys)
	printItem := func(item store.Item[*Widget], _ error) { fmt.Println("listed", item.Key) }
	_, err := widgets.List(ctx, listwatch.ListOptions{}, printItem)
	fmt.Println(err)
	_, _ = widgets.List(ctx, listwatch.ListOptions{}, printItem)
	for event := range widgets.Watch(ctx, listwatch.WatchOptions{Version: "1"}) {
		fmt.Println(event.Type, event.Item.Key)
	}
	// Output:
	// fake: list widgets.toys.example.com: the server has received too many requests and has asked us to try again later (list widgets.toys.example.com)
	// listed shop/chair
	// listed shop/table
	// Added shop/chair
}

// A script prints as Go code: a schedule that was drawn at random, and found a
// bug, becomes a test by pasting it.
func ExampleScript_GoString() {
	script := fake.Script{Seed: 7, Rules: []fake.Rule{
		{Verb: "watch", From: 2, To: 5, Chance: 0.5, Fault: fake.Fault{DropAfter: 90 * time.Second}},
	}}
	fmt.Printf("%#v\n", script)
	// Output:
	// fake.Script{
	// 	Seed: 7,
	// 	Rules: []fake.Rule{
	// 		{Verb: "watch", From: 2, To: 5, Chance: 0.5, Fault: fake.Fault{DropAfter: 90 * time.Second}},
	// 	},
	// }
}

// The log of requests shows what a client asked for, and what it did not.
func ExampleAPIServer_Requests() {
	server := fake.NewAPIServer(fake.Resource[*Widget](toys.Group, toys.Version, toys.Resource))
	widgets := fake.ListWatcher[*Widget](server, toys, fake.Scope{Namespace: "shop"})
	_, _ = widgets.List(context.Background(), listwatch.ListOptions{Version: "0", Limit: 500}, func(store.Item[*Widget], error) {})
	for _, request := range server.Requests() {
		fmt.Println(request)
	}
	// Output:
	// list widgets.toys.example.com in shop resourceVersion=0 limit=500
}

// TestNothingHappened is how a test proves that a client leaves the server
// alone: forget what was asked so far, let time pass, and look.
func TestNothingHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		record(ctx, fake.ListWatcher[*Widget](server, toys), watchOptions{Version: "1"})
		synctest.Wait()
		server.ForgetRequests()

		time.Sleep(24 * time.Hour) // an instant
		synctest.Wait()
		if requests := server.Requests(); len(requests) != 0 {
			t.Errorf("a watch that is open asked for more: %v", requests)
		}
	})
}
