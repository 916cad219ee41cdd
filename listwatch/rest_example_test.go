// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// A struct names what a program wants of a pod; all else is skipped.
func ExampleREST() {
	type Pod struct {
		listwatch.Meta
		Spec   struct{ NodeName string }
		Status struct{ Phase, PodIP string }
	}
	server := httptest.NewServer(http.HandlerFunc(onePod))
	defer server.Close()
	config := &rest.Config{Host: server.URL} // rest.InClusterConfig(), in a cluster

	pods, err := listwatch.REST[Pod](config, schema.GroupVersionResource{Version: "v1", Resource: "pods"}, listwatch.RESTOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = pods.List(context.Background(), listwatch.ListOptions{}, func(item store.Item[Pod], err error) {
		pod := item.Object
		fmt.Println(item.Key, pod.Labels["app"], pod.Spec.NodeName, pod.Status.Phase, pod.Status.PodIP, err)
	})
	fmt.Println(err)
	// Output:
	// shop/web-0 web node-7 Running 10.0.0.7 <nil>
	// <nil>
}

// onePod is a server with one pod.
func onePod(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{
		"metadata":{"namespace":"shop","name":"web-0","uid":"1","resourceVersion":"5","labels":{"app":"web"},"managedFields":[{"manager":"kubelet"}]},
		"spec":{"nodeName":"node-7","containers":[{"name":"web","image":"example.com/web:1"}]},
		"status":{"phase":"Running","podIP":"10.0.0.7"}}]}`)
}
