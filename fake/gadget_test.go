// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
)

// Gadget is an API type with all that the protocol treats in a way of its own.
type Gadget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              GadgetSpec   `json:"spec"`
	Status            GadgetStatus `json:"status,omitempty"`
}

type GadgetSpec struct {
	Color string `json:"color,omitempty"`
	Size  int64  `json:"size,omitempty"`
	Parts []Part `json:"parts,omitempty" patchStrategy:"merge" patchMergeKey:"name"`
}

type Part struct {
	Name  string `json:"name"`
	Count int    `json:"count,omitempty"`
}

type GadgetStatus struct {
	Phase string `json:"phase,omitempty"`
}

func (g *Gadget) DeepCopyObject() runtime.Object {
	result := *g
	result.ObjectMeta = *g.ObjectMeta.DeepCopy()
	result.Spec.Parts = append([]Part(nil), g.Spec.Parts...)
	return &result
}

var (
	gadgetsV1 = schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "gadgets"}
	thingsV1  = schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "things"}
	roomsV1   = schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "rooms"}
)

// toyServer has gadgets, which are typed and have a status; things, which are
// unstructured and have none; and rooms, which are in no namespace.
func toyServer(options fake.ServerOptions) *fake.APIServer {
	const group = "toys.example.com"
	return fake.NewAPIServerWithOptions(options,
		fake.Resource(group, "v1", "gadgets", fake.ResourceOptions[*Gadget]{
			Fields: map[string]func(*Gadget) string{"spec.color": func(g *Gadget) string { return g.Spec.Color }},
		}),
		fake.Resource(group, "v1", "things", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Thing"}),
		fake.Resource(group, "v1", "rooms", fake.ResourceOptions[*Widget]{Kind: "Room", ClusterScoped: true}),
	)
}

func gadget(name, color string) *Gadget {
	return &Gadget{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: GadgetSpec{Color: color}}
}

func thing(name string, fields map[string]any) *unstructured.Unstructured {
	object := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": name}}}
	for name, value := range fields {
		object.Object[name] = value
	}
	return object
}

func gadgets(t testing.TB, server *fake.APIServer) *fake.Source[*Gadget] {
	source, err := fake.SourceOf[*Gadget](server, gadgetsV1)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

// asGadget is for the answer of a write that has to work.
func asGadget(t testing.TB) func(object fake.Object, err error) *Gadget {
	return func(object fake.Object, err error) *Gadget {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return object.DeepCopyObject().(*Gadget)
	}
}
