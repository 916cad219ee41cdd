// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

// flat is an Object that is no pointer to a struct.
type flat struct{ *Widget }

func (f flat) DeepCopyObject() runtime.Object { return f }

// hidden has its status in a struct without a name, and another one elsewhere.
type hidden struct {
	Widget
	Inner `json:",inline"`
}

type Inner struct {
	Phase string `json:"status"`
}

type named struct {
	Widget
	Inner `json:"inner"`
}

// A definition that makes no sense is told by SourceOf and by each request.
func TestDefinitionErrors(t *testing.T) {
	widgets := fake.Resource[*Widget]("", "v1", "widgets")
	tests := []struct {
		name      string
		resources []fake.ResourceDefinition
		says      string
	}{
		{"twice", []fake.ResourceDefinition{widgets, widgets}, "resource v1 widgets is defined twice"},
		{"no kind", []fake.ResourceDefinition{fake.Resource[*unstructured.Unstructured]("", "v1", "widgets")}, "set ResourceOptions.Kind"},
		{"no kind of metadata", []fake.ResourceDefinition{fake.Resource[*metav1.PartialObjectMetadata]("", "v1", "widgets")}, "set ResourceOptions.Kind"},
		{"no pointer", []fake.ResourceDefinition{fake.Resource[flat]("", "v1", "widgets")}, "no pointer to a struct"},
		{"an interface", []fake.ResourceDefinition{fake.Resource[fake.Object]("", "v1", "widgets")}, "no pointer to a struct"},
		{"two options", []fake.ResourceDefinition{fake.Resource("", "v1", "widgets", fake.ResourceOptions[*Widget]{}, fake.ResourceOptions[*Widget]{})}, "want at most one"},
	}
	resource := schema.GroupVersionResource{Version: "v1", Resource: "widgets"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := fake.NewAPIServer(test.resources...)
			_, ofSource := fake.SourceOf[*Widget](server, resource)
			protocol := server.Protocol(resource)
			_, ofCreate := protocol.Create("shop", widget("", "a", 1), metav1.CreateOptions{})
			_, ofUpdate := protocol.Update(shop("a"), "", widget("", "a", 1), metav1.UpdateOptions{})
			_, ofPatch := protocol.Patch(shop("a"), "", "application/merge-patch+json", `{}`, metav1.PatchOptions{})
			_, _, ofDelete := protocol.Delete(shop("a"), metav1.DeleteOptions{})
			_, ofCollection := protocol.DeleteCollection(fake.Scope{}, metav1.DeleteOptions{})
			_, _, ofList := protocol.Remaining(fake.Scope{}, listOptions{})
			for i, err := range []error{ofSource, ofCreate, ofUpdate, ofPatch, ofDelete, ofCollection, ofList} {
				if err == nil || !strings.Contains(err.Error(), test.says) || i > 0 && !apierrors.IsInternalError(err) {
					t.Errorf("error %d = %v, want one that says %q", i, err, test.says)
				}
			}
		})
	}
	for _, resource := range []schema.GroupVersionResource{{Version: "v1"}, {Resource: "widgets"}, {Group: "a/b", Version: "v1", Resource: "widgets"}} {
		server := fake.NewAPIServer(fake.Resource[*Widget](resource.Group, resource.Version, resource.Resource))
		if _, err := fake.SourceOf[*Widget](server, resource); err == nil {
			t.Errorf("%v was taken for a resource", resource)
		}
	}
}

func TestSourceOf(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	if source, err := fake.SourceOf[*Gadget](server, gadgetsV1); err != nil || source.Resource() != gadgetsV1 {
		t.Errorf("%v, %v", source, err)
	}
	_, err := fake.SourceOf[*Widget](server, gadgetsV1)
	if want := "fake: resource toys.example.com/v1 gadgets is of type *fake_test.Gadget, not *fake_test.Widget"; fmt.Sprint(err) != want {
		t.Errorf("another type: %v, want %s", err, want)
	}
	_, err = fake.SourceOf[*Widget](server, schema.GroupVersionResource{Version: "v1", Resource: "pods"})
	if want := "fake: the server has no resource v1 pods; it has toys.example.com/v1 gadgets, toys.example.com/v1 things, toys.example.com/v1 rooms"; fmt.Sprint(err) != want {
		t.Errorf("no such resource: %v, want %s", err, want)
	}
	_, err = fake.SourceOf[*Widget](fake.NewAPIServer(), gadgetsV1)
	if err == nil || !strings.Contains(err.Error(), "it has none at all") {
		t.Errorf("no resources: %v", err)
	}
}

func TestStatusIsAssumed(t *testing.T) {
	resource := schema.GroupVersionResource{Group: "toys", Version: "v1", Resource: "toys"}
	tests := []struct {
		name       string
		definition fake.ResourceDefinition
		want       bool
	}{
		{"a struct with a status", fake.Resource[*Gadget]("toys", "v1", "toys"), true},
		{"a struct without", fake.Resource[*Widget]("toys", "v1", "toys"), false},
		{"said for a struct without", fake.Resource("toys", "v1", "toys", fake.ResourceOptions[*Widget]{Status: true}), true},
		{"inline", fake.Resource[*hidden]("toys", "v1", "toys"), true},
		{"of a part", fake.Resource[*named]("toys", "v1", "toys"), false},
		{"unstructured", fake.Resource("toys", "v1", "toys", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Toy"}), false},
		{"said for unstructured", fake.Resource("toys", "v1", "toys", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Toy", Status: true}), true},
	}
	for _, test := range tests {
		if got := fake.NewAPIServer(test.definition).Protocol(resource).HasStatus(); got != test.want {
			t.Errorf("%s: %t, want %t", test.name, got, test.want)
		}
	}
}

func TestFieldSelectors(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	source := gadgets(t, server)
	for name, color := range map[string]string{"ball": "red", "cube": "blue", "kite": "red"} {
		object := gadget(name, color)
		object.Namespace = "shop"
		if _, err := source.Create(object); err != nil {
			t.Fatal(err)
		}
	}
	names := func(selector string) (names []string, err error) {
		scope := fake.Scope{Namespace: "shop", Fields: fields.ParseSelectorOrDie(selector)}
		_, err = source.Within(scope).List(t.Context(), listOptions{}, func(item store.Item[*Gadget], _ error) { names = append(names, item.Key.Name) })
		return names, err
	}
	tests := []struct {
		selector string
		want     []string
	}{
		{"spec.color=red", []string{"ball", "kite"}},
		{"spec.color!=red", []string{"cube"}},
		{"spec.color=red,metadata.name=kite", []string{"kite"}},
		{"metadata.namespace=shop,spec.color=green", nil},
	}
	for _, test := range tests {
		got, err := names(test.selector)
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" || err != nil {
			t.Errorf("%s: error %v (-want +got):\n%s", test.selector, err, diff)
		}
	}
	_, err := names("spec.size=1")
	if want := "field label not supported: spec.size; want one of metadata.name, metadata.namespace, spec.color"; !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), want) {
		t.Errorf("a field that was not registered: %v, want a bad request that says %q", err, want)
	}
}
