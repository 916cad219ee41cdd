// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// clusterEnd stands between the name of a cluster and that of a namespace. No
// namespace has it, and no name in a [NameSet], so two clusters never share a key.
const clusterEnd = ":"

// ClusterKey returns the key that an object of a cluster has in an informer of
// [NewOverClusters]: its namespace is "east:shop", or "east:" for an object
// without one.
func ClusterKey(cluster string, key store.Key) store.Key {
	return store.Key{Namespace: cluster + clusterEnd + key.Namespace, Name: key.Name}
}

// SplitClusterKey takes apart what [ClusterKey] made. cluster is empty for a key
// that it did not make, which is returned as it is.
func SplitClusterKey(key store.Key) (cluster string, within store.Key) {
	cluster, namespace, found := strings.Cut(key.Namespace, clusterEnd)
	if !found {
		return "", key
	}
	return cluster, store.Key{Namespace: namespace, Name: key.Name}
}

func clusterOf(key store.Key) string {
	cluster, _ := SplitClusterKey(key)
	return cluster
}

// inCluster is a source whose keys have the name of its cluster. The objects are
// left as they are.
type inCluster[T any] struct {
	source  listwatch.ListWatcher[T]
	cluster string
}

func (s inCluster[T]) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[T], error)) (listwatch.Page, error) {
	names := namespaceNames{cluster: s.cluster}
	options.Known = s.known(options.Known)
	return s.source.List(ctx, options, func(item store.Item[T], err error) {
		item.Key = names.in(keyOf(item.Key, err))
		each(item, err)
	})
}

func (s inCluster[T]) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[T], error] {
	return func(yield func(listwatch.Event[T], error) bool) {
		names := namespaceNames{cluster: s.cluster}
		options.Known = s.known(options.Known)
		for event, err := range s.source.Watch(ctx, options) {
			event.Item.Key = names.in(keyOf(event.Item.Key, err))
			if !yield(event, err) {
				return
			}
		}
	}
}

// known asks for keys of the cluster what is known of those of the informer.
func (s inCluster[T]) known(all func(store.Key, string) bool) func(store.Key, string) bool {
	if all == nil {
		return nil
	}
	return func(key store.Key, version string) bool { return all(ClusterKey(s.cluster, key), version) }
}

// keyOf returns the key of an item, which for one that cannot be used may be in
// the error alone.
func keyOf(key store.Key, err error) store.Key {
	var failure *listwatch.ItemError
	if key.Name == "" && errors.As(err, &failure) {
		return failure.Key
	}
	return key
}

// namespaceNames makes the name of each namespace once a request, so that the
// keys of a namespace share it.
type namespaceNames struct {
	cluster string
	made    map[string]string
}

func (n *namespaceNames) in(key store.Key) store.Key {
	if key.Name == "" { // of a bookmark, or an object whose name cannot be read
		return key
	}
	full, made := n.made[key.Namespace]
	if !made {
		if n.made == nil {
			n.made = map[string]string{}
		}
		full = ClusterKey(n.cluster, key).Namespace
		n.made[strings.Clone(key.Namespace)] = full
	}
	return store.Key{Namespace: full, Name: key.Name}
}
