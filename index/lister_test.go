// SPDX-License-Identifier: Apache-2.0

package index_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

type object = *metav1.PartialObjectMetadata

func newLister(t testing.TB, keys ...string) *index.Lister[object] {
	s := store.New(store.FromMeta[object])
	for _, text := range keys {
		key, err := store.ParseKey(text)
		if err != nil {
			t.Fatal(err)
		}
		app, _, _ := strings.Cut(key.Name, "-")
		if err := s.Add(&metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
			Namespace: key.Namespace, Name: key.Name, Labels: map[string]string{"app": app},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	return index.NewLister(index.New(s, index.Options{}), schema.GroupResource{Group: "apps", Resource: "deployments"})
}

func keysOf(objects []object) string {
	var keys []string
	for _, o := range objects {
		keys = append(keys, store.Key{Namespace: o.Namespace, Name: o.Name}.String())
	}
	slices.Sort(keys)
	return strings.Join(keys, " ")
}

func TestListerLists(t *testing.T) {
	lister := newLister(t, "shop/web-0", "shop/web-1", "shop/db-0", "bank/web-0", "node")
	web := labels.SelectorFromSet(labels.Set{"app": "web"})
	for name, test := range map[string]struct {
		got  []object
		want string
	}{
		"all":                         {lister.List(labels.Everything()), "bank/web-0 node shop/db-0 shop/web-0 shop/web-1"},
		"all by nil":                  {lister.List(nil), "bank/web-0 node shop/db-0 shop/web-0 shop/web-1"},
		"by selector":                 {lister.List(web), "bank/web-0 shop/web-0 shop/web-1"},
		"nothing":                     {lister.List(labels.Nothing()), ""},
		"namespace":                   {lister.Namespace("shop").List(nil), "shop/db-0 shop/web-0 shop/web-1"},
		"namespace by selector":       {lister.Namespace("shop").List(web), "shop/web-0 shop/web-1"},
		"namespace by sequence":       {slices.Collect(lister.Namespace("bank").All()), "bank/web-0"},
		"namespace that is not there": {lister.Namespace("nowhere").List(web), ""},
		"no namespace":                {lister.Namespace("").List(nil), "node"},
	} {
		if got := keysOf(test.got); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestG07_GetReturnsTheObjectOrNotFoundOfTheResource(t *testing.T) {
	lister := newLister(t, "shop/web-0", "node")
	if got, err := lister.Namespace("shop").Get("web-0"); err != nil || got.Name != "web-0" {
		t.Errorf("Get = %v, %v", got, err)
	}
	if got, err := lister.Get("node"); err != nil || got.Name != "node" {
		t.Errorf("Get of a cluster-scoped object = %v, %v", got, err)
	}
	_, wrongNamespace := lister.Namespace("bank").Get("web-0")
	_, noNamespace := lister.Get("web-0")
	for _, err := range []error{wrongNamespace, noNamespace} {
		var status apierrors.APIStatus
		if !apierrors.IsNotFound(err) || !errors.As(err, &status) {
			t.Errorf("%v, want NotFound", err)
			continue
		}
		if d := status.Status().Details; d.Group != "apps" || d.Kind != "deployments" || d.Name != "web-0" {
			t.Errorf("details %+v, want deployments.apps \"web-0\"", d)
		}
	}
}

func TestListerOfATypeWithoutLabels(t *testing.T) {
	s := store.New(store.WithKey(hostKey))
	if err := s.Add(&host{Name: "a"}); err != nil {
		t.Fatal(err)
	}
	lister := index.NewLister(index.New(s, index.Options{}), schema.GroupResource{Resource: "hosts"})
	if got := lister.List(labels.SelectorFromSet(labels.Set{"app": "web"})); len(got) != 0 {
		t.Errorf("%v matches a label that it cannot have", got)
	}
	if got := lister.List(nil); len(got) != 1 {
		t.Errorf("%v, want the one there is", got)
	}
}
