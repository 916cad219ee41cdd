// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/rand"
	typedcorev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/util/workqueue"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// controller keeps as many pods for each ReplicaSet as it asks for. It reads
// from two caches, and is told by them which ReplicaSet to look at.
type controller struct {
	sets     *informer.Informer[*appsv1.ReplicaSet]
	pods     *informer.Informer[*corev1.Pod]
	bySet    *index.Index[types.UID, *corev1.Pod] // pods by the UID of their controller
	client   typedcorev1.PodsGetter
	queue    workqueue.TypedRateLimitingInterface[store.Key]
	expected *expectations
	log      func(format string, args ...any)
}

func newController(
	sets listwatch.ListWatcher[*appsv1.ReplicaSet], pods listwatch.ListWatcher[*corev1.Pod],
	client typedcorev1.PodsGetter, log func(format string, args ...any),
) (*controller, error) {
	c := &controller{
		sets:     informer.New(sets, informer.Options{}),
		pods:     informer.New(pods, informer.Options{}),
		client:   client,
		queue:    workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[store.Key]()),
		expected: newExpectations(),
		log:      log,
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
		OnAdd: func(pod *corev1.Pod, _ bool) { c.notice(pod, !active(pod)) },
		OnUpdate: func(_, pod *corev1.Pod) {
			if !active(pod) {
				c.notice(pod, true)
			}
		},
		OnDelete: func(last *corev1.Pod, _ bool) { c.notice(last, true) },
	})
	return c, err
}

func keyOf(object metav1.Object) store.Key {
	return store.Key{Namespace: object.GetNamespace(), Name: object.GetName()}
}

// active says whether a pod counts: it has not ended, and is not about to.
func active(pod *corev1.Pod) bool {
	return pod.DeletionTimestamp == nil && pod.Status.Phase != corev1.PodSucceeded && pod.Status.Phase != corev1.PodFailed
}

// notice queues the ReplicaSet of a pod that has come or gone.
func (c *controller) notice(pod *corev1.Pod, gone bool) {
	owner := metav1.GetControllerOfNoCopy(pod)
	if owner == nil {
		return
	}
	c.expected.remove(owner.UID, write{pod: keyOf(pod)})
	if gone {
		c.expected.remove(owner.UID, write{pod: keyOf(pod), deleted: true})
	}
	c.queue.Add(store.Key{Namespace: pod.Namespace, Name: owner.Name})
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
			group.Go(func() error { c.work(ctx); return nil })
		}
		return nil
	})
	return group.Wait()
}

// work reconciles one key after the other until the queue is shut down.
func (c *controller) work(ctx context.Context) {
	for {
		key, shutdown := c.queue.Get()
		if shutdown {
			return
		}
		if err := c.reconcile(ctx, key); err != nil {
			c.log("%s: %v; will be tried again", key, err)
			c.queue.AddRateLimited(key)
		} else {
			c.queue.Forget(key)
		}
		c.queue.Done(key)
	}
}

// reconcile brings the number of pods of one ReplicaSet to what it asks for.
func (c *controller) reconcile(ctx context.Context, key store.Key) error {
	set, err := c.sets.Lister().Namespace(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		return nil // its pods are the garbage collector's
	}
	if err != nil {
		return err
	}
	if c.expected.pending(set.UID) {
		c.queue.AddAfter(key, expectFor) // or when what is expected has come
		return nil
	}
	pods := slices.DeleteFunc(c.bySet.List(set.UID), func(pod *corev1.Pod) bool { return !active(pod) })
	want := 1
	if set.Spec.Replicas != nil {
		want = max(0, int(*set.Spec.Replicas))
	}
	for range want - len(pods) {
		if err := c.createPod(ctx, set); err != nil {
			return err
		}
	}
	for _, pod := range pods[min(want, len(pods)):] {
		if err := c.deletePod(ctx, set, pod); err != nil {
			return err
		}
	}
	return nil
}

// expect comes before a write. A write that never comes back queues nothing, so
// the ReplicaSet is looked at again in any case.
func (c *controller) expect(set *appsv1.ReplicaSet, w write) {
	c.expected.add(set.UID, w)
	c.queue.AddAfter(keyOf(set), expectFor)
}

// createPod names the pod itself, and not by GenerateName, so that it can be
// expected by its name before it is there.
func (c *controller) createPod(ctx context.Context, set *appsv1.ReplicaSet) error {
	pod := &corev1.Pod{ObjectMeta: *set.Spec.Template.ObjectMeta.DeepCopy(), Spec: *set.Spec.Template.Spec.DeepCopy()}
	pod.Namespace, pod.Name = set.Namespace, set.Name+"-"+rand.String(5)
	pod.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(set, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))}
	expected := write{pod: keyOf(pod)}
	c.expect(set, expected)
	if _, err := c.client.Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		c.expected.remove(set.UID, expected)
		return fmt.Errorf("creating pod %s: %w", pod.Name, err)
	}
	c.log("%s: created %s", keyOf(set), pod.Name)
	return nil
}

func (c *controller) deletePod(ctx context.Context, set *appsv1.ReplicaSet, pod *corev1.Pod) error {
	expected := write{pod: keyOf(pod), deleted: true}
	c.expect(set, expected)
	err := c.client.Pods(pod.Namespace).Delete(ctx, pod.Name, metav1.DeleteOptions{})
	if err != nil {
		c.expected.remove(set.UID, expected)
	}
	switch {
	case apierrors.IsNotFound(err):
		return nil // somebody else was first
	case err != nil:
		return fmt.Errorf("deleting pod %s: %w", pod.Name, err)
	}
	c.log("%s: deleted %s", keyOf(set), pod.Name)
	return nil
}
