// SPDX-License-Identifier: Apache-2.0

package upstream_test

import (
	"context"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/controller-manager/pkg/informerfactory"
	"k8s.io/kubernetes/pkg/controller/deployment"
	"k8s.io/kubernetes/pkg/controller/garbagecollector"
	"k8s.io/kubernetes/pkg/controller/replicaset"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/informer/clientgo/factories"
	"github.com/typedinformer/typedinformer/listwatch"
)

// factoriesOf are what the controllers get their informers from.
type factoriesOf struct {
	typed    informers.SharedInformerFactory
	metadata metadatainformer.SharedInformerFactory
}

// clientGos are factories as they come.
func clientGos(_ *testing.T, clientset kubernetes.Interface, client metadata.Interface) factoriesOf {
	return factoriesOf{
		informers.NewSharedInformerFactory(clientset, 0),
		metadatainformer.NewSharedInformerFactory(client, 0),
	}
}

// ours have this library's informers of everything that the controllers ask for.
func ours(t *testing.T, clientset kubernetes.Interface, client metadata.Interface) factoriesOf {
	t.Helper()
	factory := informers.NewSharedInformerFactory(clientset, 0)
	install(t, factory, listwatch.FromClient[*appsv1.Deployment](clientset.AppsV1().Deployments("")))
	install(t, factory, listwatch.FromClient[*appsv1.ReplicaSet](clientset.AppsV1().ReplicaSets("")))
	install(t, factory, listwatch.FromClient[*corev1.Pod](clientset.CoreV1().Pods("")))
	install(t, factory, listwatch.FromClient[*corev1.ConfigMap](clientset.CoreV1().ConfigMaps("")))
	return factoriesOf{factory, factories.Metadata(client, factories.Options{})}
}

func install[T runtime.Object](t *testing.T, factory informers.SharedInformerFactory, source listwatch.ListWatcher[T]) {
	t.Helper()
	inf := informer.New(source, informer.Options{OnError: func(err error) { t.Logf("an informer reports: %v", err) }})
	if err := clientgo.Install(factory, inf); err != nil {
		t.Fatal(err)
	}
}

// controllers runs those of Deployments and ReplicaSets and the garbage collector,
// until stop is called.
func controllers(ctx context.Context, t *testing.T, config *rest.Config, from func(*testing.T, kubernetes.Interface, metadata.Interface) factoriesOf) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	clientset := must(kubernetes.NewForConfig(config))(t)
	client := must(metadata.NewForConfig(config))(t)
	shared := from(t, clientset, client)
	apps, pods := shared.typed.Apps().V1(), shared.typed.Core().V1().Pods()
	started := make(chan struct{})

	deployments := must(deployment.NewDeploymentController(ctx, apps.Deployments(), apps.ReplicaSets(), pods, clientset))(t)
	replicaSets := replicaset.NewReplicaSetController(ctx, apps.ReplicaSets(), pods, clientset, replicaset.BurstReplicas)
	collector := must(garbagecollector.NewGarbageCollector(ctx, clientset, client,
		restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(clientset.Discovery())),
		garbagecollector.DefaultIgnoredResources(),
		informerfactory.NewInformerFactory(shared.typed, shared.metadata), started))(t)

	shared.typed.Start(ctx.Done())
	shared.metadata.Start(ctx.Done())
	close(started)
	var running sync.WaitGroup
	running.Go(func() { deployments.Run(ctx, 2) })
	running.Go(func() { replicaSets.Run(ctx, 2) })
	running.Go(func() { collector.Run(ctx, 2, time.Minute) })
	running.Go(func() { collector.Sync(ctx, clientset.Discovery(), time.Minute) })
	return func() {
		cancel()
		running.Wait()
		shared.typed.Shutdown()
		shared.metadata.Shutdown()
	}
}

func must[V any](value V, err error) func(*testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
