// SPDX-License-Identifier: Apache-2.0

//go:build e2e

package main

import (
	"context"
	"os"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// TestOnAServer runs the controller in the NAMESPACE of the server of KUBECONFIG,
// which has no other controllers; make e2e starts one.
func TestOnAServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	namespace := os.Getenv("NAMESPACE")
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		t.Fatal(err)
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	sets, pods := clientset.AppsV1().ReplicaSets(namespace), clientset.CoreV1().Pods(namespace)
	c, err := newController(
		listwatch.FromClient[*appsv1.ReplicaSet](sets), listwatch.FromClient[*corev1.Pod](pods),
		clientset.CoreV1(), t.Logf,
	)
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.run(running, 2) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()

	set, err := sets.Create(ctx, replicaSet(3), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	three := func(there map[string]bool) bool { return len(there) == 3 }
	awaitPods(ctx, t, c.pods, three)
	lost := c.bySet.List(set.UID)[0].Name
	if err := pods.Delete(ctx, lost, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitPods(ctx, t, c.pods, func(there map[string]bool) bool { return three(there) && !there[lost] })
	set.Spec.Replicas = new(int32(1))
	if _, err := sets.Update(ctx, set, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	awaitPods(ctx, t, c.pods, func(there map[string]bool) bool { return len(there) == 1 })
}

func replicaSet(replicas int32) *appsv1.ReplicaSet {
	labels := map[string]string{"app": "web"}
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "example.com/web:1"}}},
			},
		},
	}
}

// awaitPods reads the events of pods until what is there is what is wanted.
func awaitPods(ctx context.Context, t *testing.T, pods *informer.Informer[*corev1.Pod], wanted func(there map[string]bool) bool) {
	t.Helper()
	there, synced := map[string]bool{}, false
	for event := range pods.Events(ctx) {
		switch event.Type {
		case informer.Synced:
			synced = true
		case informer.Deleted:
			delete(there, event.Key.Name)
		default:
			there[event.Key.Name] = true
		}
		if synced && wanted(there) {
			return
		}
	}
	t.Fatalf("%v; these pods are there: %v", ctx.Err(), there)
}
