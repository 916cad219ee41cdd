// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/typedinformer/typedinformer/listwatch"
)

// A server, or a proxy that stands before it, sends an event that does not end.
// With a clientset it is kubernetes.NewForConfig(config).
func ExampleLimitReads() {
	server := &answer{status: 200, contentType: mediaJSON, body: toyJSON("chair", 90) + `{"type":"`, endless: 'x'}
	config := listwatch.LimitReads(configOf(server), listwatch.Limits{Frame: 1 << 20})
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	source := listwatch.FromClient[*unstructured.Unstructured](client.Resource(toys).Namespace("shop"), listwatch.Options{Resource: toys})
	for event, err := range source.Watch(context.Background(), listwatch.WatchOptions{}) {
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(event.Type, event.Item.Key)
	}
	// Output:
	// Added shop/chair
	// listwatch: watch toys.toys.example.com: listwatch: GET /apis/toys.example.com/v1/namespaces/shop/toys: a JSON frame, at byte 222 of the answer, is longer than the limit of 1048576 bytes; raise Limits.Frame if objects may be as large as that
}
