// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"

	"github.com/typedinformer/typedinformer/fake"
)

const (
	namespace = "shop"
	resources = 3 // that the program reads
)

// newServer has what the program needs of a cluster.
func newServer() *fake.APIServer {
	return fake.NewAPIServer(
		fake.Resource[*appsv1.Deployment]("apps", "v1", "deployments"),
		fake.Resource[*appsv1.ReplicaSet]("apps", "v1", "replicasets"),
		fake.Resource[*corev1.Pod]("", "v1", "pods"),
	)
}

// watches says how many a server was asked for.
func watches(server *fake.APIServer) (n int) {
	for _, request := range server.Requests() {
		if request.Verb == "watch" {
			n++
		}
	}
	return n
}

// step is something that others do, and how many pods are ready after it.
type step struct {
	text  string
	do    func(ctx context.Context) error
	ready int32
}

// story is a rollout, as the controllers of a cluster would do it.
func story(clientset kubernetes.Interface) []step {
	c := cluster{clientset}
	return []step{
		{"a user creates a deployment, and a replica set and two pods follow", c.start, 0},
		{"one pod is ready", c.ready("web-1-a"), 1},
		{"so is the other", c.ready("web-1-b"), 2},
		{"a new version: another replica set, with a pod that is ready at once", c.roll, 3},
		{"an old pod is deleted", c.remove("web-1-a"), 2},
		{"the other one too", c.remove("web-1-b"), 1},
	}
}

type cluster struct{ kubernetes.Interface }

func (c cluster) start(ctx context.Context) error {
	_, err := c.AppsV1().Deployments(namespace).Create(ctx, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "web"}}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	return c.createSet(ctx, "web-1", "web-1-a", "web-1-b")
}

func (c cluster) roll(ctx context.Context) error {
	if err := c.createSet(ctx, "web-2", "web-2-a"); err != nil {
		return err
	}
	return c.ready("web-2-a")(ctx)
}

// createSet creates a ReplicaSet of the deployment and its pods.
func (c cluster) createSet(ctx context.Context, name string, pods ...string) error {
	deployment, err := c.AppsV1().Deployments(namespace).Get(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	set, err := c.AppsV1().ReplicaSets(namespace).Create(ctx, &appsv1.ReplicaSet{ObjectMeta: owned(name, deployment, "Deployment")}, metav1.CreateOptions{})
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if _, err := c.CoreV1().Pods(namespace).Create(ctx, &corev1.Pod{ObjectMeta: owned(pod, set, "ReplicaSet")}, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func owned(name string, owner metav1.Object, kind string) metav1.ObjectMeta {
	gvk := schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: kind}
	return metav1.ObjectMeta{Name: name, OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(owner, gvk)}}
}

// ready is what a kubelet says of a pod.
func (c cluster) ready(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		pod, err := c.CoreV1().Pods(namespace).Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			return err
		}
		pod.Status.Conditions = append(pod.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionTrue})
		_, err = c.CoreV1().Pods(namespace).UpdateStatus(ctx, pod, metav1.UpdateOptions{})
		return err
	}
}

func (c cluster) remove(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		return c.CoreV1().Pods(namespace).Delete(ctx, name, metav1.DeleteOptions{})
	}
}
