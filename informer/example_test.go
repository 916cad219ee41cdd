// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func Example() {
	source := fake.NewSource[*Widget](fake.Options{}) // listwatch.FromClient, in a program
	if _, err := source.Create(widget("shop/lamp", 3)); err != nil {
		fmt.Println(err)
	}
	widgets := informer.New(source, informer.Options{})
	bySize, err := index.Add(widgets.Indexer(), "size", func(w *Widget) (int, bool) { return w.Size, w.Size > 0 })
	if err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	if err := widgets.WaitForSync(ctx); err != nil {
		fmt.Println(err)
	}
	for w := range bySize.Get(3) {
		fmt.Println("of size 3:", w.Name)
	}
	lamp, err := widgets.Lister().Namespace("shop").Get("lamp")
	fmt.Println(lamp.Name, err)
	_, err = widgets.Lister().Namespace("shop").Get("sofa")
	fmt.Println(err)
	cancel()
	fmt.Println(<-ended)
	// Output:
	// of size 3: lamp
	// lamp <nil>
	// widgets "sofa" not found
	// <nil>
}

func ExampleInformer_Events() {
	source := fake.NewSource[*Widget](fake.Options{})
	create := func(key string) {
		if _, err := source.Create(widget(key, 1)); err != nil {
			fmt.Println(err)
		}
	}
	create("shop/lamp")
	widgets := informer.New(source, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	for event := range widgets.Events(ctx) {
		switch event.Type {
		case informer.Synced: // what follows is new
			create("shop/sofa")
		default:
			fmt.Println(event.Type, event.Key, "initial:", event.Initial)
		}
		if event.Key.Name == "sofa" {
			break
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// Added shop/lamp initial: true
	// Added shop/sofa initial: false
	// <nil>
}

func ExampleInformer_WaitForSync() {
	widgets := informer.New(fake.NewSource[*Widget](fake.Options{}), informer.Options{})
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("changed my mind"))
	fmt.Println(widgets.WaitForSync(ctx))
	// Output:
	// informer: widgets: not synced: changed my mind while waiting for the first list (Run has not been called)
}

func ExampleHandlerOptions() {
	source := fake.NewSource[*Widget](fake.Options{})
	for key, size := range map[string]int{"shop/lamp": 1, "shop/sofa": 9} {
		if _, err := source.Create(widget(key, size)); err != nil {
			fmt.Println(err)
		}
	}
	widgets := informer.New(source, informer.Options{})
	large, err := widgets.AddHandlerWithOptions(informer.HandlerFuncs[*Widget]{
		OnAdd: func(w *Widget, _ bool) { fmt.Println("large:", store.Key{Namespace: w.Namespace, Name: w.Name}) },
	}, informer.HandlerOptions[*Widget]{Name: "large", Filter: func(w *Widget) bool { return w.Size > 5 }})
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	<-large.Synced()
	cancel()
	fmt.Println(<-ended)
	// Output:
	// large: shop/sofa
	// <nil>
}
