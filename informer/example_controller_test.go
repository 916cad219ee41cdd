// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// A controller in ten lines: whatever changes about a widget or its parts, the
// widget is looked at.
func ExampleReconciler() {
	widgetSource, partSource := fake.NewSource[*Widget](fake.Options{}), fake.NewSource[*Part](fake.Options{Kind: "Part"})
	widgets, parts := informer.New(widgetSource, informer.Options{}), informer.New(partSource, informer.Options{})
	looked := make(chan string)

	controller := &informer.Reconciler[store.Key]{Name: "widgets", Workers: 2, Reconcile: func(ctx context.Context, key store.Key) error {
		w, found := widgets.Reader().Get(key)
		if !found {
			return nil // it is gone
		}
		looked <- fmt.Sprintf("%s: %d of %d parts", key, parts.Reader().Len(), w.Size)
		return nil
	}}
	if _, err := informer.Enqueue(widgets, controller); err != nil {
		fmt.Println(err)
	}
	if _, err := informer.EnqueueController(parts, informer.Owner{Group: "test.io", Kind: "Widget"}, controller); err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return widgets.Run(ctx) })
	group.Go(func() error { return parts.Run(ctx) })
	group.Go(func() error { return controller.Run(ctx) })

	if _, err := widgetSource.Create(widget("shop/lamp", 2)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-looked)
	owner := metav1.OwnerReference{APIVersion: "test.io/v1", Kind: "Widget", Name: "lamp", Controller: new(true)}
	if _, err := partSource.Create(part("shop/bulb", owner)); err != nil {
		fmt.Println(err)
	}
	fmt.Println(<-looked)
	cancel()
	fmt.Println(group.Wait())
	// Output:
	// shop/lamp: 0 of 2 parts
	// shop/lamp: 1 of 2 parts
	// <nil>
}

// What handlers of several resources share needs no lock: they are called one at
// a time.
func ExampleDispatcher() {
	widgetSource, partSource := fake.NewSource[*Widget](fake.Options{}), fake.NewSource[*Part](fake.Options{Kind: "Part"})
	if _, err := widgetSource.Create(widget("shop/lamp", 2)); err != nil {
		fmt.Println(err)
	}
	if _, err := partSource.Create(part("shop/bulb")); err != nil {
		fmt.Println(err)
	}
	widgets, parts := informer.New(widgetSource, informer.Options{}), informer.New(partSource, informer.Options{})

	var changes informer.Dispatcher
	total := 0
	err := informer.Dispatch(&changes, widgets, informer.HandlerFuncs[*Widget]{
		OnAdd: func(w *Widget, _ bool) { total += w.Size },
	}, informer.HandlerOptions[*Widget]{})
	if err != nil {
		fmt.Println(err)
	}
	err = informer.Dispatch(&changes, parts, informer.EventFunc[*Part](func(event informer.Event[*Part]) {
		total += 10
	}), informer.HandlerOptions[*Part]{})
	if err != nil {
		fmt.Println(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return widgets.Run(ctx) })
	group.Go(func() error { return parts.Run(ctx) })
	fmt.Println(changes.WaitForSync(ctx))
	changes.Remove()
	fmt.Println(changes.Wait(ctx), total)
	cancel()
	fmt.Println(group.Wait())
	// Output:
	// <nil>
	// <nil> 12
	// <nil>
}

// A handler of one function, which is told the keys of objects too.
func ExampleEventFunc() {
	source := fake.NewSource[*Widget](fake.Options{})
	if _, err := source.Create(widget("shop/lamp", 2)); err != nil {
		fmt.Println(err)
	}
	widgets := informer.New(source, informer.Options{})
	registration, err := widgets.AddHandler(informer.EventFunc[*Widget](func(event informer.Event[*Widget]) {
		fmt.Println(event.Type, event.Key, "initial:", event.Initial)
	}))
	if err != nil {
		fmt.Println(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	<-registration.Synced()
	cancel()
	fmt.Println(<-ended)
	// Output:
	// Added shop/lamp initial: true
	// <nil>
}
