// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

func TestWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ok := must(t)
		widgets := fake.NewSource[*Widget](fake.Options{})
		if got := widgets.Version(); got != "1" {
			t.Errorf("version of an empty source = %s, want 1", got)
		}
		time.Sleep(1500 * time.Millisecond)
		created := ok(widgets.Create(widget("shop", "a", 1)))
		if want := metav1.NewTime(time.Now().Truncate(time.Second)); !created.CreationTimestamp.Equal(&want) || created.UID == "" || created.ResourceVersion != "2" {
			t.Errorf("created = %+v", created.ObjectMeta)
		}
		other := ok(widgets.Create(widget("shop", "b", 1)))
		if other.UID == created.UID {
			t.Errorf("two objects have UID %s", other.UID)
		}
		same := ok(fake.NewSource[*Widget](fake.Options{Kind: "Gadget"}).Create(widget("shop", "a", 1)))
		if same.UID == created.UID {
			t.Errorf("objects of two resources have UID %s", same.UID)
		}

		time.Sleep(time.Minute)
		change := created.DeepCopyObject().(*Widget)
		change.Size, change.CreationTimestamp = 2, metav1.Time{}
		updated := ok(widgets.Update(change))
		want := created.DeepCopyObject().(*Widget)
		want.Size, want.ResourceVersion = 2, "4"
		if diff := cmp.Diff(want, updated); diff != "" {
			t.Errorf("updated (-want +got):\n%s", diff)
		}

		deleted := ok(widgets.Delete(shop("a")))
		want.ResourceVersion = "5"
		if diff := cmp.Diff(want, deleted); diff != "" {
			t.Errorf("deleted (-want +got):\n%s", diff)
		}
		if _, found := widgets.Get(shop("a")); found || widgets.Len() != 1 || widgets.Version() != "5" {
			t.Errorf("found %t, %d objects at version %s; want one other at 5", found, widgets.Len(), widgets.Version())
		}
		if again := ok(widgets.Create(widget("shop", "a", 9))); again.UID == created.UID {
			t.Errorf("created again with the UID of the one deleted, %s", again.UID)
		}
	})
}

func TestWriteErrors(t *testing.T) {
	widgets := fake.NewSource[*Widget](fake.Options{})
	current := must(t)(widgets.Create(widget("shop", "a", 1)))
	stale := current.DeepCopyObject().(*Widget)
	current = must(t)(widgets.Update(widget("shop", "a", 2)))
	reborn := widget("shop", "a", 3)
	reborn.UID = "another"
	none := func(err error) bool { return err != nil }
	tests := []struct {
		name  string
		write func() (*Widget, error)
		is    func(error) bool
		says  string
	}{
		{"create what there is", func() (*Widget, error) { return widgets.Create(widget("shop", "a", 1)) }, apierrors.IsAlreadyExists, `widgets "a" already exists`},
		{"create with a version", func() (*Widget, error) { return widgets.Create(stale) }, apierrors.IsBadRequest, "resourceVersion should not be set"},
		{"create without a name", func() (*Widget, error) { return widgets.Create(widget("shop", "", 1)) }, apierrors.IsInvalid, "the name is empty; want"},
		{"create with a slash", func() (*Widget, error) { return widgets.Create(widget("shop", "a/b", 1)) }, apierrors.IsInvalid, "slash"},
		{"create nil", func() (*Widget, error) { return widgets.Create(nil) }, none, "Source.Create was given nil"},
		{"update with a stale version", func() (*Widget, error) { return widgets.Update(stale) }, apierrors.IsConflict, "version 2 was given, the current one is 3"},
		{"update with another UID", func() (*Widget, error) { return widgets.Update(reborn) }, apierrors.IsConflict, "created anew"},
		{"update what there is not", func() (*Widget, error) { return widgets.Update(widget("shop", "b", 1)) }, apierrors.IsNotFound, `widgets "b" not found`},
		{"update without a name", func() (*Widget, error) { return widgets.Update(widget("shop", "", 1)) }, apierrors.IsInvalid, "the name is empty"},
		{"update nil", func() (*Widget, error) { return widgets.Update(nil) }, none, "Source.Update was given nil"},
		{"delete what there is not", func() (*Widget, error) { return widgets.Delete(shop("b")) }, apierrors.IsNotFound, `widgets "b" not found`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			object, err := test.write()
			if !test.is(err) || !strings.Contains(fmt.Sprint(err), test.says) || object != nil {
				t.Errorf("object %v, error %v; want one that says %q", object, err, test.says)
			}
		})
	}
	if got, _ := widgets.Get(shop("a")); cmp.Diff(current, got) != "" || widgets.Version() != "3" {
		t.Errorf("a write that failed changed something: %v at %s", got, widgets.Version())
	}
}

func TestGenerateName(t *testing.T) {
	widgets := fake.NewSource[*Widget](fake.Options{})
	names := make(map[string]bool)
	for range 3 {
		object := must(t)(widgets.Create(&Widget{ObjectMeta: metav1.ObjectMeta{GenerateName: "web-"}}))
		if !strings.HasPrefix(object.Name, "web-") {
			t.Errorf("name = %q", object.Name)
		}
		names[object.Name] = true
	}
	if len(names) != 3 {
		t.Errorf("names = %v, want three", names)
	}
}

// What goes in and what comes out of a write is nobody else's; what List hands
// out is the one stored object.
func TestOwnership(t *testing.T) {
	widgets := fake.NewSource[*Widget](fake.Options{})
	given := widget("shop", "a", 1)
	returned := must(t)(widgets.Create(given))
	got, _ := widgets.Get(shop("a"))
	var listed, again *Widget
	_, _ = widgets.List(t.Context(), listOptions{}, func(item store.Item[*Widget], _ error) { listed = item.Object })
	given.Size, returned.Size, got.Size = 7, 7, 7
	_, _ = widgets.List(t.Context(), listOptions{}, func(item store.Item[*Widget], _ error) { again = item.Object })
	if listed != again || listed.Size != 1 {
		t.Errorf("listed %p and %p of size %d; want the same object, unchanged", listed, again, listed.Size)
	}
}

func TestResource(t *testing.T) {
	given := schema.GroupVersionResource{Group: "toys", Version: "v2", Resource: "widgetries"}
	tests := []struct {
		name   string
		source interface {
			Resource() schema.GroupVersionResource
		}
		want schema.GroupVersionResource
	}{
		{"of the type", fake.NewSource[*Widget](fake.Options{}), schema.GroupVersionResource{Version: "v1", Resource: "widgets"}},
		{"of the kind", fake.NewSource[*metav1.PartialObjectMetadata](fake.Options{Kind: "Policy"}), schema.GroupVersionResource{Version: "v1", Resource: "policies"}},
		{"given", fake.NewSource[*Widget](fake.Options{Resource: given}), given},
		{"of a view", fake.NewSource[*Widget](fake.Options{Resource: given}).Namespace("shop"), given},
	}
	for _, test := range tests {
		if got := test.source.Resource(); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// An unstructured object has its kind in its content; without it, it could not
// be encoded.
func TestUnstructuredGetsItsKind(t *testing.T) {
	source := fake.NewSource[*unstructured.Unstructured](fake.Options{Kind: "Pod"})
	object := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": "a"}}}
	created, err := source.Create(object)
	if err != nil || created.GetKind() != "Pod" || created.GetAPIVersion() != "v1" {
		t.Errorf("created %v, error %v", created, err)
	}
}
