// SPDX-License-Identifier: Apache-2.0

package publisher_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
)

// End to end: what a user does through a clientset, and what has become of it
// when all that can happen has happened.
func TestEveryNamespaceGetsACopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, fake.Script{})
		c.createOriginal("v1")
		c.createNamespace("shop")
		synctest.Wait()
		c.wantCopies("shop: v1")
		c.wantWrites("create configmaps in kube-system", "create namespaces", "create configmaps in shop")

		c.updateOriginal("v2")
		synctest.Wait()
		c.wantCopies("shop: v2")
		c.wantWrites("update configmaps kube-system/root-ca", "update configmaps shop/root-ca")
	})
}

// That nothing happens can be proven: nobody asks the server for anything.
func TestALabelOnANamespaceCausesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, fake.Script{})
		c.createOriginal("v1")
		c.createNamespace("shop")
		synctest.Wait()
		c.server.ForgetRequests()

		c.labelNamespace("shop") // by the test's side of the server, which is in no log
		time.Sleep(time.Minute)  // an instant; the watches stay open for longer than that
		synctest.Wait()
		if requests := c.server.Requests(); len(requests) != 0 {
			t.Errorf("the server was asked for %v", requests)
		}
	})
}

// A write that fails is tried again after a second, and then after two more.
func TestAFailedWriteIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, fake.Script{Rules: []fake.Rule{
			{Verb: "create", Resource: "configmaps", From: 2, To: 3, Fault: fake.Fault{Status: 500}},
		}})
		c.createOriginal("v1") // the first of the creates
		c.createNamespace("shop")
		began := time.Now()
		time.Sleep(time.Minute)
		c.wantCopies("shop: v1")
		var tries []time.Duration
		for _, request := range c.server.Requests() {
			if request.String() == "create configmaps in shop" {
				tries = append(tries, request.Time.Sub(began))
			}
		}
		if diff := cmp.Diff([]time.Duration{0, time.Second, 3 * time.Second}, tries); diff != "" {
			t.Errorf("instants of the tries (-want +got):\n%s", diff)
		}
	})
}

// A watch that breaks is taken up where it was: nothing is missed, and nothing
// is listed again.
func TestABrokenWatchMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, fake.Script{Rules: []fake.Rule{
			{Verb: "stream", Resource: "namespaces", Fault: fake.Fault{DropAfter: 10 * time.Second}},
			{Verb: "watch", Resource: "namespaces", To: 2, Fault: fake.Fault{Refuse: true}},
		}})
		c.createOriginal("v1")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		c.createNamespace("shop") // while there is no watch
		time.Sleep(time.Minute)
		c.wantCopies("shop: v1")
		c.wantReads("namespaces",
			"watch namespaces resourceVersionMatch=NotOlderThan sendInitialEvents allowWatchBookmarks",
			"watch namespaces resourceVersion=1 allowWatchBookmarks",
			"watch namespaces resourceVersion=1 allowWatchBookmarks",
			"watch namespaces resourceVersion=1 allowWatchBookmarks",
		)
	})
}

// A list that is forbidden explains itself, to who waits and to who looks, and
// when the rights are there it goes on.
func TestMissingRightsAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := start(t, fake.Script{Rules: []fake.Rule{
			{Resource: "configmaps", Fault: fake.Fault{Status: 403}},
		}})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := c.publisher.WaitForSync(ctx)
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "configmaps: not synced") {
			t.Errorf("WaitForSync = %v, want it to say that configmaps are forbidden", err)
		}
		if health := c.publisher.ConfigMaps.Health(); health.Synced || health.Failures == 0 || !apierrors.IsForbidden(health.LastError) {
			t.Errorf("health of configmaps: %+v, want it to say that they are forbidden", health)
		}
		if health := c.publisher.Namespaces.Health(); !health.Synced || health.Failures != 0 {
			t.Errorf("health of namespaces: %+v, want all to be well", health)
		}

		c.server.Play(fake.Script{})
		if err := c.publisher.WaitForSync(t.Context()); err != nil {
			t.Errorf("WaitForSync = %v once there are rights", err)
		}
	})
}
