// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/informer"
)

// awaiting is how many wait for a version that does not come.
const awaiting = 10_000

// startAwaited starts an informer of ours on which ten thousand wait while the
// changes go through it.
func startAwaited(tb testing.TB, s *script, counters []*counter) (<-chan struct{}, func()) {
	pods := informer.New(typedSource{s}, informer.Options{Logger: slog.New(slog.DiscardHandler)})
	registrations := observe(tb, pods, counters, informer.HandlerOptions[*corev1.Pod]{})
	stop := run(tb, pods.Run)
	leave := await(tb, pods, "1000000000000000")
	return registrations[0].Synced(), func() {
		leave()
		stop()
	}
}

// await returns when all wait. leave ends that.
func await(tb testing.TB, pods *informer.Informer[*corev1.Pod], version string) (leave func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var begun, ended sync.WaitGroup
	begun.Add(awaiting)
	for range awaiting {
		ended.Go(func() {
			err := pods.WaitForVersion(waitNoticed{ctx, sync.OnceFunc(begun.Done)}, version)
			if !errors.Is(err, context.Canceled) {
				tb.Errorf("waiting for a version that does not come: %v", err)
			}
		})
	}
	begun.Wait()
	return func() {
		cancel()
		ended.Wait()
	}
}

// waitNoticed tells when somebody waits for the end of the context, and so for
// whatever else he waits for.
type waitNoticed struct {
	context.Context
	noticed func()
}

func (c waitNoticed) Done() <-chan struct{} {
	c.noticed()
	return c.Context.Done()
}
