// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

var pods = corev1.SchemeGroupVersion.WithResource("pods")

// program is what a program has that shows the metrics of its informers: a group,
// an informer beside it, a collector of both and a registry.
type program struct {
	cluster   *cluster
	group     *informer.Group
	view      *informer.Informer[*corev1.Pod]
	collector *metrics.Collector
	registry  *prometheus.Registry
}

func newProgram() (*program, error) {
	cluster, err := newCluster()
	if err != nil {
		return nil, err
	}
	p := &program{
		cluster:   cluster,
		group:     newGroup(cluster.server),
		collector: metrics.NewCollector(metrics.Options{Parts: true}),
		registry:  prometheus.NewRegistry(),
	}
	if err := p.acquire(); err != nil {
		return nil, err
	}
	p.collector.AddGroup(p.group)
	p.collector.Add("running", p.view)
	return p, p.registry.Register(p.collector)
}

// newGroup returns the informers as any program has them, but for the server.
func newGroup(server *fake.APIServer) *informer.Group {
	group := informer.NewGroup(informer.GroupOptions{})
	informer.Provide(group, informer.Provider[*corev1.Pod]{
		Resource: pods,
		Source: func(scope informer.Scope) listwatch.ListWatcher[*corev1.Pod] {
			source := fake.ListWatcher[*corev1.Pod](server, pods, fake.Scope{Namespace: scope.Namespace})
			return listwatch.Map(source, checked)
		},
	})
	return group
}

var errOdd = errors.New("it is odd")

// checked cannot make sense of one of the pods, which goes into quarantine.
func checked(pod *corev1.Pod) (*corev1.Pod, error) {
	if pod.Name == odd {
		return nil, errOdd
	}
	return pod, nil
}

// acquire takes what the program reads: all pods, and those of two namespaces.
func (p *program) acquire() error {
	all, err := informer.Acquire[*corev1.Pod](p.group, informer.Scope{})
	if err != nil {
		return err
	}
	namespaces := &informer.NameSet{}
	some, err := informer.Acquire[*corev1.Pod](p.group, informer.Scope{Namespaces: namespaces})
	if err != nil {
		return err
	}
	p.view = informer.Filter(all, func(pod *corev1.Pod) bool { return pod.Status.Phase == corev1.PodRunning }, informer.ViewOptions[*corev1.Pod]{})
	calls := 0
	_, quickErr := all.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{
		OnUpdate: func(_, _ *corev1.Pod) {
			if calls++; calls%500 == 0 {
				panic("it does so once in a while")
			}
		},
	}, informer.HandlerOptions[*corev1.Pod]{Name: "quick"})
	_, slowErr := some.AddHandlerWithOptions(informer.HandlerFuncs[*corev1.Pod]{
		OnUpdate: func(_, _ *corev1.Pod) { time.Sleep(time.Second / 2) },
	}, informer.HandlerOptions[*corev1.Pod]{Name: "slow", Backlog: informer.Coalesce(10)})
	return errors.Join(quickErr, slowErr, namespaces.Set("shop", "bank"))
}

// run returns when all has ended.
func (p *program) run(ctx context.Context) error {
	owned, ctx := errgroup.WithContext(ctx)
	owned.Go(func() error { return p.group.Run(ctx) })
	owned.Go(func() error { return p.view.Run(ctx) })
	owned.Go(func() error { return p.cluster.trouble(ctx) })
	owned.Go(func() error { return p.cluster.traffic(ctx, p.readOwnWrite) })
	return owned.Wait()
}

// readOwnWrite waits for what was written, as a controller does that goes on from
// the cache. On a bad day it takes too long, which the metrics tell.
func (p *program) readOwnWrite(ctx context.Context, version string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_ = p.collector.ObserveWait(ctx, "traffic", func(ctx context.Context) error {
		return p.view.WaitForVersion(ctx, version)
	})
}
