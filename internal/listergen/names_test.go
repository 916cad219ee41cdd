// SPDX-License-Identifier: Apache-2.0

package listergen_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/internal/listergen"
)

func TestPluralsAreThoseOfTheAPIMachinery(t *testing.T) {
	for _, kind := range []string{"Pod", "Ingress", "NetworkPolicy", "Endpoints", "Gateway", "HTTPRoute", "Box", "Status", "MyEndpoints"} {
		want, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Kind: kind})
		if got := listergen.GuessPlural(kind); got != want.Resource {
			t.Errorf("%s gives %s, want %s", kind, got, want.Resource)
		}
	}
}

func TestGoPlural(t *testing.T) {
	tests := []struct{ kind, resource, want string }{
		{"Pod", "pods", "Pods"},
		{"NetworkPolicy", "networkpolicies", "NetworkPolicies"},
		{"HTTPRoute", "httproutes", "HTTPRoutes"},
		{"Endpoints", "endpoints", "Endpoints"},
		{"Mouse", "mice", "Mice"},
		{"Person", "humans", "Humans"},
		{"TLSBundle", "tls-bundles", "TLSBundles"},
	}
	for _, test := range tests {
		if got := listergen.GoPlural(test.kind, test.resource); got != test.want {
			t.Errorf("%s, %s give %s, want %s", test.kind, test.resource, got, test.want)
		}
	}
}

func TestUnexported(t *testing.T) {
	for name, want := range map[string]string{"Pod": "pod", "HTTPRoute": "httpRoute", "UID": "uid", "PodIP": "podIP", "X": "x", "": ""} {
		if got := listergen.Unexported(name); got != want {
			t.Errorf("%s gives %s, want %s", name, got, want)
		}
	}
}
