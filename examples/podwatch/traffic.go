// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

var (
	namespaces = []string{"bank", "blog", "mail", "shop"}
	apps       = []string{"api", "cache", "db", "web"}
)

const nodes = 6

// traffic makes up what happens in a cluster: pods are created, scheduled, run,
// end and are deleted.
type traffic struct {
	pods    *fake.Source[*corev1.Pod]
	keys    []store.Key // of the pods there are
	created int
	pause   sync.Mutex // held by who wants nothing to change
}

func newTraffic(pods *fake.Source[*corev1.Pod]) *traffic { return &traffic{pods: pods} }

func (t *traffic) seed(count int) error {
	for range count {
		pod := t.newPod()
		schedule(pod)
		if err := t.create(pod); err != nil {
			return err
		}
	}
	return nil
}

// run makes a change rate times a second until ctx is done.
func (t *traffic) run(ctx context.Context, rate float64) error {
	ticker := time.NewTicker(max(time.Duration(float64(time.Second)/rate), time.Microsecond))
	defer ticker.Stop()
	goal := len(t.keys)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			t.pause.Lock()
			err := t.change(goal)
			t.pause.Unlock()
			if err != nil {
				return fmt.Errorf("making up traffic: %w", err)
			}
		}
	}
}

// change creates a pod or moves one on, so that there are about goal of them.
func (t *traffic) change(goal int) error {
	if len(t.keys) == 0 || rand.IntN(2*max(goal, 1)) > len(t.keys)+goal/2 {
		return t.create(t.newPod())
	}
	at := rand.IntN(len(t.keys))
	pod, found := t.pods.Get(t.keys[at])
	if !found {
		return fmt.Errorf("pod %s has gone", t.keys[at])
	}
	switch pod.Status.Phase {
	case corev1.PodPending:
		schedule(pod)
	case corev1.PodRunning:
		pod.Status.Phase = corev1.PodSucceeded
		if rand.IntN(4) == 0 {
			pod.Status.Phase = corev1.PodFailed
		}
	default:
		_, err := t.pods.Delete(t.keys[at])
		t.keys = slices.Delete(t.keys, at, at+1)
		return err
	}
	_, err := t.pods.Update(pod)
	return err
}

func (t *traffic) newPod() *corev1.Pod {
	t.created++
	app := apps[rand.IntN(len(apps))]
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespaces[rand.IntN(len(namespaces))],
			Name:      fmt.Sprintf("%s-%04d", app, t.created),
			Labels:    map[string]string{"app": app},
		},
		Spec:   specOf(app),
		Status: corev1.PodStatus{Phase: corev1.PodPending},
	}
}

func schedule(pod *corev1.Pod) {
	pod.Spec.NodeName = fmt.Sprintf("node-%d", 1+rand.IntN(nodes))
	pod.Status.Phase = corev1.PodRunning
}

func (t *traffic) create(pod *corev1.Pod) error {
	if _, err := t.pods.Create(pod); err != nil {
		return err
	}
	t.keys = append(t.keys, store.Key{Namespace: pod.Namespace, Name: pod.Name})
	return nil
}
