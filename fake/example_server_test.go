// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// The writes to all resources of a server are one sequence of versions.
func ExampleNewAPIServer() {
	server := fake.NewAPIServer(
		fake.Resource[*Widget]("toys.example.com", "v1", "widgets"),
		fake.Resource("toys.example.com", "v1", "things", fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Thing"}),
	)
	group := schema.GroupVersion{Group: "toys.example.com", Version: "v1"}
	widgets, err := fake.SourceOf[*Widget](server, group.WithResource("widgets"))
	if err != nil {
		fmt.Println(err)
		return
	}
	chair, _ := widgets.Create(widget("shop", "chair", 90))
	fmt.Println(chair.ResourceVersion, server.Version())

	_, err = fake.SourceOf[*Widget](server, group.WithResource("things"))
	fmt.Println(err)
	// Output:
	// 2 2
	// fake: resource toys.example.com/v1 things is of type *unstructured.Unstructured, not *fake_test.Widget
}

// A field selector may name what the resource was defined with.
func ExampleResource() {
	resource := schema.GroupVersionResource{Group: "toys.example.com", Version: "v1", Resource: "gadgets"}
	server := fake.NewAPIServer(fake.Resource("toys.example.com", "v1", "gadgets", fake.ResourceOptions[*Gadget]{
		Fields: map[string]func(*Gadget) string{"spec.color": func(g *Gadget) string { return g.Spec.Color }},
	}))
	gadgets, err := fake.SourceOf[*Gadget](server, resource)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = gadgets.Create(gadget("ball", "red"))
	_, _ = gadgets.Create(gadget("cube", "blue"))
	red := gadgets.Within(fake.Scope{Fields: fields.OneTermEqualSelector("spec.color", "red")})
	_, err = red.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*Gadget], _ error) {
		fmt.Println(item.Key)
	})
	fmt.Println(err)
	// Output:
	// ball
	// <nil>
}

// The compaction point can be moved to any version: a watch from there works,
// one from below gets "expired".
func ExampleAPIServer_CompactTo() {
	server := fake.NewAPIServer(fake.Resource[*Widget]("", "v1", "widgets"))
	widgets, _ := fake.SourceOf[*Widget](server, schema.GroupVersionResource{Version: "v1", Resource: "widgets"})
	for _, name := range []string{"chair", "table", "lamp"} {
		_, _ = widgets.Create(widget("shop", name, 1))
	}
	fmt.Println(server.CompactTo("3"))
	for _, version := range []string{"3", "2"} {
		for event, err := range widgets.Watch(context.Background(), listwatch.WatchOptions{Version: version}) {
			fmt.Println(version, event.Item.Key.Name, err)
			break
		}
	}
	// Output:
	// <nil>
	// 3 lamp <nil>
	// 2  fake: watch widgets: too old resource version: 2 (3)
}
