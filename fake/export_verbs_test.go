// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Protocol is the protocol's side of a resource, without the wire.
type Protocol struct {
	server *APIServer
	table  table
}

func (s *APIServer) Protocol(resource schema.GroupVersionResource) Protocol {
	return Protocol{s, s.tables[resource]}
}

func (p Protocol) Create(namespace string, object Object, options metav1.CreateOptions) (Object, error) {
	return p.server.create(p.table, namespace, object, options)
}

func (p Protocol) Update(key store.Key, subresource string, object Object, options metav1.UpdateOptions) (Object, error) {
	return p.server.update(p.table, key, subresource, object, options)
}

func (p Protocol) Patch(key store.Key, subresource string, kind types.PatchType, patch string, options metav1.PatchOptions) (Object, error) {
	return p.server.patch(p.table, key, subresource, kind, []byte(patch), options)
}

func (p Protocol) Delete(key store.Key, options metav1.DeleteOptions) (Object, bool, error) {
	return p.server.delete(p.table, key, options)
}

func (p Protocol) DeleteCollection(scope Scope, options metav1.DeleteOptions) ([]Object, error) {
	deleted, err := p.server.deleteCollection(p.table, scope, options)
	return deleted.objects, err
}

// Remaining lists one page and returns its token and remainingItemCount.
func (p Protocol) Remaining(scope Scope, options listwatch.ListOptions) (token string, remaining int64, err error) {
	page, err := p.table.page(context.Background(), scope, options)
	return page.Continue, page.remaining, err
}

// HasStatus says whether the resource has a status subresource.
func (p Protocol) HasStatus() bool { return p.table.define().status }

// GenerateName is the name that a create gets when version is the newest.
func GenerateName(base string, version uint64, attempt int) string {
	return generateName(base, version, attempt)
}
