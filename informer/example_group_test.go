// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// Two parts of a program need the widgets of one namespace, and share an
// informer without knowing of each other.
func ExampleGroup() {
	server := fake.NewSource[*Widget](fake.Options{})
	for _, key := range []string{"shop/lamp", "shop/sofa", "yard/bench"} {
		if _, err := server.Create(widget(key, 1)); err != nil {
			fmt.Println(err)
		}
	}
	group := informer.NewGroup(informer.GroupOptions{Linger: time.Minute})
	informer.Provide(group, informer.Provider[*Widget]{
		Resource: widgets,
		Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
			return server.Namespace(scope.Namespace) // listwatch.FromClient, in a program
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ended := make(chan error)
	go func() { ended <- group.Run(ctx) }()

	for _, part := range []string{"the shop", "the cashier"} {
		inShop, err := informer.Acquire[*Widget](group, informer.Scope{Namespace: "shop"})
		if err != nil {
			fmt.Println(err)
			return
		}
		defer inShop.Release()
		if err := inShop.WaitForSync(ctx); err != nil {
			fmt.Println(err)
		}
		fmt.Println(part, "sees", inShop.Reader().Len(), "widgets")
	}
	for _, stats := range group.Stats() {
		fmt.Println(stats.Scope, "is held by", stats.Handles, "handles")
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// the shop sees 2 widgets
	// the cashier sees 2 widgets
	// widgets.test.io in shop is held by 2 handles
	// <nil>
}

// A handle that is released takes its handlers with it, and the last one the
// informer.
func ExampleHandle_Release() {
	server := fake.NewSource[*Widget](fake.Options{})
	if _, err := server.Create(widget("shop/lamp", 1)); err != nil {
		fmt.Println(err)
	}
	group := informer.NewGroup(informer.GroupOptions{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- group.Run(ctx) }()

	inShop := only(server).Acquire(group, informer.Scope{Namespace: "shop"})
	if _, err := inShop.AddHandler(informer.HandlerFuncs[*Widget]{
		OnAdd: func(w *Widget, _ bool) {
			fmt.Println("found", w.Name)
			inShop.Release() // waits for nothing
		},
	}); err != nil {
		fmt.Println(err)
	}
	<-inShop.Done() // the handler has returned, and the informer has ended
	fmt.Println(len(group.Stats()), "informers")
	cancel()
	fmt.Println(<-ended)
	// Output:
	// found lamp
	// 0 informers
	// <nil>
}

func ExampleGroup_WaitForSync() {
	ctx, cancel := context.WithCancel(context.Background())
	patience, end := context.WithCancelCause(ctx) // WithTimeout, in a program
	group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{
		OnError: func(error) { end(errors.New("no patience")) },
	}})
	ended := make(chan error)
	go func() { ended <- group.Run(ctx) }()
	only(fake.NewSource[*Widget](fake.Options{})).Acquire(group, informer.Scope{Namespace: "shop"})
	if err := group.WaitForSync(patience); err != nil {
		fmt.Println(err)
	}
	forbidden := apierrors.NewForbidden(widgets.GroupResource(), "", errors.New("not for you"))
	only(answers{err: forbidden}).Acquire(group, informer.Scope{Namespace: "vault"})
	err := group.WaitForSync(patience)
	var late *informer.NotSyncedError // one for each that is late
	if errors.As(err, &late) {
		fmt.Printf("%s: %v; forbidden: %v\n", late.Resource, late.Err, apierrors.IsForbidden(late))
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// widgets.test.io in vault: no patience; forbidden: true
	// <nil>
}

func ExampleScope() {
	scope := informer.Scope{Resource: widgets, Namespace: "shop", LabelSelector: "app=web", Projection: "metadata"}
	fmt.Println(scope)
	// Output:
	// widgets.test.io in shop with labels app=web as metadata
}
