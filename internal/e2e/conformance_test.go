// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// conforming is this library's informer as the conformance suite sees it.
type conforming struct {
	*informer.Informer[*unstructured.Unstructured]
}

// A conformingSource makes the source of an informer of the suite.
type conformingSource func(fake.ConformanceScope) (listwatch.ListWatcher[*unstructured.Unstructured], error)

// fromClient reads through client-go's dynamic client.
func fromClient(scope fake.ConformanceScope) (listwatch.ListWatcher[*unstructured.Unstructured], error) {
	client, err := scope.Client()
	if err != nil {
		return nil, err
	}
	return listwatch.FromClient[*unstructured.Unstructured](client, listwatch.Options{
		Resource:      scope.Resource,
		LabelSelector: scope.LabelSelector,
		FieldSelector: scope.FieldSelector,
	}), nil
}

// fromREST decodes what the server sends itself.
func fromREST(scope fake.ConformanceScope) (listwatch.ListWatcher[*unstructured.Unstructured], error) {
	return listwatch.Dynamic(scope.Config, scope.Resource, listwatch.RESTOptions{
		Namespace:         scope.Namespace,
		LabelSelector:     scope.LabelSelector,
		FieldSelector:     scope.FieldSelector,
		KeepManagedFields: true, // the suite compares with what it has written
	})
}

// newConforming returns what makes informers for the suite. Their errors are part
// of the tests.
func newConforming(source conformingSource, options informer.Options) func(*testing.T, fake.ConformanceScope) fake.ConformanceInformer {
	return func(t *testing.T, scope fake.ConformanceScope) fake.ConformanceInformer {
		t.Helper()
		source, err := source(scope)
		if err != nil {
			t.Fatal(err)
		}
		options := options
		options.OnError = func(err error) { t.Logf("the informer reports: %v", err) }
		return conforming{informer.New(source, options)}
	}
}

func (c conforming) AddHandler(handler fake.ConformanceHandler) (fake.ConformanceRegistration, error) {
	registration, err := c.Informer.AddHandler(handler)
	if err != nil {
		return nil, err
	}
	return registration, nil
}

func (c conforming) Get(key store.Key) (*unstructured.Unstructured, error) {
	return c.Lister().Namespace(key.Namespace).Get(key.Name)
}

func (c conforming) List() []*unstructured.Unstructured {
	return slices.Collect(c.Reader().All())
}
