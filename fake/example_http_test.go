// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"

	"github.com/typedinformer/typedinformer/fake"
)

// A real client, and no socket: this works in a bubble of testing/synctest too.
func ExampleAPIServer_RESTConfig() {
	server := fake.NewAPIServer(fake.Resource[*Widget](toys.Group, toys.Version, toys.Resource))
	widgets, err := fake.SourceOf[*Widget](server, toys)
	if err != nil {
		fmt.Println(err)
		return
	}
	_, _ = widgets.Create(widget("shop", "chair", 90))

	client, err := dynamic.NewForConfig(server.RESTConfig())
	if err != nil {
		fmt.Println(err)
		return
	}
	chair, err := client.Resource(toys).Namespace("shop").Get(context.Background(), "chair", metav1.GetOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(chair.GetKind(), chair.GetName(), chair.Object["size"])
	// Output:
	// Widget chair 90
}
