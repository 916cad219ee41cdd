// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/store"
)

// WaitForVersion waits until the cache and its indexes reflect a resource version
// or a later one (G38), and returns nil then: whoever has written, and waits for
// the version that the server answered with, reads his own write.
//
//	created, err := pods.Create(ctx, pod, metav1.CreateOptions{})
//	err = inf.WaitForVersion(ctx, created.ResourceVersion)
//	_, found := inf.Reader().Get(key) // unless it has been deleted since
//
// Everything that the source sends counts, bookmarks included. So a version that
// changes nothing here, because the object is not selected or is of another
// resource of the same server, is reached too, though only when the source next
// says how far it is: API servers send a bookmark about every minute.
//
// For an informer of [NewOverNamespaces] each namespace that is in the set at the
// call has to reach it, unless it is removed meanwhile; [WaitForObject] and
// [Informer.WaitForVersionOf] wait for one. Versions of several clusters cannot be
// compared: of [NewOverClusters] only the latter waits.
//
// A view has reached it when each informer that it comes of has, and the view has
// taken that in.
//
// If ctx ends or the informer stops before that, or versions cannot be compared,
// the error is a [*VersionError]. A handler may still be about to hear of what is
// in the cache; [Registration.WaitForVersion] waits for it. Any number may wait at
// a time: for each batch of changes, one comparison is made for all of them.
func (inf *Informer[T]) WaitForVersion(ctx context.Context, version string) error {
	_, err := inf.reach(ctx, goal{version: version})
	return err
}

// WaitForVersionOf is [Informer.WaitForVersion] for one name of an informer over
// a [NameSet]: its namespace or cluster has to reach the version, and nothing is
// waited for elsewhere. If the name is not in the set, or leaves it, the error
// unwraps to [ErrNotInSet].
func (inf *Informer[T]) WaitForVersionOf(ctx context.Context, name, version string) error {
	_, err := inf.reach(ctx, goal{version: version, of: &name})
	return err
}

// Versioned is what objects can be waited for in: an [Informer] or a [Handle].
type Versioned[T any] interface {
	Reader() store.Reader[T]
	waitForObject(ctx context.Context, object metav1.Object) error
}

// WaitForObject waits until the cache reflects an object as it is given, or a
// later state of it, its deletion included. It is [Informer.WaitForVersion] with
// the resource version of the object, and waits, over a set of namespaces, for the
// namespace of the object alone. The object that a create, an update or a patch
// has returned is the one to give.
//
// A state says nothing of what comes after it, so the state before a deletion does
// not wait for the deletion. The state that a deletion returns does, where there is
// one; else the version of a list that was read from the server after it will do
// ([Informer.WaitForVersion]). That need have no item: a limit of 1 is enough.
//
// The error is a [*VersionError]. It is one too, and unwraps to the
// [*listwatch.ItemError], if the state has come and could not be used (G34): the
// cache then holds an older one. An informer of [NewOverClusters] cannot tell of
// which cluster an object is, which is an error; [Informer.WaitForVersionOf] is
// told.
func WaitForObject[T metav1.Object](ctx context.Context, in Versioned[T], object T) error {
	return in.waitForObject(ctx, object)
}

func (inf *Informer[T]) waitForObject(ctx context.Context, object metav1.Object) error {
	_, err := inf.reach(ctx, goalOf(object))
	return err
}
