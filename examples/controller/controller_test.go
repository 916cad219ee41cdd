// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// late is a source whose watch is behind by a second an event.
type late struct {
	*fake.Source[*corev1.Pod]
}

func (l late) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*corev1.Pod], error] {
	return func(yield func(listwatch.Event[*corev1.Pod], error) bool) {
		for event, err := range l.Source.Watch(ctx, options) {
			time.Sleep(time.Second)
			if !yield(event, err) {
				return
			}
		}
	}
}

// counted is a client that counts the calls that reach the server, after it has
// refused the first of them.
type counted struct {
	podClient
	refuse           atomic.Int32
	creates, deletes atomic.Int32
}

func (c *counted) Create(pod *corev1.Pod) (*corev1.Pod, error) {
	if c.refuse.Add(-1) >= 0 {
		return nil, errors.New("the server is busy")
	}
	c.creates.Add(1)
	return c.podClient.Create(pod)
}

func (c *counted) Delete(key store.Key) (*corev1.Pod, error) {
	c.deletes.Add(1)
	return c.podClient.Delete(key)
}

// TestController converges after each step, with no call more than it takes.
func TestController(t *testing.T) {
	steps := []struct {
		what                   string
		do                     action
		pods, creates, deletes int32
	}{
		{"created with 3 replicas", replicas("web", 3), 3, 3, 0},
		{"a pod deleted", withPods(deleteOne), 3, 4, 0},
		{"another set", replicas("db", 2), 5, 6, 0},
		{"scaled up", replicas("web", 7), 9, 10, 0},
		{"a pod failed", withPods(failOne), 10, 11, 0}, // the failed one stays
		{"scaled down", replicas("web", 2), 5, 11, 5},
		{"scaled to nothing", replicas("web", 0), 3, 11, 7},
	}
	for name, source := range map[string]func(*fake.Source[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod]{
		"cache up to date": func(pods *fake.Source[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod] { return pods },
		"cache behind":     func(pods *fake.Source[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod] { return late{pods} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sets := fake.NewSource[*appsv1.ReplicaSet](fake.Options{})
				pods := fake.NewSource[*corev1.Pod](fake.Options{})
				client := &counted{podClient: pods}
				client.refuse.Store(2)
				defer start(t, sets, source(pods), client)()
				for _, step := range steps {
					if err := step.do(sets, pods); err != nil {
						t.Fatal(err)
					}
					settle()
					if got := int32(pods.Len()); got != step.pods {
						t.Errorf("%s: %d pods, want %d", step.what, got, step.pods)
					}
					if creates, deletes := client.creates.Load(), client.deletes.Load(); creates != step.creates || deletes != step.deletes {
						t.Errorf("%s: %d creates and %d deletes so far, want %d and %d", step.what, creates, deletes, step.creates, step.deletes)
					}
				}
			})
		})
	}
}

// A write that never comes back is not waited for without end.
func TestControllerStopsExpecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sets := fake.NewSource[*appsv1.ReplicaSet](fake.Options{})
		pods := fake.NewSource[*corev1.Pod](fake.Options{})
		lost := fake.NewSource[*corev1.Pod](fake.Options{}) // of which the cache hears nothing
		client := &counted{podClient: lost}
		defer start(t, sets, pods, client)()
		if err := apply(sets, "web", 1); err != nil {
			t.Fatal(err)
		}
		settle()
		if got := client.creates.Load(); got != 1 {
			t.Errorf("%d creates at first, want 1", got)
		}
		time.Sleep(expectFor)
		settle()
		if got := client.creates.Load(); got != 2 {
			t.Errorf("%d creates after %v, want 2", got, expectFor)
		}
	})
}

// start runs a controller; the function it returns ends it.
func start(t *testing.T, sets listwatch.ListWatcher[*appsv1.ReplicaSet], pods listwatch.ListWatcher[*corev1.Pod], client podClient) (stop func()) {
	t.Helper()
	c, err := newController(sets, pods, client, t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.run(ctx, 2) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	}
}

// settle lets virtual time pass, for retries and the queue's own timers.
func settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

type action = func(*fake.Source[*appsv1.ReplicaSet], *fake.Source[*corev1.Pod]) error

func replicas(name string, count int32) action {
	return func(sets *fake.Source[*appsv1.ReplicaSet], _ *fake.Source[*corev1.Pod]) error {
		return apply(sets, name, count)
	}
}

func withPods(do func(*fake.Source[*corev1.Pod]) error) action {
	return func(_ *fake.Source[*appsv1.ReplicaSet], pods *fake.Source[*corev1.Pod]) error { return do(pods) }
}

// failOne lets one pod of web fail.
func failOne(pods *fake.Source[*corev1.Pod]) error {
	var failed *corev1.Pod
	_, err := pods.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*corev1.Pod], _ error) {
		if failed == nil && item.Object.Labels["app"] == "web" {
			failed = item.Object.DeepCopy()
		}
	})
	if err != nil {
		return err
	}
	failed.Status.Phase = corev1.PodFailed
	_, err = pods.Update(failed)
	return err
}
