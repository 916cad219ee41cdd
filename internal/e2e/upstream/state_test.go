// SPDX-License-Identifier: Apache-2.0

package upstream_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// A state is what there is, without what differs between any two runs: each object as
// JSON, sorted.
type state []string

func snapshot(ctx context.Context, t *testing.T, objects dynamic.Interface) (all state) {
	t.Helper()
	for _, resource := range []schema.GroupVersionResource{deploymentsResource, replicaSetsResource, podsResource, configMapsResource, widgetsResource} {
		list := must(objects.Resource(resource).Namespace(namespace).List(ctx, metav1.ListOptions{}))(t)
		all = append(all, stateOf(t, list)...)
	}
	return all
}

func stateOf(t *testing.T, list *unstructured.UnstructuredList) (objects state) {
	t.Helper()
	for i := range list.Items {
		strip(list.Items[i].Object)
		text := must(json.MarshalIndent(list.Items[i].Object, "", " "))(t)
		objects = append(objects, string(text))
	}
	slices.Sort(objects)
	return objects
}

// strip takes out what no two runs have in common: identities, versions and instants,
// and how often something was written, which is a matter of when its writer looked.
func strip(value any) {
	switch value := value.(type) {
	case map[string]any:
		if generated, ok := value["generateName"]; ok {
			value["name"] = generated
		}
		for _, name := range []string{
			"uid", "resourceVersion", "creationTimestamp", "managedFields",
			"lastUpdateTime", "lastTransitionTime", "generation", "observedGeneration",
		} {
			delete(value, name)
		}
		for _, member := range value {
			strip(member)
		}
	case []any:
		for _, element := range value {
			strip(element)
		}
	}
}
