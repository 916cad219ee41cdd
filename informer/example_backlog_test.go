// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// lampAt returns a source with a lamp of size 1, a function that gives it the
// sizes 2, 3 and 4, and an informer of it; seen is closed when that has the last.
func lampAt() (widgets *informer.Informer[*Widget], grow func(), seen <-chan struct{}) {
	source := fake.NewSource[*Widget](fake.Options{})
	if _, err := source.Create(widget("shop/lamp", 1)); err != nil {
		fmt.Println(err)
	}
	widgets = informer.New(source, informer.Options{OnError: func(error) {}})
	grow = func() {
		for size := 2; size <= 4; size++ {
			if _, err := source.Update(widget("shop/lamp", size)); err != nil {
				fmt.Println(err)
			}
		}
	}
	last := make(chan struct{})
	if _, err := widgets.AddHandlerWithOptions(informer.HandlerFuncs[*Widget]{OnUpdate: func(_, w *Widget) {
		if w.Size == 4 {
			widgets.Stats() // waits for the batch
			close(last)
		}
	}}, informer.HandlerOptions[*Widget]{}); err != nil {
		fmt.Println(err)
	}
	return widgets, grow, last
}

func ExampleCoalesce() {
	widgets, grow, seen := lampAt()
	slow, err := widgets.AddHandlerWithOptions(informer.HandlerFuncs[*Widget]{
		OnAdd: func(*Widget, bool) {
			grow()
			<-seen // the handler is busy, and the lamp changes thrice
		},
		OnUpdate: func(old, w *Widget) { fmt.Println("update from", old.Size, "to", w.Size) },
	}, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(2)})
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	<-slow.Synced()
	fmt.Println(slow.Drain(ctx))
	cancel()
	fmt.Println(<-ended)
	// Output:
	// update from 1 to 4
	// <nil>
	// <nil>
}

func ExampleDisconnect() {
	widgets, grow, seen := lampAt()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	options := informer.EventsOptions[*Widget]{Name: "mirror", Backlog: informer.Disconnect(2)}
	for event, err := range widgets.EventsWithOptions(ctx, options) {
		switch {
		case err != nil:
			fmt.Println(err)
		case event.Type == informer.Synced:
			grow()
			<-seen // the loop is busy, and the lamp changes thrice
		default:
			fmt.Println(event.Type, event.Key)
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// Added shop/lamp
	// informer: widgets: handler "mirror" is disconnected: it is behind by 3 changes, and its limit is 2; add it again to begin with the current state
	// <nil>
}

func ExampleBatchFunc() {
	widgets, grow, seen := lampAt()
	batches, err := widgets.AddHandlerWithOptions(informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) {
		if events[0].Initial {
			grow()
			<-seen
		}
		fmt.Println(len(events), "at once")
	}), informer.HandlerOptions[*Widget]{})
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	<-batches.Synced()
	fmt.Println(batches.Drain(ctx))
	cancel()
	fmt.Println(<-ended)
	// Output:
	// 1 at once
	// 3 at once
	// <nil>
	// <nil>
}
