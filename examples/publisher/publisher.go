// SPDX-License-Identifier: Apache-2.0

// Package publisher is a small controller, and publisher_test.go the way to test
// one: with a real clientset, a server in memory, and virtual time. It keeps a
// copy of one ConfigMap in every namespace, as Kubernetes does with the
// certificate of its API server.
package publisher

import (
	"context"
	"log/slog"
	"maps"
	"time"

	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/workqueue"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

const (
	// Name is that of the ConfigMap and of its copies.
	Name = "root-ca"
	// Home is the namespace of the one that is copied.
	Home = "kube-system"
)

// firstRetry doubles with each further failure of a namespace, up to lastRetry.
const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

// Publisher keeps the copies. Programs look at its informers, but change nothing
// about them.
type Publisher struct {
	Namespaces *informer.Informer[*corev1.Namespace]
	ConfigMaps *informer.Informer[*corev1.ConfigMap] // those with the name

	clientset kubernetes.Interface
	queue     workqueue.TypedRateLimitingInterface[string] // names of namespaces
	logger    *slog.Logger
}

// New makes a publisher; Run starts it.
func New(clientset kubernetes.Interface, logger *slog.Logger) (*Publisher, error) {
	core, options := clientset.CoreV1(), informer.Options{Logger: logger}
	p := &Publisher{
		Namespaces: informer.New(listwatch.FromClient[*corev1.Namespace](core.Namespaces()), options),
		ConfigMaps: informer.New(listwatch.FromClient[*corev1.ConfigMap](core.ConfigMaps(""), listwatch.Options{FieldSelector: "metadata.name=" + Name}), options),
		clientset:  clientset,
		queue:      workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[string](firstRetry, lastRetry)),
		logger:     logger,
	}
	if _, err := p.Namespaces.AddHandler(informer.HandlerFuncs[*corev1.Namespace]{
		OnAdd:    func(namespace *corev1.Namespace, _ bool) { p.queue.Add(namespace.Name) },
		OnUpdate: func(_, namespace *corev1.Namespace) { p.queue.Add(namespace.Name) },
	}); err != nil {
		return nil, err
	}
	_, err := p.ConfigMaps.AddHandler(informer.HandlerFuncs[*corev1.ConfigMap]{
		OnAdd:    func(changed *corev1.ConfigMap, _ bool) { p.notice(changed) },
		OnUpdate: func(_, changed *corev1.ConfigMap) { p.notice(changed) },
		OnDelete: func(last *corev1.ConfigMap, _ bool) { p.notice(last) },
	})
	return p, err
}

// notice queues the namespaces that a change of a ConfigMap is about.
func (p *Publisher) notice(changed *corev1.ConfigMap) {
	if changed.Namespace != Home {
		p.queue.Add(changed.Namespace)
		return
	}
	for namespace := range p.Namespaces.Reader().All() {
		p.queue.Add(namespace.Name)
	}
}

// Run publishes until ctx is done. Everything it starts has ended when it
// returns.
func (p *Publisher) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.Namespaces.Run(ctx) })
	group.Go(func() error { return p.ConfigMaps.Run(ctx) })
	group.Go(func() error {
		<-ctx.Done()
		p.queue.ShutDown()
		return nil
	})
	group.Go(func() error {
		if p.WaitForSync(ctx) == nil { // else ctx has ended, or an informer has, with an error
			p.work(ctx)
		}
		return nil
	})
	return group.Wait()
}

// WaitForSync waits until both caches are full. The error says why they are not.
func (p *Publisher) WaitForSync(ctx context.Context) error {
	if err := p.Namespaces.WaitForSync(ctx); err != nil {
		return err
	}
	return p.ConfigMaps.WaitForSync(ctx)
}

// work takes one namespace after the other until the queue is shut down.
func (p *Publisher) work(ctx context.Context) {
	for {
		namespace, shutdown := p.queue.Get()
		if shutdown {
			return
		}
		if err := p.reconcile(ctx, namespace); err != nil {
			p.logger.Warn("publishing failed, and will be tried again", "namespace", namespace, "err", err)
			p.queue.AddRateLimited(namespace)
		} else {
			p.queue.Forget(namespace)
		}
		p.queue.Done(namespace)
	}
}

// reconcile makes the copy in a namespace what it has to be.
func (p *Publisher) reconcile(ctx context.Context, namespace string) error {
	original, published := p.ConfigMaps.Reader().Get(store.Key{Namespace: Home, Name: Name})
	_, exists := p.Namespaces.Reader().Get(store.Key{Name: namespace})
	if !published || !exists || namespace == Home {
		return nil
	}
	client := p.clientset.CoreV1().ConfigMaps(namespace)
	found, exists := p.ConfigMaps.Reader().Get(store.Key{Namespace: namespace, Name: Name})
	if !exists {
		_, err := client.Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: Name},
			Data:       original.Data,
		}, metav1.CreateOptions{})
		if apierrors.IsAlreadyExists(err) {
			return nil // the cache is behind: when it sees the copy, the namespace comes again
		}
		return err
	}
	if maps.Equal(found.Data, original.Data) {
		return nil
	}
	mended := found.DeepCopy() // what the cache holds is everybody's
	mended.Data = original.Data
	_, err := client.Update(ctx, mended, metav1.UpdateOptions{})
	return err
}
