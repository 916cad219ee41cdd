// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/fake"
)

func TestControllerConverges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sets := fake.NewSource[*appsv1.ReplicaSet](fake.Options{})
		pods := fake.NewSource[*corev1.Pod](fake.Options{})
		c, err := newController(sets, pods, pods, t.Logf)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.run(ctx, 2) }()
		wantPods := func(what string, want int) {
			t.Helper()
			time.Sleep(time.Minute) // virtual: retries, and the queue's own timers
			synctest.Wait()
			if got := pods.Len(); got != want {
				t.Errorf("%s: %d pods, want %d", what, got, want)
			}
		}
		steps := []struct {
			what string
			do   func() error
			want int
		}{
			{"created with 3 replicas", func() error { return apply(sets, "web", 3) }, 3},
			{"a pod deleted", func() error { return deleteOne(pods) }, 3},
			{"another set", func() error { return apply(sets, "db", 2) }, 5},
			{"scaled up", func() error { return apply(sets, "web", 7) }, 9},
			{"scaled down", func() error { return apply(sets, "web", 0) }, 2},
		}
		for _, step := range steps {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			wantPods(step.what, step.want)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}
