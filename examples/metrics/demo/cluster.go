// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

const (
	count = 60
	odd   = "web-13" // a pod that informers cannot use

	pace    = time.Second / 20 // between two changes
	wellFor = 90 * time.Second
	illFor  = 20 * time.Second
)

// cluster is a server in memory, and what happens to it.
type cluster struct {
	server *fake.APIServer
	pods   *fake.Source[*corev1.Pod]
}

func newCluster() (*cluster, error) {
	server := fake.NewAPIServerWithOptions(fake.ServerOptions{BookmarkPeriod: time.Minute}, fake.Resource[*corev1.Pod]("", "v1", "pods"))
	source, err := fake.SourceOf[*corev1.Pod](server, pods)
	if err != nil {
		return nil, err
	}
	for i := range count {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: keyOf(i).Namespace, Name: keyOf(i).Name}}
		if _, err := source.Create(pod); err != nil {
			return nil, fmt.Errorf("making up pods: %w", err)
		}
	}
	server.Play(well)
	return &cluster{server, source}, nil
}

func keyOf(i int) store.Key {
	return store.Key{Namespace: [...]string{"shop", "bank", "mail"}[i%3], Name: fmt.Sprintf("web-%d", i)}
}

// traffic changes one pod after the other until ctx is done, and calls written with
// each new version.
func (c *cluster) traffic(ctx context.Context, written func(ctx context.Context, version string)) error {
	for i := 0; pause(ctx, pace); i++ {
		pod, found := c.pods.Get(keyOf(i % count))
		if !found {
			return fmt.Errorf("pod %s has gone", keyOf(i%count))
		}
		pod.Spec.NodeName = fmt.Sprintf("node-%d", i%17)
		pod.Status.Phase = [...]corev1.PodPhase{corev1.PodPending, corev1.PodRunning}[i%2]
		pod, err := c.pods.Update(pod)
		if err != nil {
			return err
		}
		written(ctx, pod.ResourceVersion)
	}
	return nil
}

// well and ill are how the server is, in turn. Streams that a script knows of are
// dropped when the next one begins.
var (
	well = fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{DropAfter: time.Hour}}}}
	ill  = fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Refuse: true}}}}
)

// trouble has the server refuse everybody once in a while, and forget meanwhile
// what was, so that all have to list again.
func (c *cluster) trouble(ctx context.Context) error {
	for pause(ctx, wellFor) {
		c.server.Play(ill)
		pause(ctx, illFor)
		c.server.Compact()
		c.server.Play(well)
	}
	return nil
}

// pause lets time pass, and reports whether it did so to the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
