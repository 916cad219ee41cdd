// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

func testForbidden(t *testing.T, server *server) {
	namespace := server.namespace(deadline(t), t)
	nobody := server.clientset(t, func(config *rest.Config) { config.Impersonate.UserName = "nobody" })
	err := notSynced(t, listwatch.FromClient[*corev1.Pod](nobody.CoreV1().Pods(namespace)))
	if !apierrors.IsForbidden(err) {
		t.Errorf("IsForbidden does not see that this is one: %v", err)
	}
	for _, said := range []string{"forbidden", "pods", `"nobody"`, namespace} {
		if !strings.Contains(err.Error(), said) {
			t.Errorf("the error does not say %s: %v", said, err)
		}
	}
}

func testUnknownResource(t *testing.T, server *server) {
	client, err := dynamic.NewForConfig(server.config)
	if err != nil {
		t.Fatal(err)
	}
	resource := schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "widgets"}
	err = notSynced(t, listwatch.FromClient[*unstructured.Unstructured](client.Resource(resource), listwatch.Options{Resource: resource}))
	if !apierrors.IsNotFound(err) {
		t.Errorf("IsNotFound does not see that this is one: %v", err)
	}
	for _, said := range []string{"widgets.example.com", "could not find the requested resource"} {
		if !strings.Contains(err.Error(), said) {
			t.Errorf("the error does not say %s: %v", said, err)
		}
	}
}

// notSynced runs an informer until its source has failed, gives up waiting for
// sync then, and returns what WaitForSync says.
func notSynced[T metav1.Object](t *testing.T, source listwatch.ListWatcher[T]) error {
	t.Helper()
	ctx, stop := context.WithCancel(deadline(t))
	waiting, giveUp := context.WithCancelCause(ctx)
	enough := errors.New("the first error is enough")
	inf := informer.New(source, informer.Options{OnError: func(error) { giveUp(enough) }})
	ended := make(chan error, 1)
	go func() { ended <- inf.Run(ctx) }()
	err := inf.WaitForSync(waiting)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
	if !errors.Is(err, enough) {
		t.Fatalf("WaitForSync returned %v", err)
	}
	return err
}
