// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"sync"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/informer"
)

// logged are the options of an informer whose errors are part of the test.
func logged(t *testing.T) informer.Options {
	return informer.Options{OnError: func(err error) { t.Logf("the informer reports: %v", err) }}
}

// start runs an informer and returns its mirror. stop ends it, and is called at
// the end of the test if not before.
func start[T metav1.Object](ctx context.Context, t *testing.T, inf *informer.Informer[T]) (told *mirror, stop func()) {
	t.Helper()
	told = new(mirror)
	if _, err := inf.AddHandler(handlerOf[T](told)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- inf.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
	})
	t.Cleanup(stop)
	if err := inf.WaitForSync(ctx); err != nil {
		t.Fatal(err)
	}
	return told, stop
}

// settle waits until an informer has told its handler of the state of the server,
// and compares its cache with that too.
func settle[T metav1.Object](ctx context.Context, t *testing.T, inf *informer.Informer[T], told *mirror, want versions) {
	t.Helper()
	told.await(ctx, t, want)
	have := versions{}
	for key, object := range inf.Reader().Items() {
		have[key] = object.GetResourceVersion()
	}
	equal(t, "the cache", want, have)
}

// checkFollows has an informer follow changes, some of them made before its first
// list, and compares what comes of it with what the server then has within the
// same selectors.
func checkFollows[T metav1.Object, L runtime.Object](
	t *testing.T, inf *informer.Informer[T], server lister[L], within metav1.ListOptions, traffic ...changer,
) {
	t.Helper()
	ctx := deadline(t)
	run(ctx, t, 50, traffic...)
	told, stop := start(ctx, t, inf)
	run(ctx, t, 150, traffic...)
	settle(ctx, t, inf, told, latest(ctx, t, server, within))
	stop()
}
