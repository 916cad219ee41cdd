// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"testing"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/informer/clientgo"
	"github.com/typedinformer/typedinformer/store"
)

// An event costs nothing more by client-go's interface; a tombstone is one
// allocation, and another for the text of a key with a namespace.
func TestCostsOfAnEvent(t *testing.T) {
	w := widget("a/one", "1")
	var handler cache.ResourceEventHandler = cache.ResourceEventHandlerFuncs{AddFunc: func(any) {}, UpdateFunc: func(_, _ any) {}, DeleteFunc: func(any) {}}
	for name, c := range map[string]struct {
		event informer.Event[*Widget]
		want  float64
	}{
		"an add":                        {informer.Event[*Widget]{Type: informer.Added, Object: w}, 0},
		"an update":                     {informer.Event[*Widget]{Type: informer.Updated, Old: w, Object: w}, 0},
		"a delete":                      {informer.Event[*Widget]{Type: informer.Deleted, Final: true, Object: w}, 0},
		"a tombstone":                   {informer.Event[*Widget]{Type: informer.Deleted, Key: store.Key{Namespace: "a", Name: "one"}, Object: w}, 2},
		"a tombstone without namespace": {informer.Event[*Widget]{Type: informer.Deleted, Key: store.Key{Name: "one"}, Object: w}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := testing.AllocsPerRun(100, func() { clientgo.Tell(handler, c.event) })
			if got > c.want {
				t.Errorf("%v allocations, want at most %v", got, c.want)
			}
		})
	}
}
