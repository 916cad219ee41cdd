// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"errors"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/fake"
)

// Whatever is sent as a patch, there is a Status that says what is wrong, or an
// object that is still the one it was.
func FuzzPatch(f *testing.F) {
	kinds := []types.PatchType{asMerge, asJSON, asStrategic}
	f.Add(uint8(0), false, `{"metadata":{"finalizers":["a/b"],"labels":null},"spec":{"size":1}}`)
	f.Add(uint8(1), false, `[{"op":"copy","from":"/spec","path":"/status"},{"op":"add","path":"/metadata/annotations","value":{"a":"b"}}]`)
	f.Add(uint8(2), true, `{"status":{"phase":"Ready"},"spec":{"parts":[{"$patch":"replace"},{"name":"bell"}],"$setElementOrder/parts":[{"name":"wheel"}],"$retainKeys":["parts"]}}`)
	f.Add(uint8(2), false, `{"spec":{"$deleteFromPrimitiveList/parts":["a"],"parts":[[]]},"metadata":{"finalizers":["a/b"]}}`)
	f.Add(uint8(2), false, `{"spec":{"parts":[{"name":{}},{"name":{}}]}}`)
	f.Add(uint8(2), false, `{"metadata":{"$setElementOrder/finalizers":[{},"a"],"finalizers":["a"]}}`)
	f.Fuzz(func(t *testing.T, kind uint8, status bool, patch string) {
		server := toyServer(fake.ServerOptions{})
		protocol := server.Protocol(gadgetsV1)
		given := gadget("ball", "red")
		given.Spec.Parts = []Part{{"wheel", 4}, {"bell", 1}}
		created := asGadget(t)(protocol.Create("shop", given, metav1.CreateOptions{}))
		subresource := ""
		if status {
			subresource = "status"
		}
		patched, err := protocol.Patch(shop("ball"), subresource, kinds[int(kind)%len(kinds)], patch, metav1.PatchOptions{})
		if err != nil {
			var answer apierrors.APIStatus
			if !errors.As(err, &answer) || answer.Status().Code < 400 || server.Version() != "2" {
				t.Errorf("error %v is not of the protocol, or something was written at %s", err, server.Version())
			}
			return
		}
		if patched.GetUID() != created.UID || patched.GetName() != "ball" || patched.GetNamespace() != "shop" || patched.GetCreationTimestamp() != created.CreationTimestamp {
			t.Errorf("patched into another object: %+v", patched)
		}
		if _, err := json.Marshal(patched); err != nil {
			t.Error(err)
		}
	})
}
