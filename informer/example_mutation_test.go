// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// A test of a controller makes sure that it changes copies only.
func ExampleInformer_CheckMutations() {
	source := fake.NewSource[*Widget](fake.Options{})
	_, _ = source.Create(widget("shop/chair", 90))

	widgets := informer.New(source, informer.Options{DetectMutations: 1, MutationPeriod: -1})
	registration, _ := widgets.AddHandler(informer.HandlerFuncs[*Widget]{
		OnAdd: func(w *Widget, _ bool) { w.Size = 0 }, // not its own
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- widgets.Run(ctx) }()
	<-registration.Synced()
	cancel()
	<-ended

	var mutation *informer.MutationError
	if errors.As(widgets.CheckMutations(), &mutation) {
		fmt.Println(mutation.Key, "was changed")
	}
	// Output:
	// shop/chair was changed
}
