// SPDX-License-Identifier: Apache-2.0

// Controller is the classic workqueue controller, typed from the cache to the
// queue: it keeps N pods for each ReplicaSet. It needs no cluster: it runs for a
// few seconds against sources in memory, and prints what it does.
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
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := demo(ctx, time.Second); err != nil {
		fmt.Fprintln(os.Stderr, "controller:", err)
		os.Exit(1)
	}
}

// demo runs the controller and, step by step, what a user might do.
func demo(ctx context.Context, step time.Duration) error {
	sets := fake.NewSource[*appsv1.ReplicaSet](fake.Options{Resource: appsv1.SchemeGroupVersion.WithResource("replicasets")})
	pods := fake.NewSource[*corev1.Pod](fake.Options{})
	began := time.Now()
	log := func(format string, args ...any) {
		fmt.Printf("%4.1fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	c, err := newController(sets, pods, pods, log)
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
			func() error { log("a user creates shop/web with 3 replicas"); return apply(sets, "web", 3) },
			func() error { log("a pod is deleted"); return deleteOne(pods) },
			func() error { log("a user scales shop/web to 1"); return apply(sets, "web", 1) },
			func() error { log("%d pod is left", pods.Len()); return nil },
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

// apply creates a ReplicaSet, or changes the number of its replicas.
func apply(sets *fake.Source[*appsv1.ReplicaSet], name string, replicas int32) error {
	labels := map[string]string{"app": name}
	set := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name},
		Spec: appsv1.ReplicaSetSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: labels}},
		},
	}
	write := sets.Update
	if _, exists := sets.Get(keyOf(set)); !exists {
		write = sets.Create
	}
	_, err := write(set)
	return err
}

// deleteOne deletes the first pod there is, as a person or a node's end would.
func deleteOne(pods *fake.Source[*corev1.Pod]) error {
	var first *corev1.Pod
	_, err := pods.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*corev1.Pod], _ error) {
		if first == nil {
			first = item.Object
		}
	})
	if err != nil || first == nil {
		return err
	}
	_, err = pods.Delete(keyOf(first))
	return err
}
