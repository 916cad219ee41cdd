// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// NewOverNamespaces returns an informer of the namespaces in a set, which may
// change while it runs: it is for those who may not, or do not want to, read all
// of a cluster. source makes the source of one namespace; it is called once
// whenever a name joins the set, and at the call for one that is in it, to ask what
// it is of. It must not call the informer.
//
// Each namespace has a list, a watch and a version of its own. One that is added
// arrives as adds that say they are initial; one that is removed goes as deletes
// that are not final. The others see no request and no change of that.
//
// [Informer.Synced] is closed when all that are in the set when Run begins have
// been listed, those that are removed meanwhile left out, and handlers begin then:
// a namespace that may not be read holds up the sync, but no other's updates
// after it. Options hold for each namespace; if the set is empty at the call and
// the source is one that says what it is of, give Options.Resource.
//
// It takes a goroutine and a watch for each namespace: with more than a few dozen
// of them consider one watch of all.
func NewOverNamespaces[T any](set *NameSet, source func(namespace string) listwatch.ListWatcher[T], options Options) *Informer[T] {
	inf := newOver(set, source, options)
	if inf.broken != nil {
		return inf
	}
	inf.territory.objects = inf.indexer.Namespaces()
	inf.territory.partOf = func(key store.Key) string { return key.Namespace }
	inf.territory.confine = func(namespace string, source listwatch.ListWatcher[T]) listwatch.ListWatcher[T] {
		return within[T]{source, namespace, inf.gvr, inf.report}
	}
	return inf
}

// ClusterIndex is the name of the index that an informer of [NewOverClusters]
// has: of objects by the name of their cluster.
const ClusterIndex = "cluster"

// NewOverClusters returns an informer of the clusters in a set: several API
// servers as one, with a part for each as with [NewOverNamespaces]. source makes
// the source of one cluster.
//
// Two clusters may have objects of one name, so a key has the name of its cluster
// in it: the namespace of "shop/web" in the cluster east is "east:shop"; see
// [ClusterKey]. Listers and events go by that; the objects themselves are as
// their clusters sent them. The index [ClusterIndex] finds the objects of a cluster.
// Options.MinVersion does not fit several servers and is best left empty.
func NewOverClusters[T any](set *NameSet, source func(cluster string) listwatch.ListWatcher[T], options Options) *Informer[T] {
	inf := newOver(set, source, options)
	if inf.broken != nil {
		return inf
	}
	inf.territory.objects, inf.broken = index.AddByKey(inf.indexer, ClusterIndex, func(key store.Key) (string, bool) {
		return clusterOf(key), true
	})
	inf.territory.partOf, inf.territory.clusters = clusterOf, true
	inf.territory.confine = func(cluster string, source listwatch.ListWatcher[T]) listwatch.ListWatcher[T] {
		return inCluster[T]{source, cluster}
	}
	return inf
}

func newOver[T any](set *NameSet, source func(name string) listwatch.ListWatcher[T], options Options) *Informer[T] {
	inf := newInformer[T](resourceOver(set, source, options.Resource), options)
	switch {
	case set == nil:
		inf.broken = errors.New("the set is nil: give a pointer to a NameSet, which may be empty")
	case source == nil:
		inf.broken = errors.New("the source is nil: give a function that makes the source of one name")
	}
	inf.territory = &territory[T]{
		set: set, source: source,
		named: map[string]*part[T]{}, adjusted: make(chan struct{}),
	}
	return inf
}

// resourceOver asks the source of the first name what it is of.
func resourceOver[T any](set *NameSet, source func(name string) listwatch.ListWatcher[T], given schema.GroupVersionResource) schema.GroupVersionResource {
	if set != nil && source != nil {
		if names := set.All(); len(names) > 0 {
			return resourceOf(source(names[0]), given)
		}
	}
	return resourceOf[T](nil, given)
}
