// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"net/http/httptest"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Each write is an event of the watch, with the version that it made.
func ExampleSource() {
	widgets := fake.NewSource[*Widget](fake.Options{})
	_, _ = widgets.Create(widget("shop", "chair", 90))
	chair, _ := widgets.Get(store.Key{Namespace: "shop", Name: "chair"})
	chair.Size = 95
	_, _ = widgets.Update(chair)
	_, err := widgets.Update(chair) // its version is stale now
	fmt.Println(err)
	_, _ = widgets.Delete(store.Key{Namespace: "shop", Name: "chair"})

	for event := range widgets.Watch(context.Background(), listwatch.WatchOptions{Version: "1"}) {
		fmt.Println(event.Type, event.Item.Key, event.Item.Version, event.Item.Object.Size)
		if event.Type == listwatch.Deleted {
			break
		}
	}
	// Output:
	// Operation cannot be fulfilled on widgets "chair": the object has been modified: version 2 was given, the current one is 3; read it again and apply the change to that
	// Added shop/chair 2 90
	// Modified shop/chair 3 95
	// Deleted shop/chair 4 95
}

// Compact makes a watch from an older version fail as it does after a long
// break: the reader has to list again.
func ExampleSource_Compact() {
	widgets := fake.NewSource[*Widget](fake.Options{})
	_, _ = widgets.Create(widget("shop", "chair", 90))
	_, _ = widgets.Create(widget("shop", "table", 120))
	widgets.Compact()
	for _, err := range widgets.Watch(context.Background(), listwatch.WatchOptions{Version: "2"}) {
		fmt.Println(err)
	}
	// Output:
	// fake: watch widgets: too old resource version: 2 (3)
}

// Any Kubernetes client can talk to the handler.
func ExampleSource_Handler() {
	widgets := fake.NewSource[*Widget](fake.Options{Resource: toys})
	_, _ = widgets.Create(widget("shop", "chair", 90))
	server := httptest.NewServer(widgets.Handler())
	defer server.Close()

	client, err := dynamic.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	source := listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys).Namespace("shop"))
	_, err = source.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*unstructured.Unstructured], _ error) {
		fmt.Println(item.Key, item.Object.GetKind(), item.Object.Object["size"])
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// shop/chair Widget 90
}
