// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	typedappsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// summary keeps, in the status of each Deployment, how many of its pods are
// ready, whichever of its ReplicaSets they are of.
type summary struct {
	informer.Reconciler[store.Key] // of Deployments

	deployments *informer.Handle[*appsv1.Deployment]
	sets        *informer.Handle[*appsv1.ReplicaSet]
	pods        *informer.Handle[*corev1.Pod]
	setsOf      *index.Index[types.UID, *appsv1.ReplicaSet] // by the UID of their controller
	podsOf      *index.Index[types.UID, *corev1.Pod]        // the same
	client      typedappsv1.DeploymentsGetter
}

func newSummary(group *informer.Group, client typedappsv1.DeploymentsGetter) (*summary, error) {
	s := &summary{client: client}
	s.Name, s.Workers, s.Reconcile = "deployments", 2, s.reconcile
	var failures [8]error
	s.deployments, failures[0] = informer.Get[*appsv1.Deployment](group)
	s.sets, failures[1] = informer.Get[*appsv1.ReplicaSet](group)
	s.pods, failures[2] = informer.Get[*corev1.Pod](group)
	if err := errors.Join(failures[:]...); err != nil {
		return nil, err
	}
	s.setsOf, failures[3] = index.AddController(s.sets.Indexer())
	s.podsOf, failures[4] = index.AddController(s.pods.Indexer())
	_, failures[5] = informer.Enqueue(s.deployments, s)
	_, failures[6] = informer.EnqueueController(s.sets, informer.Owner{Group: "apps", Kind: "Deployment"}, s)
	_, failures[7] = informer.EnqueueFunc(s.pods, s, s.deploymentOf)
	return s, errors.Join(failures[:]...)
}

func (s *summary) release() {
	s.deployments.Release()
	s.sets.Release()
	s.pods.Release()
}

// deploymentOf queues the controller of a pod's controller. If that is not in
// its cache yet, it is queued by it when it comes.
func (s *summary) deploymentOf(pod *corev1.Pod, add func(store.Key)) {
	reference := metav1.GetControllerOfNoCopy(pod)
	if reference == nil {
		return
	}
	set, found := s.sets.Reader().Get(store.Key{Namespace: pod.Namespace, Name: reference.Name})
	if !found {
		return
	}
	if reference = metav1.GetControllerOfNoCopy(set); reference != nil {
		add(store.Key{Namespace: pod.Namespace, Name: reference.Name})
	}
}

// reconcile is what is left to write of a controller.
func (s *summary) reconcile(ctx context.Context, key store.Key) error {
	deployment, found := s.deployments.Reader().Get(key)
	if !found {
		return nil // it is gone, and its status with it
	}
	var ready int32
	for set := range s.setsOf.Get(deployment.UID) {
		for pod := range s.podsOf.Get(set.UID) {
			if isReady(pod) {
				ready++
			}
		}
	}
	if deployment.Status.ReadyReplicas == ready {
		return nil
	}
	changed := deployment.DeepCopy() // what is in a cache belongs to all
	changed.Status.ReadyReplicas = ready
	_, err := s.client.Deployments(key.Namespace).UpdateStatus(ctx, changed, metav1.UpdateOptions{})
	return err // also a conflict: by the next try the newer state is in the cache
}

func isReady(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(condition corev1.PodCondition) bool {
		return condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue
	})
}
