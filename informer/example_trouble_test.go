// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// Who waits for an informer that may not read learns so.
func ExampleNotSyncedError() {
	server := fake.NewAPIServer(fake.Resource[*Widget]("test.io", "v1", "widgets"))
	server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Status: 403}}}})
	ctx, cancel := context.WithCancel(context.Background())
	inf := informer.New(fake.ListWatcher[*Widget](server, widgets), informer.Options{
		OnError: func(error) { cancel() }, // a program would wait until some deadline
	})
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()
	err := inf.WaitForSync(ctx)
	var source *informer.SourceError
	if errors.As(err, &source) {
		fmt.Println(source.Resource.GroupResource(), "-", source.Phase, "-", source.Cause)
	}
	fmt.Println(<-ended)
	// Output:
	// widgets.test.io - streaming list - forbidden
	// <nil>
}

// One object that cannot be used leaves the others alone, and its last good
// state in the cache.
func ExampleInformer_Health() {
	source := fake.NewSource[*Widget](fake.Options{})
	for size, key := range []string{"shop/lamp", "shop/sofa", "shop/vase"} {
		if _, err := source.Create(widget(key, size)); err != nil {
			fmt.Println(err)
		}
	}
	checked := listwatch.Map(source, func(w *Widget) (*Widget, error) {
		if w.Size > 1 {
			return nil, fmt.Errorf("size %d is too large", w.Size)
		}
		return w, nil
	})
	inf := informer.New(checked, informer.Options{OnError: func(error) {}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()
	if err := inf.WaitForSync(ctx); err != nil {
		fmt.Println(err)
	}
	// What is in quarantine is known with the first state that comes after it.
	for event := range inf.Events(ctx) {
		if event.Type == informer.Synced {
			if _, err := source.Create(widget("shop/mug", 0)); err != nil {
				fmt.Println(err)
			}
		}
		if event.Key.Name == "mug" {
			break
		}
	}
	health := inf.Health()
	fmt.Println(health.Synced, health.Phase, health.Failures, "failures,", inf.Reader().Len(), "objects")
	for _, q := range health.Quarantined {
		fmt.Println(q.Key, "-", q.Stage, "-", q.Err, "- stale:", q.Stale)
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// true watch 0 failures, 3 objects
	// shop/vase - transform - size 2 is too large - stale: false
	// <nil>
}
