// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// podClient is what the controller needs of a client to write pods.
type podClient interface {
	Create(pod *corev1.Pod) (*corev1.Pod, error)
	Delete(key store.Key) (*corev1.Pod, error)
}

// controller keeps as many pods for each ReplicaSet as it asks for. It reads
// from two caches, and is told by them which ReplicaSet to look at.
type controller struct {
	sets    *informer.Informer[*appsv1.ReplicaSet]
	pods    *informer.Informer[*corev1.Pod]
	bySet   *index.Index[types.UID, *corev1.Pod] // pods by the UID of their controller
	client  podClient
	queue   workqueue.TypedRateLimitingInterface[store.Key]
	created *expectations
	log     func(format string, args ...any)
}

func newController(
	sets listwatch.ListWatcher[*appsv1.ReplicaSet], pods listwatch.ListWatcher[*corev1.Pod],
	client podClient, log func(format string, args ...any),
) (*controller, error) {
	c := &controller{
		sets:    informer.New(sets, informer.Options{}),
		pods:    informer.New(pods, informer.Options{}),
		client:  client,
		queue:   workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[store.Key]()),
		created: newExpectations(),
		log:     log,
	}
	var err error
	if c.bySet, err = index.AddController(c.pods.Indexer()); err != nil {
		return nil, err
	}
	if _, err = c.sets.AddHandler(informer.HandlerFuncs[*appsv1.ReplicaSet]{
		OnAdd:    func(set *appsv1.ReplicaSet, _ bool) { c.queue.Add(keyOf(set)) },
		OnUpdate: func(_, set *appsv1.ReplicaSet) { c.queue.Add(keyOf(set)) },
		OnDelete: func(last *appsv1.ReplicaSet, _ bool) { c.queue.Add(keyOf(last)) },
	}); err != nil {
		return nil, err
	}
	_, err = c.pods.AddHandler(informer.HandlerFuncs[*corev1.Pod]{
		OnAdd: func(pod *corev1.Pod, _ bool) {
			c.created.seen(pod.Name)
			c.enqueueOwner(pod)
		},
		OnDelete: func(last *corev1.Pod, _ bool) { c.enqueueOwner(last) },
	})
	return c, err
}

func keyOf(object metav1.Object) store.Key {
	return store.Key{Namespace: object.GetNamespace(), Name: object.GetName()}
}

func (c *controller) enqueueOwner(pod *corev1.Pod) {
	if owner := metav1.GetControllerOfNoCopy(pod); owner != nil {
		c.queue.Add(store.Key{Namespace: pod.Namespace, Name: owner.Name})
	}
}

// run reconciles until ctx is done. Everything it starts has ended when it
// returns.
func (c *controller) run(ctx context.Context, workers int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return c.sets.Run(ctx) })
	group.Go(func() error { return c.pods.Run(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		c.queue.ShutDown()
		return nil
	})
	group.Go(func() error {
		// A worker that began before the caches are full would create pods that
		// are there already.
		for _, wait := range []func(context.Context) error{c.sets.WaitForSync, c.pods.WaitForSync} {
			if err := wait(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				return err
			}
		}
		for range workers {
			group.Go(func() error { c.work(); return nil })
		}
		return nil
	})
	return group.Wait()
}

// work reconciles one key after the other until the queue is shut down.
func (c *controller) work() {
	for {
		key, shutdown := c.queue.Get()
		if shutdown {
			return
		}
		if err := c.reconcile(key); err != nil {
			c.log("%s: %v; will be tried again", key, err)
			c.queue.AddRateLimited(key)
		} else {
			c.queue.Forget(key)
		}
		c.queue.Done(key)
	}
}

// reconcile brings the number of pods of one ReplicaSet to what it asks for.
func (c *controller) reconcile(key store.Key) error {
	set, err := c.sets.Lister().Namespace(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		return nil // its pods are the garbage collector's
	}
	if err != nil {
		return err
	}
	pods := c.bySet.List(set.UID)
	have := len(pods) + c.created.pending(key)
	want := 1
	if set.Spec.Replicas != nil {
		want = int(*set.Spec.Replicas)
	}
	for ; have < want; have++ {
		if err := c.createPod(set); err != nil {
			return err
		}
	}
	for ; have > want && len(pods) > 0; have-- {
		doomed := keyOf(pods[len(pods)-1])
		pods = pods[:len(pods)-1]
		if _, err := c.client.Delete(doomed); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("deleting pod %s: %w", doomed, err)
		}
		c.log("%s: deleted %s", key, doomed.Name)
	}
	return nil
}

func (c *controller) createPod(set *appsv1.ReplicaSet) error {
	pod := &corev1.Pod{ObjectMeta: *set.Spec.Template.ObjectMeta.DeepCopy(), Spec: *set.Spec.Template.Spec.DeepCopy()}
	pod.Namespace, pod.GenerateName = set.Namespace, set.Name+"-"
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))}
	made, err := c.created.create(keyOf(set), func() (*corev1.Pod, error) { return c.client.Create(pod) })
	if err != nil {
		return fmt.Errorf("creating a pod: %w", err)
	}
	c.log("%s: created %s", keyOf(set), made.Name)
	return nil
}
