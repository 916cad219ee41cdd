// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// FollowNames has a set follow the objects of an informer: the name of each that
// filter is true for is in it, as long as the object is there and filter is true
// for it. A nil filter is true for all. So the namespaces with a label, say, are
// what informers over the set read:
//
//	_, err := informer.FollowNames(&set, namespaces, func(n *corev1.Namespace) bool { return n.Labels["team"] == "shop" })
//
// Once from has synced, and its WaitForSync has returned, the set has all of
// them: run it first and wait for it before waiting for those over the set. When
// the registration is removed the set stays as it is. Names that were added by
// others are not touched, unless an object of the name comes and goes. An object
// whose name no set takes, as some of RBAC have, is left out.
//
// Errors are those of [Informer.AddHandler], or that the set is nil.
func FollowNames[T metav1.Object](set *NameSet, from Registrar[T], filter func(object T) bool) (*Registration, error) {
	if set == nil {
		return nil, errors.New("informer: FollowNames: the set is nil")
	}
	return from.AddHandlerWithOptions(HandlerFuncs[T]{
		OnAdd:    func(object T, _ bool) { _ = set.Add(object.GetName()) },
		OnDelete: func(last T, _ bool) { set.Remove(last.GetName()) },
	}, HandlerOptions[T]{Filter: filter})
}
