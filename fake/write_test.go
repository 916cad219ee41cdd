// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"

	"github.com/typedinformer/typedinformer/fake"
)

// Every write of a typed client, in JSON and in protobuf. What is stored does not
// carry the kind that came with it: lists would repeat it for each item.
func TestTypedClientWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := toybox()
		client := typedClient(t, server.RESTConfig(), "shop")
		ctx := t.Context()
		created, err := client.Create(ctx, widget("", "a", 1), metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		created.Size = 2
		updated, err := client.Update(ctx, created, metav1.UpdateOptions{})
		if err != nil || updated.Size != 2 || updated.ResourceVersion != "3" || updated.Namespace != "shop" {
			t.Fatalf("update: %+v, %v", updated, err)
		}
		if _, err := client.Update(ctx, created, metav1.UpdateOptions{}); !apierrors.IsConflict(err) {
			t.Errorf("stale update: %v, want conflict", err)
		}
		if _, err := client.Create(ctx, widget("", "a", 1), metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
			t.Errorf("second create: %v, want already exists", err)
		}
		patched, err := client.Patch(ctx, "a", types.MergePatchType, []byte(`{"size":5}`), metav1.PatchOptions{FieldManager: "me"})
		if err != nil || patched.Size != 5 {
			t.Errorf("patch: %+v, %v", patched, err)
		}
		stored, _ := sourceFrom[*Widget](t, server, toys).Get(shop("a"))
		if stored.Size != 5 || stored.TypeMeta != (metav1.TypeMeta{}) {
			t.Errorf("stored %+v, want size 5 and no kind", stored)
		}
		if _, err := client.Patch(ctx, "z", types.MergePatchType, []byte(`{}`), metav1.PatchOptions{}); !apierrors.IsNotFound(err) {
			t.Errorf("patch of nothing: %v, want not found", err)
		}
		if err := client.Delete(ctx, "a", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions("other")}); !apierrors.IsConflict(err) {
			t.Errorf("delete of another: %v, want conflict", err)
		}
		if err := client.Delete(ctx, "a", metav1.DeleteOptions{}); err != nil {
			t.Error(err)
		}
		if n := sourceFrom[*Widget](t, server, toys).Len(); n != 0 {
			t.Errorf("%d objects are left", n)
		}
	})
}

func TestProtobufClientWrites(t *testing.T) {
	server := toybox()
	client := lampClient(t, server.RESTConfig())
	created, err := client.Create(t.Context(), lamp("desk", "red"), metav1.CreateOptions{})
	if err != nil || created.Colour != "red" || created.UID == "" {
		t.Fatalf("create: %+v, %v", created, err)
	}
	created.Colour = "blue"
	if _, err := client.Update(t.Context(), created, metav1.UpdateOptions{}); err != nil {
		t.Error(err)
	}
	stored, _ := sourceFrom[*Lamp](t, server, lamps).Get(shop("desk"))
	if stored.Colour != "blue" || stored.TypeMeta != (metav1.TypeMeta{}) {
		t.Errorf("stored %+v", stored)
	}
	if err := client.Delete(t.Context(), "desk", metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
}

func TestDynamicAndMetadataClientWrites(t *testing.T) {
	server := toybox()
	client, err := dynamic.NewForConfig(server.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	inShop := client.Resource(robots).Namespace("shop")
	robot := &unstructured.Unstructured{Object: map[string]any{
		"kind": "Robot", "apiVersion": "toys.example.com/v1", "arms": int64(2),
		"metadata": map[string]any{"name": "r2", "finalizers": []any{"toys.example.com/oil"}},
	}}
	created, err := inShop.Create(t.Context(), robot, metav1.CreateOptions{})
	if err != nil || created.Object["arms"] != int64(2) {
		t.Fatalf("create: %v, %v", created, err)
	}
	about, err := metadata.NewForConfig(server.RESTConfig())
	if err != nil {
		t.Fatal(err)
	}
	patched, err := about.Resource(robots).Namespace("shop").Patch(t.Context(), "r2", types.MergePatchType, []byte(`{"metadata":{"labels":{"new":"yes"}}}`), metav1.PatchOptions{})
	if err != nil || patched.Labels["new"] != "yes" {
		t.Errorf("metadata patch: %v, %v", patched, err)
	}
	// The object waits for its finalizer, and is the answer.
	if err := about.Resource(robots).Namespace("shop").Delete(t.Context(), "r2", metav1.DeleteOptions{}); err != nil {
		t.Error(err)
	}
	if got, err := inShop.Get(t.Context(), "r2", metav1.GetOptions{}); err != nil || got.GetDeletionTimestamp() == nil {
		t.Errorf("with a finalizer: %v, %v", got, err)
	}
	if _, err := inShop.Patch(t.Context(), "r2", types.JSONPatchType, []byte(`[{"op":"remove","path":"/metadata/finalizers"}]`), metav1.PatchOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := inShop.Get(t.Context(), "r2", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("without: %v, want not found", err)
	}
}

// What a write is answered with on the wire.
func TestWriteAnswers(t *testing.T) {
	const widgets = "/apis/toys.example.com/v2/namespaces/shop/widgets"
	handler := toybox().Handler()
	write := func(method, path, body string, headers ...string) string {
		t.Helper()
		return answered(t, ask(handler, method, path, body, headers...))
	}
	tests := []struct{ method, path, body, accept, contentType, want string }{
		{"POST", widgets + "?dryRun=All", `{"metadata":{"name":"a"}}`, "", "", "201 Created, application/json, toys.example.com/v2 Widget"},
		{"POST", widgets, `{"metadata":{"name":"a"}}`, "", "", "201 Created, application/json, toys.example.com/v2 Widget"},
		{"POST", widgets, `{"metadata":{"name":"b","labels":{"x":"y"}}}`, acceptTable, jsonType, "201 Created, application/json, meta.k8s.io/v1 Table"},
		{"POST", widgets, `{"metadata":{"name":"b"}}`, acceptTable, jsonType, "409 Conflict, application/json, v1 Status"},
		{"PUT", widgets + "/a", `{"metadata":{"name":"a"},"size":3}`, "", jsonType, "200 OK, application/json, toys.example.com/v2 Widget"},
		{"PUT", widgets + "/a", `{"metadata":{"name":"b"}}`, "", jsonType, "400 Bad Request, application/json, v1 Status"},
		{"PATCH", widgets + "/a", `{"size":4}`, "", "application/merge-patch+json", "200 OK, application/json, toys.example.com/v2 Widget"},
		{"PATCH", widgets + "/a", `[{`, "", "application/json-patch+json", "400 Bad Request, application/json, v1 Status"},
		{"DELETE", widgets + "/a?gracePeriodSeconds=0", "", "", "", "200 OK, application/json, v1 Status"},
		{"DELETE", widgets + "/a", "", "", "", "404 Not Found, application/json, v1 Status"},
		{"DELETE", widgets + "?labelSelector=x=z", "", "", "", "200 OK, application/json, toys.example.com/v2 WidgetList"},
		{"GET", widgets + "/b", "", "", "", "200 OK, application/json, toys.example.com/v2 Widget"},
		{"DELETE", widgets + "?labelSelector=x=y", `{"kind":"DeleteOptions","apiVersion":"v1"}`, "", jsonType, "200 OK, application/json, toys.example.com/v2 WidgetList"},
		{"GET", widgets + "/b", "", "", "", "404 Not Found, application/json, v1 Status"},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, write(test.method, test.path, test.body, "Accept", test.accept, "Content-Type", test.contentType)); diff != "" {
			t.Errorf("%s %s %s (-want +got):\n%s", test.method, test.path, test.body, diff)
		}
	}
}

func TestDeleteAnswersWithWhatIsGone(t *testing.T) {
	server := stocked(t)
	stored, _ := sourceFrom[*Widget](t, server, toys).Get(shop("a"))
	answer := ask(server.Handler(), "DELETE", "/apis/toys.example.com/v2/namespaces/shop/widgets/a", "")
	var got metav1.Status
	if err := json.Unmarshal(answer.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := metav1.Status{
		TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status:   metav1.StatusSuccess,
		Details:  &metav1.StatusDetails{Name: "a", Group: "toys.example.com", Kind: "widgets", UID: stored.UID},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}

// Paths of resources that are in no namespace, and of a status.
func TestPathsByDefinition(t *testing.T) {
	handler := fake.NewAPIServer(
		fake.Resource("", "v1", "namespaces", fake.ResourceOptions[*Widget]{Kind: "Namespace", ClusterScoped: true, Status: true}),
		fake.Resource("", "v1", "nodes", fake.ResourceOptions[*Widget]{Kind: "Node", ClusterScoped: true}),
		fake.Resource("", "v1", "pods", fake.ResourceOptions[*Widget]{Kind: "Pod", Status: true}),
	).Handler()
	tests := []struct{ path, allow string }{
		{"/api/v1/nodes", "GET, POST, DELETE"},
		{"/api/v1/nodes/a", "GET, PUT, PATCH, DELETE"},
		{"/api/v1/nodes/a/status", ""},
		{"/api/v1/namespaces/shop/nodes", ""},
		{"/api/v1/namespaces", "GET, POST, DELETE"},
		{"/api/v1/namespaces/shop", "GET, PUT, PATCH, DELETE"},
		{"/api/v1/namespaces/shop/status", "GET, PUT, PATCH"},
		{"/api/v1/namespaces/shop/pods", "GET, POST, DELETE"},
		{"/api/v1/namespaces/shop/pods/a/status", "GET, PUT, PATCH"},
		{"/api/v1/pods", "GET"},
	}
	for _, test := range tests {
		answer := ask(handler, "OPTIONS", test.path, "")
		if got := answer.Header().Get("Allow"); got != test.allow {
			t.Errorf("OPTIONS %s: %d, allowed %q; want %q", test.path, answer.Code, got, test.allow)
		}
	}
	var list metav1.APIResourceList
	if err := json.Unmarshal(ask(handler, "GET", "/api/v1", "").Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, resource := range list.APIResources {
		if resource.Namespaced {
			resource.Name += " in namespaces"
		}
		got = append(got, resource.Name)
	}
	want := []string{"namespaces", "namespaces/status", "nodes", "pods in namespaces", "pods/status in namespaces"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("resources (-want +got):\n%s", diff)
	}
}

// A list says how much is left of it, where the storage knows.
func TestRemainingItemCount(t *testing.T) {
	answer := ask(stocked(t).Handler(), "GET", "/apis/toys.example.com/v2/widgets?limit=1", "")
	var list metav1.PartialObjectMetadataList
	if err := json.Unmarshal(answer.Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if list.RemainingItemCount == nil || *list.RemainingItemCount != 1 || list.Continue == "" {
		t.Errorf("%+v, want one left", list.ListMeta)
	}
}
