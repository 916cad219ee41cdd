// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"testing"
	"testing/synctest"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/restmapper"

	"github.com/typedinformer/typedinformer/fake"
)

// Programs find out with client-go's discovery what a server has.
func TestDiscoveryOfAFake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(
			fake.Resource[*corev1.Pod]("", "v1", "pods"),
			fake.Resource("", "v1", "nodes", fake.ResourceOptions[*corev1.Node]{ClusterScoped: true}),
			fake.Resource[*appsv1.ReplicaSet]("apps", "v1", "replicasets"),
			fake.Resource("example.com", "v1beta1", "robots", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot"}),
		)
		client, err := discovery.NewDiscoveryClientForConfig(server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		groups, err := restmapper.GetAPIGroupResources(client)
		if err != nil {
			t.Fatal(err)
		}
		mapper := restmapper.NewDiscoveryRESTMapper(groups)
		for kind, want := range map[schema.GroupKind]struct {
			resource schema.GroupVersionResource
			scope    meta.RESTScopeName
		}{
			{Kind: "Pod"}:                         {corev1.SchemeGroupVersion.WithResource("pods"), meta.RESTScopeNameNamespace},
			{Kind: "Node"}:                        {corev1.SchemeGroupVersion.WithResource("nodes"), meta.RESTScopeNameRoot},
			{Group: "apps", Kind: "ReplicaSet"}:   {appsv1.SchemeGroupVersion.WithResource("replicasets"), meta.RESTScopeNameNamespace},
			{Group: "example.com", Kind: "Robot"}: {schema.GroupVersionResource{Group: "example.com", Version: "v1beta1", Resource: "robots"}, meta.RESTScopeNameNamespace},
		} {
			mapping, err := mapper.RESTMapping(kind)
			if err != nil || mapping.Resource != want.resource || mapping.Scope.Name() != want.scope {
				t.Errorf("%v maps to %+v, %v; want %v, %v", kind, mapping, err, want.resource, want.scope)
			}
		}
		if _, err := mapper.RESTMapping(schema.GroupKind{Kind: "Ghost"}); !meta.IsNoMatchError(err) {
			t.Errorf("a kind that there is not gives %v", err)
		}
	})
}
