// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// inKitchen runs a test in a bubble, once the caches have synced. synctest.Wait
// then waits for all that follows from a write.
func inKitchen(t *testing.T, test func(t *testing.T, k *kitchen, bake func(name, oven string))) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer()
		if err := fill(server); err != nil {
			t.Fatal(err)
		}
		k, err := newKitchen(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		err = k.run(t.Context(), func(context.Context) error {
			test(t, k, func(name, oven string) {
				if _, err := bake(server, name, oven); err != nil {
					t.Error(err)
				}
				synctest.Wait()
			})
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestWhatIsInTheOvens(t *testing.T) {
	inKitchen(t, func(t *testing.T, k *kitchen, bake func(name, oven string)) {
		shown := func() string {
			var out strings.Builder
			k.print(&out)
			return out.String()
		}
		if diff := cmp.Diff("big: 2 of 6\nsmall: 0 of 2\norders: 2 waiting, 1 baking\n", shown()); diff != "" {
			t.Errorf("at first (-want +got):\n%s", diff)
		}
		bake("table-2", "small")
		if diff := cmp.Diff("big: 2 of 6\nsmall: 1 of 2\norders: 1 waiting, 2 baking\n", shown()); diff != "" {
			t.Errorf("with another one in (-want +got):\n%s", diff)
		}
	})
}

func TestOrdersWithout(t *testing.T) {
	inKitchen(t, func(t *testing.T, k *kitchen, _ func(name, oven string)) {
		if diff := cmp.Diff([]string{"table-2"}, k.without("olives")); diff != "" {
			t.Errorf("without olives (-want +got):\n%s", diff)
		}
		if web, err := k.all.Pizza().V1alpha1().Orders().Lister().Get("trattoria", "table-1"); err != nil || *web.Status.OvenName != "big" {
			t.Errorf("Get = %v, %v", web, err)
		}
	})
}
