// SPDX-License-Identifier: Apache-2.0

package clientgo_test

import (
	"testing"

	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/informer/clientgo"
)

// An event costs nothing more by client-go's interface; a tombstone is one
// allocation, and another for the text of a key with a namespace.
func TestCostsOfAnEvent(t *testing.T) {
	w, clusterScoped := widget("a/one", "1"), widget("one", "1")
	told := clientgo.Told[*Widget](cache.ResourceEventHandlerFuncs{AddFunc: func(any) {}, UpdateFunc: func(_, _ any) {}, DeleteFunc: func(any) {}})
	for name, c := range map[string]struct {
		tell func()
		want float64
	}{
		"an add":                        {func() { told.HandleAdd(w, false) }, 0},
		"an update":                     {func() { told.HandleUpdate(w, w) }, 0},
		"a delete":                      {func() { told.HandleDelete(w, true) }, 0},
		"a tombstone":                   {func() { told.HandleDelete(w, false) }, 2},
		"a tombstone without namespace": {func() { told.HandleDelete(clusterScoped, false) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := testing.AllocsPerRun(100, c.tell); got > c.want {
				t.Errorf("%v allocations, want at most %v", got, c.want)
			}
		})
	}
}
