// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"net/http"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/fake"
)

// kinds is a server of the three kinds of resources: lamps are of a type that
// servers are built with, gadgets of one that they are not, and robots of none.
// Each has a status subresource; bulbs are lamps without.
func kinds() http.Handler {
	return fake.NewAPIServer(
		fake.Resource("lights.example.com", "v1", "lamps", fake.ResourceOptions[*Lamp]{Status: true}),
		fake.Resource("lights.example.com", "v1", "bulbs", fake.ResourceOptions[*Lamp]{Kind: "Bulb"}),
		fake.Resource[*Gadget](gadgetsV1.Group, gadgetsV1.Version, gadgetsV1.Resource),
		fake.Resource(robots.Group, robots.Version, robots.Resource,
			fake.ResourceOptions[*unstructured.Unstructured]{Kind: "Robot", Status: true}),
	).Handler()
}

const (
	lampsIn   = "/apis/lights.example.com/v1/namespaces/shop/lamps"
	bulbsIn   = "/apis/lights.example.com/v1/namespaces/shop/bulbs"
	gadgetsIn = "/apis/toys.example.com/v1/namespaces/shop/gadgets"
	robotsIn  = "/apis/toys.example.com/v1/namespaces/shop/robots"
)

// What a server answers depends on whether it was built with the type. Says is
// part of the answer, or is not if it begins with a !.
func TestKindsOfResources(t *testing.T) {
	const (
		merge = "application/merge-patch+json"
		robot = `{"apiVersion":"toys.example.com/v1","kind":"Robot","metadata":{"name":"a"}}`
		doll  = `{"apiVersion":"toys.example.com/v1","kind":"Doll","metadata":{"name":"a"}}`
	)
	handler := kinds()
	for _, test := range []struct {
		method, path, body, sends string
		code                      int
		says                      string
	}{
		{"POST", lampsIn, `{"metadata":{"name":"a"}}`, "", 201, `"generation":1`},
		{"POST", bulbsIn, `{"metadata":{"name":"a","finalizers":["example.com/hold"]}}`, "", 201, `!generation`},
		{"POST", gadgetsIn, `{"metadata":{"name":"a"},"spec":{}}`, "", 201, `"generation":1`},
		{"POST", robotsIn, robot, "", 201, `"generation":1`},
		{"PATCH", bulbsIn + "/a", `{"colour":"red"}`, merge, 200, `!generation`},
		{"DELETE", bulbsIn + "/a", "", "", 200, `!generation`},

		{"PATCH", lampsIn + "/a/status", `{"metadata":{"labels":{"a":"b"}}}`, merge, 200, `"labels":{"a":"b"}`},
		{"PATCH", gadgetsIn + "/a/status", `{"metadata":{"labels":{"a":"b"}}}`, merge, 200, `!labels`},
		{"PATCH", robotsIn + "/a/status", `{"metadata":{"labels":{"a":"b"}}}`, merge, 200, `!labels`},

		{"PATCH", lampsIn + "/a", `{"metadata":{"finalizers":["hold"]}}`, merge, 422, `metadata.finalizers[0]`},
		{"POST", lampsIn, `{"metadata":{"name":"b","finalizers":["hold"]}}`, "", 422, `metadata.finalizers[0]`},
		{"POST", lampsIn, `{"metadata":{"name":"b","finalizers":["orphan"]}}`, "", 201, `orphan`},
		{"PATCH", gadgetsIn + "/a", `{"metadata":{"finalizers":["hold"]}}`, merge, 200, `hold`},

		{"POST", lampsIn, strings.ReplaceAll(doll, "toys", "lights"), "", 400, `"reason":"BadRequest"`},
		{"POST", robotsIn, doll, "", 422, `"field":"kind"`},
		{"PATCH", lampsIn + "/a", `{"kind":"Doll"}`, merge, 422, `"field":"patch"`},
		{"PATCH", robotsIn + "/a", `{"kind":"Doll"}`, merge, 422, `"field":"kind"`},
		{"PATCH", robotsIn + "/a", `{"apiVersion":"toys.example.com/v2"}`, merge, 422, `"field":"apiVersion"`},
		{"PATCH", robotsIn + "/a", `{"metadata":{"labels":{"a":7}}}`, merge, 422, `"field":"patch"`},
		{"PUT", robotsIn + "/a", robot, "", 422, `"kind":"robots"`},

		{"PATCH", lampsIn + "/a", `{}`, "text/plain", 415, `"details":{}`},
		{"PATCH", robotsIn + "/a", `{}`, "text/plain", 415, `!details`},
		{"GET", "/apis/lights.example.com/v1/dolls", "", "", 404, `"details":{}`},
		{"GET", "/apis/toys.example.com/v1/dolls", "", "", 404, "404 page not found\n"},
	} {
		answer := ask(handler, test.method, test.path, test.body, "Content-Type", test.sends)
		unwanted, without := strings.CutPrefix(test.says, "!")
		if answer.Code != test.code || strings.Contains(answer.Body.String(), unwanted) == without {
			t.Errorf("%s %s %s: %d %s; want %d and %s", test.method, test.path, test.body, answer.Code, answer.Body, test.code, test.says)
		}
	}
}

// Protobuf knows no difference between an empty map and none, and what a server
// is built with it stores in that.
func TestBuiltInTypesAreStoredInProtobuf(t *testing.T) {
	server := stocked(t)
	desk := lamp("floor", "red")
	desk.Labels = map[string]string{}
	created, err := server.Protocol(lamps).Create("shop", desk, metav1.CreateOptions{})
	if err != nil || created.GetLabels() != nil {
		t.Errorf("created %#v, %v", created, err)
	}
	ball := widget("shop", "ball", 1)
	ball.Labels = map[string]string{}
	if created, err = server.Protocol(toys).Create("shop", ball, metav1.CreateOptions{}); err != nil || created.GetLabels() == nil {
		t.Errorf("created %#v, %v", created, err)
	}
}
