// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// TestStory plays the story to the program, in virtual time: after each step the
// status is right, it is written only if it changes, and both parts live of one
// watch a resource.
func TestStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		clientset, err := kubernetes.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		lines := start(t, clientset)
		if n := watches(server); n != resources {
			t.Errorf("%d watches of %d resources", n, resources)
		}
		server.ForgetRequests()
		before := int32(0)
		for _, step := range story(clientset) {
			if err := step.do(t.Context()); err != nil {
				t.Fatalf("%s: %v", step.text, err)
			}
			settle()
			web, err := clientset.AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if web.Status.ReadyReplicas != step.ready {
				t.Errorf("%s: %d pods are ready by the status, want %d", step.text, web.Status.ReadyReplicas, step.ready)
			}
			// A write may come from a cache that does not show the one before: that
			// is a conflict, and no harm.
			if n := statusWrites(server); n > 0 != (step.ready != before) {
				t.Errorf("%s: the status was written %d times", step.text, n)
			}
			before = step.ready
			server.ForgetRequests()
		}
		got := *lines
		for i, line := range got {
			if !strings.HasPrefix(strings.TrimSpace(line), fmt.Sprint(i+1, " ")) {
				t.Errorf("line %d of the journal is %q", i+1, line)
			}
		}
		for _, want := range []string{"pod         shop/web-1-a gone", "replica set shop/web-2", "deployment  shop/web     3 pods are ready"} {
			if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, want) }) {
				t.Errorf("the journal does not say %q:\n%s", want, strings.Join(got, "\n"))
			}
		}
	})
}

// A write of the status that somebody else was quicker than is tried again.
func TestAConflictIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		server.Play(fake.Script{Rules: []fake.Rule{
			{Verb: "update", Resource: "deployments", To: 2, Fault: fake.Fault{Status: 409}},
		}})
		clientset, err := kubernetes.NewForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		start(t, clientset)
		for _, step := range story(clientset)[:2] {
			if err := step.do(t.Context()); err != nil {
				t.Fatalf("%s: %v", step.text, err)
			}
		}
		settle()
		web, err := clientset.AppsV1().Deployments(namespace).Get(t.Context(), "web", metav1.GetOptions{})
		if err != nil || web.Status.ReadyReplicas != 1 {
			t.Errorf("%d pods are ready by the status, want 1 (%v)", web.Status.ReadyReplicas, err)
		}
		if n := statusWrites(server); n != 3 {
			t.Errorf("the status was written %d times, want 3", n)
		}
	})
}

// start runs the program until the end of the test, and returns what it prints,
// to be read when nothing moves.
func start(t *testing.T, clientset kubernetes.Interface) (lines *[]string) {
	t.Helper()
	lines = &[]string{}
	ended := make(chan error, 1)
	go func() {
		ended <- run(t.Context(), informer.NewGroup(informer.GroupOptions{}), clientset, func(format string, args ...any) {
			*lines = append(*lines, fmt.Sprintf(format, args...))
		})
	}()
	t.Cleanup(func() { // the context has ended by now
		if err := <-ended; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	settle()
	return lines
}

// settle lets virtual time pass, for retries.
func settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

func statusWrites(server *fake.APIServer) (n int) {
	for _, request := range server.Requests() {
		if request.Verb == "update" && request.Resource.Resource == "deployments" {
			n++
		}
	}
	return n
}
