// SPDX-License-Identifier: Apache-2.0

package main

import (
	"slices"
	"testing"
)

func TestFlagsAfterTheDashesAreForTheServer(t *testing.T) {
	o, err := parse([]string{"-port", "6443", "-run", "kubectl get ns", "--", "--watch-cache=false", "-v=3"})
	if err != nil {
		t.Fatal(err)
	}
	if o.port != 6443 || o.command != "kubectl get ns" || !slices.Equal(o.apiserver, []string{"--watch-cache=false", "-v=3"}) {
		t.Errorf("parsed as %+v", o)
	}
}

func TestBadFlags(t *testing.T) {
	for _, args := range [][]string{{"-port", "-1"}, {"-port", "65536"}, {"extra", "arguments"}} {
		if o, err := parse(args); err == nil {
			t.Errorf("%q parsed as %+v", args, o)
		}
	}
}

func TestComplete(t *testing.T) {
	o := options{dir: t.TempDir() + "/new"}
	if err := o.complete(); err != nil {
		t.Fatal(err)
	}
	if o.kubeconfig != o.dir+"/kubeconfig" || o.port == 0 {
		t.Errorf("completed to %+v", o)
	}
}
