// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/fake"
)

const (
	asMerge     = types.MergePatchType
	asJSON      = types.JSONPatchType
	asStrategic = types.StrategicMergePatchType
)

func TestPatch(t *testing.T) {
	tests := []struct {
		name        string
		kind        types.PatchType
		subresource string
		patch       string
		want        func(*Gadget) // of version 2, with the parts wheel and bell
		version     string
	}{
		{"merge", asMerge, "", `{"spec":{"color":null,"size":9007199254740993}}`, func(g *Gadget) { g.Spec.Color, g.Spec.Size, g.Generation = "", 9007199254740993, 2 }, "3"},
		{"merge replaces a list", asMerge, "", `{"spec":{"parts":[{"name":"bell","count":2}]}}`, func(g *Gadget) { g.Spec.Parts, g.Generation = []Part{{"bell", 2}}, 2 }, "3"},
		{"strategic merges a list", asStrategic, "", `{"spec":{"parts":[{"name":"bell","count":2}]}}`, func(g *Gadget) { g.Spec.Parts[1].Count, g.Generation = 2, 2 }, "3"},
		{"strategic deletes", asStrategic, "", `{"spec":{"size":9007199254740993,"parts":[{"$patch":"delete","name":"wheel"}]}}`, func(g *Gadget) { g.Spec.Size, g.Spec.Parts, g.Generation = 9007199254740993, []Part{{"bell", 1}}, 2 }, "3"},
		{"JSON", asJSON, "", `[{"op":"test","path":"/kind","value":"Gadget"},{"op":"add","path":"/spec/parts/-","value":{"name":"horn"}},{"op":"add","path":"/metadata/labels","value":{"a":"b"}}]`, func(g *Gadget) {
			g.Spec.Parts, g.Labels, g.Generation = append(g.Spec.Parts, Part{Name: "horn"}), map[string]string{"a": "b"}, 2
		}, "3"},
		{"nothing", asMerge, "", `{"spec":{"color":"red"}}`, func(g *Gadget) {}, "2"},
		{"metadata", asMerge, "", `{"metadata":{"annotations":{"a":"b"}}}`, func(g *Gadget) { g.Annotations = map[string]string{"a": "b"} }, "3"},
		{"status by the wrong way", asMerge, "", `{"status":{"phase":"Ready"}}`, func(g *Gadget) {}, "2"},
		{"status", asMerge, "status", `{"status":{"phase":"Ready"},"spec":{"color":"blue"}}`, func(g *Gadget) { g.Status.Phase = "Ready" }, "3"},
		{"strategic status", asStrategic, "status", `{"status":{"phase":"Ready"}}`, func(g *Gadget) { g.Status.Phase = "Ready" }, "3"},
		{"at its version", asMerge, "", `{"metadata":{"resourceVersion":"2"},"spec":{"color":"blue"}}`, func(g *Gadget) { g.Spec.Color, g.Generation = "blue", 2 }, "3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := toyServer(fake.ServerOptions{})
			protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
			given := gadget("ball", "red")
			given.Spec.Parts = []Part{{"wheel", 4}, {"bell", 1}}
			created := ok(protocol.Create("shop", given, metav1.CreateOptions{}))
			dry := ok(protocol.Patch(shop("ball"), test.subresource, test.kind, test.patch, metav1.PatchOptions{DryRun: dryRun}))
			want := created.DeepCopyObject().(*Gadget)
			test.want(want)
			if diff := cmp.Diff(want, dry); diff != "" || server.Version() != "2" {
				t.Errorf("dry run, server at %s (-want +got):\n%s", server.Version(), diff)
			}
			patched := ok(protocol.Patch(shop("ball"), test.subresource, test.kind, test.patch, metav1.PatchOptions{}))
			want.ResourceVersion = test.version
			if diff := cmp.Diff(want, patched); diff != "" {
				t.Errorf("patched (-want +got):\n%s", diff)
			}
			stored, _ := gadgets(t, server).Get(shop("ball"))
			if diff := cmp.Diff(want, stored); diff != "" {
				t.Errorf("stored (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPatchErrors(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(gadgetsV1)
	created := asGadget(t)(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	asGadget(t)(protocol.Patch(shop("ball"), "", asMerge, `{"spec":{"size":1}}`, metav1.PatchOptions{}))
	tests := []struct {
		name  string
		kind  types.PatchType
		patch string
		code  int
		says  string
	}{
		{"no JSON", asMerge, `{`, http.StatusBadRequest, "invalid JSON patch"},
		{"no array", asJSON, `{}`, http.StatusBadRequest, "want an array of operations"},
		{"no JSON, strategic", asStrategic, `{`, http.StatusBadRequest, "invalid JSON patch"},
		{"test fails", asJSON, `[{"op":"test","path":"/spec/color","value":"blue"}]`, http.StatusUnprocessableEntity, `operation 0 (test "/spec/color")`},
		{"too many operations", asJSON, "[" + strings.Repeat("{},", 10_000) + "{}]", http.StatusRequestEntityTooLarge, "the most are 10000"},
		{"wrong type", asMerge, `{"spec":{"size":"big"}}`, http.StatusUnprocessableEntity, "cannot unmarshal"},
		{"no object", asMerge, `[]`, http.StatusBadRequest, "it is no object"},
		{"null", asMerge, `null`, http.StatusBadRequest, "it is no object"},
		{"wrong strategic directive", asStrategic, `{"spec":{"$patch":"eat"}}`, http.StatusInternalServerError, ""},
		{"keys of a wrong form", asStrategic, `{"spec":{"$retainKeys":[1,{}]}}`, http.StatusInternalServerError, "the strategic merge patch cannot be applied"},
		{"a wrong order", asStrategic, `{"spec":{"$setElementOrder/parts":"wheel"}}`, http.StatusInternalServerError, "expected a []"},
		{"keys to retain that are none", asStrategic, `{"spec":{"$retainKeys":"color"}}`, http.StatusBadRequest, "invalid patch format of retainKeys"},
		{"stale", asMerge, `{"metadata":{"resourceVersion":"2"},"spec":{"size":2}}`, http.StatusConflict, "please apply your changes to the latest version"},
		{"another name", asMerge, `{"metadata":{"name":"cube"}}`, http.StatusBadRequest, "does not match the name on the URL"},
		{"another namespace", asMerge, `{"metadata":{"namespace":"lab"}}`, http.StatusBadRequest, "does not match the namespace"},
		{"another UID", asMerge, `{"metadata":{"uid":"other"}}`, http.StatusUnprocessableEntity, "metadata.uid: Invalid value"},
		{"another kind", asMerge, `{"kind":"Widget"}`, http.StatusUnprocessableEntity, "is not Gadget in version"},
		{"apply", types.ApplyYAMLPatchType, `{}`, http.StatusUnsupportedMediaType, "server-side apply is not supported by the fake API server; send a patch of another media type: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"},
		{"no type", "text/plain", `{}`, http.StatusUnsupportedMediaType, "accepted media types include: application/json-patch+json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := protocol.Patch(shop("ball"), "", test.kind, test.patch, metav1.PatchOptions{})
			status, ok := err.(apierrors.APIStatus)
			if !ok || int(status.Status().Code) != test.code || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want code %d and one that says %q", err, test.code, test.says)
			}
		})
	}
	if _, err := protocol.Patch(shop("cube"), "", asMerge, `{}`, metav1.PatchOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("what there is not: %v, want not found", err)
	}
	force := true
	if _, err := protocol.Patch(shop("ball"), "", asMerge, `{}`, metav1.PatchOptions{Force: &force}); !apierrors.IsInvalid(err) {
		t.Errorf("force without apply: %v, want invalid", err)
	}
	if stored, _ := gadgets(t, server).Get(shop("ball")); stored.Spec.Size != 1 || stored.UID != created.UID || server.Version() != "3" {
		t.Errorf("a patch that failed changed something: %+v", stored)
	}
}

func TestPatchUnstructured(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(thingsV1)
	if _, err := protocol.Create("shop", thing("ball", map[string]any{"n": int64(1), "list": []any{int64(1)}}), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := protocol.Patch(shop("ball"), "", asStrategic, `{}`, metav1.PatchOptions{}); !apierrors.IsUnsupportedMediaType(err) || strings.Contains(err.Error(), "strategic") {
		t.Errorf("strategic: %v, want an unsupported media type", err)
	}
	patched, err := protocol.Patch(shop("ball"), "", asJSON, `[{"op":"replace","path":"/n","value":9007199254740993},{"op":"add","path":"/list/0","value":1.5}]`, metav1.PatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	content := patched.(*unstructured.Unstructured).Object
	if got := fmt.Sprintf("%v %T %v %d", content["n"], content["n"], content["list"], patched.GetGeneration()); got != "9007199254740993 int64 [1.5 1] 2" {
		t.Errorf("patched to %s", got)
	}
}
