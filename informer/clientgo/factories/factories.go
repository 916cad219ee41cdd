// SPDX-License-Identifier: Apache-2.0

// Package factories has the factories of client-go that make informers by resource
// and let nobody else make them: those of unstructured objects and of metadata. The
// factories of generated clients take informers of this library by
// [clientgo.Install].
//
//	factory := factories.Dynamic(client, factories.Options{})
//	widgets := factory.ForResource(widgetsResource) // cached once, whoever asks
//	factory.Start(ctx.Done())
//	factory.WaitForCacheSync(ctx.Done())
//	found, err := widgets.Lister().ByNamespace("shop").Get("anvil")
package factories

import (
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/listwatch"
)

// Options are the options of a factory. The zero value works.
type Options struct {
	// Namespace confines the factory. Empty means all namespaces.
	Namespace string
	// LabelSelector and FieldSelector confine each informer.
	LabelSelector, FieldSelector string
	// Resync is the period of handlers that have none of their own. Zero means
	// never.
	Resync time.Duration
	// Informer are the options of each informer; its Resource is set.
	Informer informer.Options
}

// Dynamic returns a factory of informers of unstructured objects. It is safe for
// concurrent use by multiple goroutines.
func Dynamic(client dynamic.Interface, options Options) dynamicinformer.DynamicSharedInformerFactory {
	return newFactory(func(resource schema.GroupVersionResource) listwatch.ListWatcher[*unstructured.Unstructured] {
		return listwatch.FromClient[*unstructured.Unstructured](
			dynamic.ResourceInterface(client.Resource(resource).Namespace(options.Namespace)), options.source(resource))
	}, options)
}

// Metadata returns a factory of informers of the metadata of objects. It is safe for
// concurrent use by multiple goroutines.
func Metadata(client metadata.Interface, options Options) metadatainformer.SharedInformerFactory {
	return newFactory(func(resource schema.GroupVersionResource) listwatch.ListWatcher[*metav1.PartialObjectMetadata] {
		return listwatch.FromClient[*metav1.PartialObjectMetadata](
			metadata.ResourceInterface(client.Resource(resource).Namespace(options.Namespace)), options.source(resource))
	}, options)
}

func (o Options) source(resource schema.GroupVersionResource) listwatch.Options {
	return listwatch.Options{Resource: resource, LabelSelector: o.LabelSelector, FieldSelector: o.FieldSelector}
}

// factory has an informer of each resource that was asked for.
type factory[T any] struct {
	source  func(schema.GroupVersionResource) listwatch.ListWatcher[T]
	options Options
	owned   sync.WaitGroup

	mu        sync.Mutex // guards what follows
	informers map[schema.GroupVersionResource]*generic
	down      bool
}

func newFactory[T any](source func(schema.GroupVersionResource) listwatch.ListWatcher[T], options Options) *factory[T] {
	return &factory[T]{source: source, options: options, informers: map[schema.GroupVersionResource]*generic{}}
}

// generic is what a factory has for a resource.
type generic struct {
	informer cache.SharedIndexInformer
	resource schema.GroupResource
	started  bool
}

func (g *generic) Informer() cache.SharedIndexInformer { return g.informer }

func (g *generic) Lister() cache.GenericLister {
	return cache.NewGenericLister(g.informer.GetIndexer(), g.resource)
}

func (f *factory[T]) ForResource(resource schema.GroupVersionResource) informers.GenericInformer {
	f.mu.Lock()
	defer f.mu.Unlock()
	if held, ok := f.informers[resource]; ok {
		return held
	}
	options := f.options.Informer
	options.Resource = resource
	made := &generic{
		informer: clientgo.Shared(informer.New(f.source(resource), options), clientgo.Options{Resync: f.options.Resync}),
		resource: resource.GroupResource(),
	}
	f.informers[resource] = made
	return made
}

func (f *factory[T]) Start(stopCh <-chan struct{}) {
	ctx := wait.ContextForChannel(stopCh)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down {
		return
	}
	for _, g := range f.informers {
		if !g.started {
			g.started = true
			f.owned.Go(func() { g.informer.RunWithContext(ctx) })
		}
	}
}

// WaitForCacheSync waits for the informers that have been started.
func (f *factory[T]) WaitForCacheSync(stopCh <-chan struct{}) map[schema.GroupVersionResource]bool {
	synced := map[schema.GroupVersionResource]bool{}
	for resource, checker := range f.started() {
		select {
		case <-checker.Done():
		case <-stopCh:
		}
		synced[resource] = cache.IsDone(checker)
	}
	return synced
}

func (f *factory[T]) started() map[schema.GroupVersionResource]cache.DoneChecker {
	f.mu.Lock()
	defer f.mu.Unlock()
	started := map[schema.GroupVersionResource]cache.DoneChecker{}
	for resource, g := range f.informers {
		if g.started {
			started[resource] = g.informer.HasSyncedChecker()
		}
	}
	return started
}

func (f *factory[T]) Shutdown() {
	f.mu.Lock()
	f.down = true
	f.mu.Unlock()
	f.owned.Wait()
}
