// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

var errNotYet = errors.New("fake: not there yet")

// create, update, patch, delete and deleteCollection are the writes of the
// protocol. subresource is "" or "status". What they are given is theirs; what
// they return is shared.

func (s *APIServer) create(t table, namespace string, object Object, options metav1.CreateOptions) (Object, error) {
	return nil, errNotYet
}

func (s *APIServer) update(t table, key store.Key, subresource string, object Object, options metav1.UpdateOptions) (Object, error) {
	return nil, errNotYet
}

func (s *APIServer) patch(t table, key store.Key, subresource string, kind types.PatchType, patch []byte, options metav1.PatchOptions) (Object, error) {
	return nil, errNotYet
}

// delete returns the object as it is then, and whether it is gone: one with
// finalizers stays.
func (s *APIServer) delete(t table, key store.Key, options metav1.DeleteOptions) (object Object, gone bool, err error) {
	return nil, false, errNotYet
}

func (s *APIServer) deleteCollection(t table, scope Scope, options metav1.DeleteOptions) ([]Object, error) {
	return nil, errNotYet
}
