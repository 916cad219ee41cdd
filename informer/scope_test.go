// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/informer"
)

func TestScopeIsReadInASentence(t *testing.T) {
	deployments := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	for want, scope := range map[string]informer.Scope{
		"objects":                                {},
		"objects in shop":                        {Namespace: "shop"},
		"deployments.apps":                       {Resource: deployments},
		"widgets.test.io in a set of namespaces": {Resource: widgets, Namespaces: new(informer.NameSet)},
		"deployments.apps in shop with labels app=web": {
			Resource: deployments, Namespace: "shop", LabelSelector: "app=web",
		},
		"widgets.test.io with labels a and fields b=c as metadata of shard 1/3": {
			Resource: widgets, LabelSelector: "a", FieldSelector: "b=c", Projection: "metadata", Shard: "1/3",
		},
		"widgets.test.io with fields b=c": {Resource: widgets, FieldSelector: "b=c"},
	} {
		if got := scope.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
