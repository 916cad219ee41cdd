// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A program that has no use for managedFields does not keep them.
func ExampleCompact() {
	chair := widget("chair", 1, 90)
	chair.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}
	client := &widgets{list: &WidgetList{Items: []Widget{*chair}}}

	source := listwatch.Compact(listwatch.FromClient[*Widget](client), listwatch.CompactOptions{DropManagedFields: true})
	_, _ = source.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[*Widget], _ error) {
		fmt.Println(item.Key, item.Object.Size, len(item.Object.ManagedFields))
	})
	// Output:
	// shop/chair 90 0
}
