// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/serializer/cbor/direct"
	"k8s.io/client-go/features"
	featurestesting "k8s.io/client-go/features/testing"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func cborOf(t *testing.T, value any) string {
	t.Helper()
	data, err := direct.Marshal(value)
	if err != nil {
		t.Error(err)
	}
	return string(data)
}

// Where client-go has CBOR switched on and the server sends it, it is read.
func TestRESTInCBOR(t *testing.T) {
	featurestesting.SetFeatureDuringTest(t, features.ClientsAllowCBOR, true)
	managed := gadgetOf("a", 3, 1)
	managed.TypeMeta = metav1.TypeMeta{APIVersion: "example.com/v1", Kind: "Gadget"}
	managed.ManagedFields = []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}
	newer := map[string]any{"metadata": map[string]any{"namespace": "shop", "name": "c", "resourceVersion": "5"}, "spec": map[string]any{"size": 3, "added": "later"}, "kind": "Gadget"}
	broken := map[string]any{"metadata": map[string]any{"namespace": "shop", "name": "b", "resourceVersion": "4"}, "spec": map[string]any{"size": "large"}}
	server := func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept"), "application/cbor,") {
			t.Errorf("it accepts %s", r.Header.Get("Accept"))
		}
		if !r.URL.Query().Has("watch") {
			w.Header().Set("Content-Type", "application/cbor")
			io.WriteString(w, cborOf(t, map[string]any{
				"kind": "GadgetList", "apiVersion": "example.com/v1", "metadata": map[string]any{"resourceVersion": "7", "continue": "more"},
				"items": []any{managed, broken, newer},
			}))
			return
		}
		w.Header().Set("Content-Type", "application/cbor-seq")
		for _, event := range []struct {
			kind   string
			object any
		}{
			{"ADDED", managed},
			{"BOOKMARK", map[string]any{"metadata": map[string]any{"resourceVersion": "9", "annotations": map[string]any{metav1.InitialEventsAnnotationKey: "true"}}}},
			{"ERROR", metav1.Status{Status: "Failure", Message: "too old", Reason: metav1.StatusReasonExpired, Code: 410}},
		} {
			io.WriteString(w, cborOf(t, map[string]any{"type": event.kind, "object": event.object}))
		}
	}
	t.Run("typed", func(t *testing.T) { readsCBOR(t, server, gadgetOf("a", 3, 1)) })
	t.Run("unstructured", func(t *testing.T) {
		readsCBOR(t, server, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "example.com/v1", "kind": "Gadget",
			"metadata": map[string]any{"namespace": "shop", "name": "a", "uid": "uid-a", "resourceVersion": "3", "labels": map[string]any{"app": "shop"}},
			"spec":     map[string]any{"size": int64(1)},
		}})
	})
}

func readsCBOR[T any](t *testing.T, server http.HandlerFunc, want T) {
	source := sourceOf[T](t, server, listwatch.RESTOptions{})
	item := store.Item[T]{Key: store.Key{Namespace: "shop", Name: "a"}, UID: "uid-a", Version: "3", Object: want}
	got, page, err := listWith(t, source, listwatch.ListOptions{})
	if err != nil || len(got) != 3 || page != (listwatch.Page{Version: "7", Continue: "more"}) {
		t.Fatalf("%v, %+v, %v", got, page, err)
	}
	if diff := cmp.Diff(item, got[0].Item); diff != "" || got[0].Err != nil {
		t.Errorf("%v (-want +got):\n%s", got[0].Err, diff)
	}
	if _, isTyped := any(want).(*Gadget); isTyped && itemErrorOf(t, got[1].Err).Key.Name != "b" {
		t.Errorf("%v", got[1].Err)
	}
	if got[2].Err != nil || got[2].Key.Name != "c" {
		t.Errorf("%+v; a member that the type does not have is no error", got[2])
	}
	events := follow(t.Context(), source, listwatch.WatchOptions{InitialEvents: true})
	if len(events) != 3 {
		t.Fatalf("%v", events)
	}
	if diff := cmp.Diff(listwatch.Event[T]{Type: listwatch.Added, Item: item}, events[0].Event); diff != "" || events[0].Err != nil {
		t.Errorf("%v (-want +got):\n%s", events[0].Err, diff)
	}
	if mark := events[1]; !mark.InitialEventsEnd || mark.Item.Version != "9" || mark.Err != nil {
		t.Errorf("%+v", mark)
	}
	if err := events[2].Err; err == nil || !strings.Contains(err.Error(), "too old") {
		t.Errorf("error = %v", err)
	}
}
