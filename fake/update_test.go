// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

// A main write leaves the status alone, a status write everything else; the
// generation counts the changes of what a controller acts upon.
func TestUpdate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := toyServer(fake.ServerOptions{})
		protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
		current := ok(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
		steps := []struct {
			name        string
			subresource string
			change      func(*Gadget)
			want        func(*Gadget)
			version     string
		}{
			{"spec", "", func(g *Gadget) { g.Spec.Color = "blue" }, func(g *Gadget) { g.Spec.Color, g.Generation = "blue", 2 }, "3"},
			{"nothing", "", func(g *Gadget) {}, func(g *Gadget) {}, "3"},
			{"nothing, with its kind", "", func(g *Gadget) { g.Kind, g.APIVersion = "Gadget", "toys.example.com/v1" }, func(g *Gadget) {}, "3"},
			{"labels", "", func(g *Gadget) { g.Labels = map[string]string{"a": "b"} }, func(g *Gadget) { g.Labels = map[string]string{"a": "b"} }, "4"},
			{"status by the wrong way", "", func(g *Gadget) { g.Status.Phase = "Ready" }, func(g *Gadget) {}, "4"},
			{"status", "status", func(g *Gadget) { g.Status.Phase = "Ready" }, func(g *Gadget) { g.Status.Phase = "Ready" }, "5"},
			{"spec by the wrong way", "status", func(g *Gadget) { g.Spec.Color, g.Labels, g.Finalizers = "red", nil, []string{"a/b"} }, func(g *Gadget) {}, "5"},
			{"spec and status", "", func(g *Gadget) { g.Spec.Size, g.Status.Phase = 9, "Gone" }, func(g *Gadget) { g.Spec.Size, g.Generation = 9, 3 }, "6"},
			{"what only the server sets", "", func(g *Gadget) {
				g.UID, g.Generation, g.CreationTimestamp = "", 77, metav1.NewTime(time.Now().Add(time.Hour))
			}, func(g *Gadget) {}, "6"},
			{"without a version or namespace", "", func(g *Gadget) { g.ResourceVersion, g.Namespace, g.Spec.Size = "", "", 10 }, func(g *Gadget) { g.Spec.Size, g.Generation = 10, 4 }, "7"},
		}
		for _, step := range steps {
			time.Sleep(time.Minute)
			given, want := current.DeepCopyObject().(*Gadget), current.DeepCopyObject().(*Gadget)
			step.change(given)
			step.want(want)
			want.ResourceVersion = step.version
			current = ok(protocol.Update(shop("ball"), step.subresource, given, metav1.UpdateOptions{}))
			if diff := cmp.Diff(want, current); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", step.name, diff)
			}
			stored, _ := gadgets(t, server).Get(shop("ball"))
			if diff := cmp.Diff(want, stored); diff != "" {
				t.Fatalf("%s, stored (-want +got):\n%s", step.name, diff)
			}
		}
	})
}

func TestUpdateErrors(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
	stale := ok(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	change := stale.DeepCopyObject().(*Gadget)
	change.Spec.Color = "blue"
	current := ok(protocol.Update(shop("ball"), "", change, metav1.UpdateOptions{}))
	with := func(change func(*Gadget)) *Gadget {
		g := current.DeepCopyObject().(*Gadget)
		change(g)
		return g
	}
	tests := []struct {
		name        string
		key         store.Key
		subresource string
		object      *Gadget
		is          func(error) bool
		says        string
	}{
		{"stale", shop("ball"), "", stale, apierrors.IsConflict, `Operation cannot be fulfilled on gadgets.toys.example.com "ball": the object has been modified; please apply your changes to the latest version and try again`},
		{"stale status", shop("ball"), "status", stale, apierrors.IsConflict, "the object has been modified; please apply your changes"},
		{"another UID", shop("ball"), "", with(func(g *Gadget) { g.UID = "other" }), apierrors.IsConflict, "Precondition failed: UID in precondition: other, UID in object meta: " + string(current.UID)},
		{"what there is not", shop("cube"), "", gadget("cube", "red"), apierrors.IsNotFound, `gadgets.toys.example.com "cube" not found`},
		{"another name", shop("cube"), "", current, apierrors.IsBadRequest, "the name of the object (ball) does not match the name on the URL (cube)"},
		{"no name", shop("ball"), "", with(func(g *Gadget) { g.Name = "" }), apierrors.IsBadRequest, "name must be provided"},
		{"another namespace", shop("ball"), "", with(func(g *Gadget) { g.Namespace = "lab" }), apierrors.IsBadRequest, "does not match the namespace sent on the request"},
		{"a deletion", shop("ball"), "", with(func(g *Gadget) { g.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)} }), apierrors.IsInvalid, "metadata.deletionTimestamp: Invalid value"},
		{"a bad finalizer", shop("ball"), "", with(func(g *Gadget) { g.Finalizers = []string{"a b"} }), apierrors.IsInvalid, "metadata.finalizers"},
		{"no such subresource", shop("ball"), "scale", current, apierrors.IsNotFound, "the server could not find the requested resource"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := protocol.Update(test.key, test.subresource, test.object.DeepCopyObject().(*Gadget), metav1.UpdateOptions{})
			if err == nil || !test.is(err) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want one that says %q", err, test.says)
			}
		})
	}
	if _, err := server.Protocol(thingsV1).Update(shop("ball"), "status", thing("ball", nil), metav1.UpdateOptions{}); !apierrors.IsNotFound(err) {
		t.Errorf("a status that there is not: %v, want not found", err)
	}
	if got := server.Version(); got != "3" {
		t.Errorf("version %s after failed writes, want 3", got)
	}
}

// A custom resource without a status subresource: the status counts as a change,
// and an update has to say what it is of.
func TestUpdateUnstructured(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(thingsV1)
	if _, err := protocol.Create("shop", thing("ball", map[string]any{"n": int64(1)}), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	blind := thing("ball", map[string]any{"n": int64(2)})
	if _, err := protocol.Update(shop("ball"), "", blind, metav1.UpdateOptions{}); !apierrors.IsInvalid(err) || !strings.Contains(err.Error(), "metadata.resourceVersion: Invalid value: 0: must be specified for an update") {
		t.Errorf("without a version: %v, want invalid", err)
	}
	change := thing("ball", map[string]any{"n": int64(1), "status": "Ready"})
	change.SetResourceVersion("2")
	updated, err := protocol.Update(shop("ball"), "", change, metav1.UpdateOptions{})
	if err != nil || updated.GetGeneration() != 2 || updated.GetResourceVersion() != "3" {
		t.Fatalf("updated %v, error %v", updated, err)
	}
	again, err := protocol.Update(shop("ball"), "", updated.DeepCopyObject().(*unstructured.Unstructured), metav1.UpdateOptions{})
	if err != nil || again.GetResourceVersion() != "3" {
		t.Errorf("an update that changes nothing: %v, error %v", again, err)
	}
}

func TestUpdateDryRun(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol, ok := server.Protocol(gadgetsV1), asGadget(t)
	change := ok(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	change.Spec.Color = "blue"
	updated := ok(protocol.Update(shop("ball"), "", change, metav1.UpdateOptions{DryRun: dryRun}))
	if updated.Spec.Color != "blue" || updated.Generation != 2 || updated.ResourceVersion != "2" || server.Version() != "2" {
		t.Errorf("updated %+v, server at %s", updated, server.Version())
	}
}
