// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"testing"
	"testing/synctest"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

func controlledBy(version, kind, name string) metav1.OwnerReference {
	return metav1.OwnerReference{APIVersion: version, Kind: kind, Name: name, Controller: new(true)}
}

func TestEnqueueControllerQueuesTheOwnersOfAChange(t *testing.T) {
	web, db := controlledBy("apps/v1", "ReplicaSet", "web"), controlledBy("apps/v1", "ReplicaSet", "db")
	synctest.Test(t, func(t *testing.T) {
		source := newParts(t, "shop/orphan")
		inf := informer.New(source, informer.Options{})
		var queued line[store.Key]
		if _, err := informer.EnqueueController(inf, informer.Owner{Group: "apps", Kind: "ReplicaSet"}, &queued); err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		write := func(write func(*Part) (*Part, error), owners ...metav1.OwnerReference) {
			t.Helper()
			if _, err := write(part("shop/child", owners...)); err != nil {
				t.Fatal(err)
			}
		}
		shop := func(name string) store.Key { return store.Key{Namespace: "shop", Name: name} }
		wantQueued(t, &queued)
		write(source.Create, web)
		wantQueued(t, &queued, shop("web"))
		write(source.Update, web)
		wantQueued(t, &queued, shop("web")) // once, though it owns both states
		write(source.Update, db)
		wantQueued(t, &queued, shop("web"), shop("db"))
		write(source.Update)
		wantQueued(t, &queued, shop("db"))
		write(source.Update, web)
		wantQueued(t, &queued, shop("web"))
		if _, err := source.Delete(shop("child")); err != nil {
			t.Fatal(err)
		}
		wantQueued(t, &queued, shop("web"))
	})
}

func TestEnqueueControllerKnowsItsOwners(t *testing.T) {
	notInControl := controlledBy("apps/v1", "ReplicaSet", "web")
	notInControl.Controller = nil
	sets := informer.Owner{Group: "apps", Kind: "ReplicaSet"}
	clusterScoped := informer.Owner{Group: "apps", Kind: "ReplicaSet", ClusterScoped: true}
	for name, test := range map[string]struct {
		owner informer.Owner
		refs  []metav1.OwnerReference
		key   store.Key // of the child, in the cache
		want  []store.Key
	}{
		"another version": {
			owner: sets, refs: []metav1.OwnerReference{controlledBy("apps/v1beta2", "ReplicaSet", "web")},
			key: store.Key{Namespace: "shop", Name: "a"}, want: []store.Key{{Namespace: "shop", Name: "web"}},
		},
		"another kind": {
			owner: sets, refs: []metav1.OwnerReference{controlledBy("apps/v1", "StatefulSet", "web")},
			key: store.Key{Namespace: "shop", Name: "a"},
		},
		"another group": {
			owner: sets, refs: []metav1.OwnerReference{controlledBy("example.com/v1", "ReplicaSet", "web")},
			key: store.Key{Namespace: "shop", Name: "a"},
		},
		"the core group": {
			owner: informer.Owner{Kind: "Node"}, refs: []metav1.OwnerReference{controlledBy("v1", "Node", "n")},
			key: store.Key{Namespace: "shop", Name: "a"}, want: []store.Key{{Namespace: "shop", Name: "n"}},
		},
		"no group at all": {
			owner: informer.Owner{Kind: "Node"}, refs: []metav1.OwnerReference{controlledBy("a/b/c", "Node", "n")},
			key: store.Key{Namespace: "shop", Name: "a"},
		},
		"not in control": {
			owner: sets, refs: []metav1.OwnerReference{notInControl},
			key: store.Key{Namespace: "shop", Name: "a"},
		},
		"one of several": {
			owner: sets, refs: []metav1.OwnerReference{notInControl, controlledBy("apps/v1", "ReplicaSet", "db")},
			key: store.Key{Namespace: "shop", Name: "a"}, want: []store.Key{{Namespace: "shop", Name: "db"}},
		},
		"an owner without a namespace": {
			owner: clusterScoped, refs: []metav1.OwnerReference{controlledBy("apps/v1", "ReplicaSet", "web")},
			key: store.Key{Namespace: "shop", Name: "a"}, want: []store.Key{{Name: "web"}},
		},
		"one of several clusters": {
			owner: sets, refs: []metav1.OwnerReference{controlledBy("apps/v1", "ReplicaSet", "web")},
			key: store.Key{Namespace: "east:shop", Name: "a"}, want: []store.Key{{Namespace: "east:shop", Name: "web"}},
		},
		"one of several clusters, without a namespace": {
			owner: clusterScoped, refs: []metav1.OwnerReference{controlledBy("apps/v1", "ReplicaSet", "web")},
			key: store.Key{Namespace: "east:shop", Name: "a"}, want: []store.Key{{Namespace: "east:", Name: "web"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := newScript(t)
				inf := informer.New(source, informer.Options{})
				var queued line[store.Key]
				if _, err := informer.EnqueueController(inf, test.owner, &queued); err != nil {
					t.Fatal(err)
				}
				defer run(t, inf)()
				child := widget("shop/a", 1)
				child.OwnerReferences = test.refs
				source.listItems("1", store.Item[*Widget]{Key: test.key, Version: "1", Object: child})
				wantQueued(t, &queued, test.want...)
			})
		})
	}
}
