// SPDX-License-Identifier: Apache-2.0

package metrics_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/examples/metrics"
	"github.com/typedinformer/typedinformer/informer"
)

func TestNoTwoInformersShareTheirLabels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		create(t, server, "shop/web-0", "shop/web-1", "bank/db-0")
		one, other := &informer.NameSet{}, &informer.NameSet{}
		if err := one.Add("shop"); err != nil {
			t.Fatal(err)
		}
		group := newGroup(t, server)
		all := acquire(t, group, informer.Scope{})
		set := acquire(t, group, informer.Scope{Namespaces: one})
		collector := metrics.NewCollector(metrics.Options{})
		collector.AddGroup(group)
		objects := func() map[string]float64 {
			settle(time.Second)
			return of(gather(t, collector), "cache_objects")
		}
		want := map[string]float64{
			"cache_objects{resource=pods}":                              3,
			"cache_objects{resource=pods,scope=in a set of namespaces}": 2,
		}
		if diff := cmp.Diff(want, objects()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}

		// Those that come do not take the labels of those that are there.
		acquire(t, group, informer.Scope{Namespaces: other})
		remove := collector.Add("", all)
		want["cache_objects{resource=pods,scope=in a set of namespaces #2}"] = 0
		want["cache_objects{resource=pods,scope=#2}"] = 3
		for range 10 {
			if diff := cmp.Diff(want, objects()); diff != "" {
				t.Fatalf("with more of them (-want +got):\n%s", diff)
			}
		}

		// What has gone frees its labels, and nobody moves.
		remove()
		set.Release()
		delete(want, "cache_objects{resource=pods,scope=#2}")
		delete(want, "cache_objects{resource=pods,scope=in a set of namespaces}")
		if diff := cmp.Diff(want, objects()); diff != "" {
			t.Errorf("with less of them (-want +got):\n%s", diff)
		}
	})
}

func TestScopeLabel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := newGroup(t, newServer())
		acquire(t, group, informer.Scope{Namespace: "shop"})
		collector := metrics.NewCollector(metrics.Options{ScopeLabel: func(scope informer.Scope, of string) string {
			return fmt.Sprintf("%s of %s\xff", of, scope.Namespace)
		}})
		collector.AddGroup(group)
		settle(time.Second)
		want := map[string]float64{"cache_objects{resource=pods,scope=*v1.Pod of shop\uFFFD}": 0}
		if diff := cmp.Diff(want, of(gather(t, collector), "cache_objects")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
