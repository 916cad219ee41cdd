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
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/typedinformer/typedinformer/fake"
)

var dryRun = []string{metav1.DryRunAll}

func TestCreate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := toyServer(fake.ServerOptions{})
		time.Sleep(1500 * time.Millisecond)
		given := gadget("ball", "red")
		given.TypeMeta = metav1.TypeMeta{APIVersion: "toys.example.com/v1", Kind: "Gadget"}
		given.Status.Phase = "Ready"
		given.UID, given.Generation = "mine", 7
		ago := metav1.NewTime(time.Now().Add(-time.Hour))
		given.CreationTimestamp, given.DeletionTimestamp, given.DeletionGracePeriodSeconds = ago, &ago, new(int64)
		created := asGadget(t)(server.Protocol(gadgetsV1).Create("shop", given, metav1.CreateOptions{}))
		want := gadget("ball", "red")
		want.Namespace, want.UID, want.ResourceVersion, want.Generation = "shop", created.UID, "2", 1
		want.CreationTimestamp = metav1.NewTime(time.Now().Truncate(time.Second))
		if diff := cmp.Diff(want, created); diff != "" || created.UID == "" || created.UID == "mine" {
			t.Errorf("created, with UID %q (-want +got):\n%s", created.UID, diff)
		}
		stored, _ := gadgets(t, server).Get(shop("ball"))
		if diff := cmp.Diff(want, stored); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	})
}

// Without a subresource, the status is a field like any other. An unstructured
// object gets its kind, and a room is in no namespace.
func TestCreateOtherKinds(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	created, err := server.Protocol(thingsV1).Create("shop", thing("ball", map[string]any{"status": map[string]any{"phase": "Ready"}, "n": int64(9007199254740993)}), metav1.CreateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(created.(interface{ UnstructuredContent() map[string]any }).UnstructuredContent())
	for _, part := range []string{"kind:Thing", "apiVersion:toys.example.com/v1", "status:map[phase:Ready]", "n:9007199254740993", "generation:1"} {
		if !strings.Contains(got, part) {
			t.Errorf("created %s, want %s in it", got, part)
		}
	}
	room, err := server.Protocol(roomsV1).Create("", widget("shop", "hall", 1), metav1.CreateOptions{})
	if err != nil || room.GetNamespace() != "" {
		t.Errorf("a room in namespace %q, error %v", room.GetNamespace(), err)
	}
}

func TestCreateErrors(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(gadgetsV1)
	asGadget(t)(protocol.Create("shop", gadget("ball", "red"), metav1.CreateOptions{}))
	with := func(change func(*Gadget)) *Gadget {
		g := gadget("cube", "blue")
		change(g)
		return g
	}
	isUnnamed := func(err error) bool { return apierrors.ReasonForError(err) == metav1.StatusReasonUnknown }
	tests := []struct {
		name      string
		namespace string
		object    fake.Object
		is        func(error) bool
		says      string
	}{
		{"what there is", "shop", gadget("ball", "red"), apierrors.IsAlreadyExists, `gadgets.toys.example.com "ball" already exists`},
		{"with a version", "shop", with(func(g *Gadget) { g.ResourceVersion = "2" }), isUnnamed, "resourceVersion should not be set on objects to be created"},
		{"without a name", "shop", gadget("", "red"), apierrors.IsInvalid, `Gadget.toys.example.com "" is invalid: metadata.name: Required value: name or generateName is required`},
		{"with a bad name", "shop", gadget("Ball_1", "red"), apierrors.IsInvalid, `metadata.name: Invalid value: "Ball_1"`},
		{"in another namespace", "shop", with(func(g *Gadget) { g.Namespace = "lab" }), apierrors.IsBadRequest, "the namespace of the provided object does not match the namespace sent on the request"},
		{"in no namespace", "", gadget("cube", "blue"), apierrors.IsInvalid, "metadata.namespace: Required value"},
		{"with a bad label", "shop", with(func(g *Gadget) { g.Labels = map[string]string{"a b": ""} }), apierrors.IsInvalid, "metadata.labels"},
		{"of another kind", "shop", with(func(g *Gadget) { g.Kind = "Widget" }), apierrors.IsBadRequest, "cannot be handled as a Gadget"},
		{"of another version", "shop", with(func(g *Gadget) { g.APIVersion = "toys.example.com/v2" }), apierrors.IsBadRequest, "cannot be handled as a Gadget"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := protocol.Create(test.namespace, test.object, metav1.CreateOptions{})
			if err == nil || !test.is(err) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("error = %v, want one that says %q", err, test.says)
			}
		})
	}
	broken := thing("cube", nil)
	broken.Object["metadata"].(map[string]any)["finalizers"] = "mine"
	if _, err := server.Protocol(thingsV1).Create("shop", broken, metav1.CreateOptions{}); !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), "metadata: ") {
		t.Errorf("metadata of the wrong form: %v, want a bad request", err)
	}
	if _, err := protocol.Create("shop", gadget("cube", "blue"), metav1.CreateOptions{DryRun: []string{"Some"}}); !apierrors.IsInvalid(err) {
		t.Errorf("a dry run of another sort: %v, want invalid", err)
	}
	if got := server.Version(); got != "2" {
		t.Errorf("version %s after failed writes, want 2", got)
	}
}

func TestCreateDryRun(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	created := asGadget(t)(server.Protocol(gadgetsV1).Create("shop", gadget("ball", "red"), metav1.CreateOptions{DryRun: dryRun}))
	if created.UID == "" || created.ResourceVersion != "" || server.Version() != "1" || gadgets(t, server).Len() != 0 {
		t.Errorf("created %+v, server at %s", created.ObjectMeta, server.Version())
	}
}

func TestCreateGeneratesNames(t *testing.T) {
	server := toyServer(fake.ServerOptions{})
	protocol := server.Protocol(gadgetsV1)
	base := strings.Repeat("long-", 20)
	create := func() (*Gadget, error) {
		g := gadget("", "red")
		g.GenerateName = base
		created, err := protocol.Create("shop", g, metav1.CreateOptions{})
		if err != nil {
			return nil, err
		}
		return created.(*Gadget), nil
	}
	occupy := func(name string) {
		asGadget(t)(protocol.Create("shop", gadget(name, "blue"), metav1.CreateOptions{}))
	}
	var names []string
	for range 3 {
		created, err := create()
		if err != nil {
			t.Fatal(err)
		}
		if errs := validation.IsDNS1123Label(created.Name); len(errs) > 0 || !strings.HasPrefix(created.Name, base[:58]) || created.GenerateName != base {
			t.Errorf("name %q: %v", created.Name, errs)
		}
		names = append(names, created.Name)
	}
	slices.Sort(names)
	if len(slices.Compact(names)) != 3 {
		t.Errorf("names = %v, want three", names)
	}
	// The server is at version 4. The first names of version 6 are taken.
	occupy(fake.GenerateName(base, 6, 0))
	occupy(fake.GenerateName(base, 6, 1))
	if created, err := create(); err != nil || created.Name != fake.GenerateName(base, 6, 2) {
		t.Errorf("created %v, error %v; want the third name", created, err)
	}
	for attempt := range 8 {
		occupy(fake.GenerateName(base, 15, attempt))
	}
	if _, err := create(); !apierrors.IsAlreadyExists(err) || !strings.Contains(err.Error(), "not able to generate a unique name") {
		t.Errorf("all names taken: %v", err)
	}
}

// Roles have names that no other resource takes.
func TestNamesOfRoles(t *testing.T) {
	const group = "rbac.authorization.k8s.io"
	roles := schema.GroupVersionResource{Group: group, Version: "v1", Resource: "clusterroles"}
	server := fake.NewAPIServer(fake.Resource(group, "v1", "clusterroles", fake.ResourceOptions[*Widget]{ClusterScoped: true}))
	if _, err := server.Protocol(roles).Create("", widget("", "system:node", 1), metav1.CreateOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := server.Protocol(roles).Create("", widget("", "system/node", 1), metav1.CreateOptions{}); !apierrors.IsInvalid(err) {
		t.Errorf("a slash: %v, want invalid", err)
	}
}
