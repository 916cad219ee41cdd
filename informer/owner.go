// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// Owner says of which owners [EnqueueController] is to queue the keys.
type Owner struct {
	// Group is the API group, "" for that of pods. All its versions count:
	// references keep the version that they were written with.
	Group string
	// Kind is as references have it: "ReplicaSet".
	Kind string
	// ClusterScoped says that such owners have no namespace. Otherwise they are
	// in that of what they own.
	ClusterScoped bool
}

// EnqueueController adds a handler to children that queues the key of the
// controller of each child that has come, changed or gone, if it is such an
// owner; if a child changes hands, the keys of both. A key is queued whether or
// not there is, or still is, an object of it.
//
// The namespace of a key is the one that the child's key has in the cache. In an
// informer of several clusters ([NewOverClusters]), where that is "east:shop", it
// is the same for an owner, and "east:" for one that is ClusterScoped.
//
// Errors are those of [Informer.AddHandler], or that the queue is nil or the
// owner has no kind.
func EnqueueController[T metav1.Object](from Registrar[T], owner Owner, queue Queue[store.Key]) (*Registration, error) {
	if owner.Kind == "" {
		return nil, errors.New(`informer: EnqueueController: the owner has no Kind; it is that of owner references, such as "ReplicaSet"`)
	}
	return enqueue(from, queue, func(child store.Key, object T, add func(store.Key)) {
		if reference := metav1.GetControllerOfNoCopy(object); reference != nil && owner.matches(reference) {
			add(store.Key{Namespace: owner.namespace(child), Name: reference.Name})
		}
	})
}

func (o Owner) matches(reference *metav1.OwnerReference) bool {
	if reference.Kind != o.Kind {
		return false
	}
	version, err := schema.ParseGroupVersion(reference.APIVersion)
	return err == nil && version.Group == o.Group
}

func (o Owner) namespace(child store.Key) string {
	if !o.ClusterScoped {
		return child.Namespace
	}
	// What is up to the colon of a [ClusterKey]; nothing where there is none.
	return child.Namespace[:strings.Index(child.Namespace, clusterEnd)+1]
}
