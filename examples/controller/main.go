// SPDX-License-Identifier: Apache-2.0

// Controller is the classic workqueue controller, typed from the cache to the
// queue: it keeps N pods for each ReplicaSet. It needs no cluster: it runs for a
// few seconds against a server in memory, and prints what it does.
//
//	go run ./controller
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "controller:", err)
		os.Exit(1)
	}
}

// newServer has what the controller needs of a cluster.
func newServer() *fake.APIServer {
	return fake.NewAPIServer(
		fake.Resource[*appsv1.ReplicaSet]("apps", "v1", "replicasets"),
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
	)
}

// demo runs the controller and, step by step, what a user might do.
func demo(ctx context.Context, step time.Duration) error {
	clientset, err := kubernetes.NewForConfig(newServer().RESTConfig())
	if err != nil {
		return err
	}
	began := time.Now()
	log := func(format string, args ...any) {
		fmt.Printf("%4.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	c, err := newController(
		listwatch.FromClient[*appsv1.ReplicaSet](clientset.AppsV1().ReplicaSets("")),
		listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")),
		clientset.CoreV1(), log,
	)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	group.Go(func() error { return c.run(ctx, 2) })
	group.Go(func() error {
		defer cancel()
		for _, act := range []func() error{
			func() error { log("a user creates shop/web with 3 replicas"); return apply(ctx, clientset, "web", 3) },
			func() error { log("a pod is deleted"); return deleteOne(ctx, clientset) },
			func() error { log("a user scales shop/web to 1"); return apply(ctx, clientset, "web", 1) },
			func() error { log("%d pod is left", c.pods.Reader().Len()); return nil },
		} {
			if err := act(); err != nil {
				return err
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(step):
			}
		}
		return nil
	})
	return group.Wait()
}

const namespace = "shop"

// apply creates a ReplicaSet, or changes the number of its replicas.
func apply(ctx context.Context, clientset kubernetes.Interface, name string, replicas int32) error {
	labels := map[string]string{"app": name}
	set := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
	sets := clientset.AppsV1().ReplicaSets(namespace)
	_, err := sets.Create(ctx, set, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		_, err = sets.Update(ctx, set, metav1.UpdateOptions{})
	}
	return err
}

// deleteOne deletes the first pod there is, as a person or a node's end would.
func deleteOne(ctx context.Context, clientset kubernetes.Interface) error {
	pods := clientset.CoreV1().Pods(namespace)
	first, err := pods.List(ctx, metav1.ListOptions{Limit: 1})
	if err != nil || len(first.Items) == 0 {
		return err
	}
	return pods.Delete(ctx, first.Items[0].Name, metav1.DeleteOptions{})
}
