// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"iter"
	"testing"
	"testing/synctest"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// late is a source whose watch is behind by a second an event.
type late struct {
	listwatch.ListWatcher[*corev1.Pod]
}

func (l late) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*corev1.Pod], error] {
	return func(yield func(listwatch.Event[*corev1.Pod], error) bool) {
		for event, err := range l.ListWatcher.Watch(ctx, options) {
			time.Sleep(time.Second)
			if !yield(event, err) {
				return
			}
		}
	}
}

// TestController converges after each step, with no call more than it takes.
func TestController(t *testing.T) {
	steps := []struct {
		what                   string
		do                     action
		pods, creates, deletes int
	}{
		{"created with 3 replicas", replicas("web", 3), 3, 2 + 3, 0}, // two are turned away
		{"a pod deleted", deleteOne, 3, 1, 1},                        // by who does this
		{"another set", replicas("db", 2), 5, 2, 0},
		{"scaled up", replicas("web", 7), 9, 4, 0},
		{"a pod failed", failOne, 10, 1, 0}, // the failed one stays
		{"scaled down", replicas("web", 2), 5, 0, 5},
		{"scaled to nothing", replicas("web", 0), 3, 0, 2},
	}
	for name, source := range map[string]func(listwatch.ListWatcher[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod]{
		"cache up to date": func(pods listwatch.ListWatcher[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod] { return pods },
		"cache behind":     func(pods listwatch.ListWatcher[*corev1.Pod]) listwatch.ListWatcher[*corev1.Pod] { return late{pods} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer()
				server.Play(fake.Script{Rules: []fake.Rule{
					{Verb: "create", Resource: "pods", To: 2, Fault: fake.Fault{Status: 503}},
				}})
				clientset := clientOf(t, server)
				pods := source(listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")))
				start(t, clientset, pods, clientset)
				for _, step := range steps {
					server.ForgetRequests()
					if err := step.do(t.Context(), clientset); err != nil {
						t.Fatal(err)
					}
					settle()
					if creates, deletes := count(server, "create"), count(server, "delete"); creates != step.creates || deletes != step.deletes {
						t.Errorf("%s: %d creates and %d deletes, want %d and %d", step.what, creates, deletes, step.creates, step.deletes)
					}
					left, err := clientset.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
					if err != nil {
						t.Fatal(err)
					}
					if got := len(left.Items); got != step.pods {
						t.Errorf("%s: %d pods, want %d", step.what, got, step.pods)
					}
				}
			})
		})
	}
}

// A write that never comes back is not waited for without end.
func TestControllerStopsExpecting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := newServer() // of which the cache hears nothing
		clientset := clientOf(t, newServer())
		start(t, clientset, listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")), clientOf(t, lost))
		if err := apply(t.Context(), clientset, "web", 1); err != nil {
			t.Fatal(err)
		}
		settle()
		if got := count(lost, "create"); got != 1 {
			t.Errorf("%d creates at first, want 1", got)
		}
		time.Sleep(expectFor)
		settle()
		if got := count(lost, "create"); got != 2 {
			t.Errorf("%d creates after %v, want 2", got, expectFor)
		}
	})
}

func clientOf(t *testing.T, server *fake.APIServer) *kubernetes.Clientset {
	t.Helper()
	clientset, err := kubernetes.NewForConfig(server.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	return clientset
}

// count says how many requests for pods there have been.
func count(server *fake.APIServer, verb string) (n int) {
	for _, request := range server.Requests() {
		if request.Verb == verb && request.Resource.Resource == "pods" {
			n++
		}
	}
	return n
}

// start runs a controller until the end of the test.
func start(t *testing.T, sets kubernetes.Interface, pods listwatch.ListWatcher[*corev1.Pod], writes kubernetes.Interface) {
	t.Helper()
	c, err := newController(listwatch.FromClient[*appsv1.ReplicaSet](sets.AppsV1().ReplicaSets("")), pods, writes.CoreV1(), t.Logf)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.run(t.Context(), 2) }() // that context ends before the cleanup
	t.Cleanup(func() {
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// settle lets virtual time pass, for retries and the queue's own timers.
func settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

type action = func(context.Context, kubernetes.Interface) error

func replicas(name string, count int32) action {
	return func(ctx context.Context, clientset kubernetes.Interface) error {
		return apply(ctx, clientset, name, count)
	}
}

// failOne lets one pod of web fail.
func failOne(ctx context.Context, clientset kubernetes.Interface) error {
	pods := clientset.CoreV1().Pods(namespace)
	found, err := pods.List(ctx, metav1.ListOptions{LabelSelector: "app=web", Limit: 1})
	if err != nil {
		return err
	}
	failed := &found.Items[0]
	failed.Status.Phase = corev1.PodFailed
	_, err = pods.UpdateStatus(ctx, failed, metav1.UpdateOptions{})
	return err
}
