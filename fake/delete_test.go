// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

// gadgetEvents is what a watch since version brings, up to now. It is for use in
// a bubble.
func gadgetEvents(t *testing.T, source *fake.Source[*Gadget], version string) (lines []string) {
	t.Helper()
	for event, err := range source.Watch(t.Context(), watchOptions{Version: version, Timeout: time.Second}) {
		if err != nil {
			t.Fatal(err)
		}
		g := event.Item.Object
		lines = append(lines, fmt.Sprintf("%s %s@%s %v deleting %t", event.Type, g.Name, g.ResourceVersion, g.Finalizers, g.DeletionTimestamp != nil))
	}
	return lines
}

func withFinalizers(name string, finalizers ...string) *Gadget {
	g := gadget(name, "red")
	g.Finalizers = finalizers
	return g
}

// orphaned is how old clients say what is to become of dependents.
func orphaned(orphan bool) metav1.DeleteOptions {
	//lint:ignore SA1019 It is deprecated, but there are clients that send it.
	return metav1.DeleteOptions{OrphanDependents: &orphan}
}

func TestDelete(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(gadgetsV1)
	asGadget(t)(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	object, gone, err := protocol.Delete(shop("ball"), metav1.DeleteOptions{DryRun: dryRun})
	if err != nil || !gone || object.GetName() != "ball" || server.Version() != "2" {
		t.Errorf("dry run: %v, gone %t, error %v, server at %s", object, gone, err, server.Version())
	}
	object, gone, err = protocol.Delete(shop("ball"), metav1.DeleteOptions{})
	if err != nil || !gone || object.GetResourceVersion() != "3" || gadgets(t, server).Len() != 0 {
		t.Errorf("%v, gone %t, error %v", object, gone, err)
	}
	if _, gone, err = protocol.Delete(shop("ball"), metav1.DeleteOptions{}); gone || !apierrors.IsNotFound(err) {
		t.Errorf("once more: gone %t, error %v; want not found", gone, err)
	}
}

func TestDeletePreconditions(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(gadgetsV1)
	created := asGadget(t)(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	other, stale := types.UID("other"), "1"
	for _, test := range []struct {
		wanted metav1.Preconditions
		says   string
	}{
		{metav1.Preconditions{UID: &other}, "the UID in the precondition (other) does not match the UID in record (" + string(created.UID) + ")"},
		{metav1.Preconditions{ResourceVersion: &stale}, "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (2)"},
	} {
		_, gone, err := protocol.Delete(shop("ball"), metav1.DeleteOptions{Preconditions: &test.wanted})
		if gone || !apierrors.IsConflict(err) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("gone %t, error %v; want a conflict that says %q", gone, err, test.says)
		}
	}
	if _, gone, err := protocol.Delete(shop("ball"), metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &created.UID, ResourceVersion: &created.ResourceVersion}}); !gone || err != nil {
		t.Errorf("with the right ones: gone %t, error %v", gone, err)
	}
	two, policy := orphaned(true), metav1.DeletePropagationOrphan
	two.PropagationPolicy = &policy
	if _, _, err := protocol.Delete(shop("ball"), two); !apierrors.IsInvalid(err) {
		t.Errorf("two policies: %v, want invalid", err)
	}
}

// A finalizer holds up a deletion; the update that takes the last one away
// completes it.
func TestFinalizers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := toyServer(fake.ServerOptions{})
		protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
		created := ok(protocol.Create("shop", withFinalizers("ball", "a/b", "c/d"), metav1.CreateOptions{}))

		time.Sleep(time.Minute)
		object, gone, err := protocol.Delete(shop("ball"), metav1.DeleteOptions{})
		deleting := ok(object, err)
		want := created.DeepCopyObject().(*Gadget)
		want.DeletionTimestamp, want.DeletionGracePeriodSeconds = &metav1.Time{Time: time.Now().Truncate(time.Second)}, new(int64)
		want.ResourceVersion, want.Generation = "3", 2
		if diff := cmp.Diff(want, deleting); diff != "" || gone {
			t.Fatalf("deleted, gone %t (-want +got):\n%s", gone, diff)
		}
		time.Sleep(time.Minute)
		object, gone, err = protocol.Delete(shop("ball"), metav1.DeleteOptions{})
		if diff := cmp.Diff(want, ok(object, err)); diff != "" || gone {
			t.Errorf("deleted again, gone %t (-want +got):\n%s", gone, diff)
		}

		more := deleting.DeepCopyObject().(*Gadget)
		more.Finalizers = append(more.Finalizers, "e/f")
		if _, err := protocol.Update(shop("ball"), "", more, metav1.UpdateOptions{}); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "no new finalizers can be added if the object is being deleted") {
			t.Errorf("a new finalizer: %v, want invalid", err)
		}
		revived := deleting.DeepCopyObject().(*Gadget)
		revived.DeletionTimestamp, revived.Spec.Color = nil, "blue"
		if got := ok(protocol.Update(shop("ball"), "", revived, metav1.UpdateOptions{})); got.DeletionTimestamp == nil {
			t.Error("an update took back the deletion")
		}
		fewer := ok(protocol.Patch(shop("ball"), "", types.MergePatchType, `{"metadata":{"finalizers":["c/d"]}}`, metav1.PatchOptions{}))
		fewer.Finalizers = nil
		fewer.Spec.Color = "green"
		if got := ok(protocol.Update(shop("ball"), "", fewer.DeepCopyObject().(*Gadget), metav1.UpdateOptions{DryRun: dryRun})); got.Spec.Color != "green" || gadgets(t, server).Len() != 1 {
			t.Errorf("dry run of the last update: %+v", got)
		}
		last := ok(protocol.Update(shop("ball"), "", fewer, metav1.UpdateOptions{}))
		if last.Spec.Color != "green" || len(last.Finalizers) > 0 || gadgets(t, server).Len() != 0 {
			t.Errorf("the last update is answered with %+v; %d objects", last, gadgets(t, server).Len())
		}
		events := []string{
			"Added ball@2 [a/b c/d] deleting false",
			"Modified ball@3 [a/b c/d] deleting true",
			"Modified ball@4 [a/b c/d] deleting true",
			"Modified ball@5 [c/d] deleting true",
			"Deleted ball@6 [c/d] deleting true",
		}
		if diff := cmp.Diff(events, gadgetEvents(t, gadgets(t, server), "1")); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// An object that is deleted gracefully, which only a test's own side can make of
// it, goes when its time is up, and not when its last finalizer does.
func TestFinalizersOfAGracefulDeletion(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	going := withFinalizers("ball", "a/b")
	now, grace := metav1.NewTime(time.Now().Truncate(time.Second)), int64(30)
	going.Namespace, going.DeletionTimestamp, going.DeletionGracePeriodSeconds = "shop", &now, &grace
	if _, err := gadgets(t, server).Create(going); err != nil {
		t.Fatal(err)
	}
	got := asGadget(t)(server.Protocol(gadgetsV1).Patch(shop("ball"), "", types.MergePatchType, `{"metadata":{"finalizers":null}}`, metav1.PatchOptions{}))
	if len(got.Finalizers) != 0 || gadgets(t, server).Len() != 1 {
		t.Errorf("%d objects are left, finalizers %v; want the object without any", gadgets(t, server).Len(), got.Finalizers)
	}
}

func TestPropagation(t *testing.T) {
	policy := func(p metav1.DeletionPropagation) metav1.DeleteOptions {
		return metav1.DeleteOptions{PropagationPolicy: &p}
	}
	tests := []struct {
		name       string
		finalizers []string
		options    metav1.DeleteOptions
		want       []string // none: it is gone
	}{
		{"no policy", nil, metav1.DeleteOptions{}, nil},
		{"background", nil, policy(metav1.DeletePropagationBackground), nil},
		{"foreground", nil, policy(metav1.DeletePropagationForeground), []string{"foregroundDeletion"}},
		{"orphan", []string{"a/b"}, policy(metav1.DeletePropagationOrphan), []string{"a/b", "orphan"}},
		{"orphan, as it was once said", nil, orphaned(true), []string{"orphan"}},
		{"background, as it was once said", []string{"orphan"}, orphaned(false), nil},
		{"the one that there is", []string{"orphan", "a/b"}, metav1.DeleteOptions{}, []string{"orphan", "a/b"}},
		{"another than the one that there is", []string{"orphan", "a/b"}, policy(metav1.DeletePropagationForeground), []string{"a/b", "foregroundDeletion"}},
		{"background instead of the one that there is", []string{"foregroundDeletion"}, policy(metav1.DeletePropagationBackground), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := toyServer(fake.ServerOptions{})
			protocol := server.Protocol(gadgetsV1)
			asGadget(t)(protocol.Create("shop", withFinalizers("ball", test.finalizers...), metav1.CreateOptions{}))
			object, gone, err := protocol.Delete(shop("ball"), test.options)
			if err != nil || gone != (test.want == nil) {
				t.Fatalf("gone %t, error %v", gone, err)
			}
			if diff := cmp.Diff(test.want, object.GetFinalizers()); !gone && diff != "" {
				t.Errorf("finalizers (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeleteCollection(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
	ok(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	ok(protocol.Create("shop", gadget("cube", "blue"), metav1.CreateOptions{}))
	ok(protocol.Create("shop", withFinalizers("kite", "a/b"), metav1.CreateOptions{}))
	ok(protocol.Create("lab", gadget("ball", "red"), metav1.CreateOptions{}))
	scope := fake.Scope{Namespace: "shop", Fields: fields.OneTermEqualSelector("spec.color", "red")}
	if _, err := protocol.DeleteCollection(scope, metav1.DeleteOptions{DryRun: dryRun}); err != nil || server.Version() != "5" {
		t.Errorf("dry run: error %v, server at %s", err, server.Version())
	}
	found, err := protocol.DeleteCollection(scope, metav1.DeleteOptions{})
	var names []string
	for _, object := range found {
		names = append(names, object.GetName())
	}
	if diff := cmp.Diff([]string{"ball", "kite"}, names); diff != "" || err != nil {
		t.Errorf("deleted, error %v (-want +got):\n%s", err, diff)
	}
	var left []string
	_, err = gadgets(t, server).List(t.Context(), listOptions{}, func(item store.Item[*Gadget], _ error) {
		left = append(left, fmt.Sprint(item.Key, " ", item.Object.DeletionTimestamp != nil))
	})
	slices.Sort(left)
	if diff := cmp.Diff([]string{"lab/ball false", "shop/cube false", "shop/kite true"}, left); diff != "" || err != nil {
		t.Errorf("left, error %v (-want +got):\n%s", err, diff)
	}
	scope.Fields = fields.OneTermEqualSelector("spec.size", "1")
	if _, err := protocol.DeleteCollection(scope, metav1.DeleteOptions{}); !apierrors.IsBadRequest(err) {
		t.Errorf("by a field that is not known: %v, want a bad request", err)
	}
}
