// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	fleetv1 "github.com/typedinformer/typedinformer/internal/listergen/testdata/indexes/api/v1"
	"github.com/typedinformer/typedinformer/internal/listergen/testdata/indexes/informers"
	generatedfleetv1 "github.com/typedinformer/typedinformer/internal/listergen/testdata/indexes/informers/fleetv1"
)

// truck is one that every index has a value of.
func truck() *fleetv1.Truck {
	return &fleetv1.Truck{
		ObjectMeta: metav1.ObjectMeta{Namespace: "fleet", Name: "full", OwnerReferences: []metav1.OwnerReference{
			{APIVersion: "v1", Kind: "Owner", Name: "a", UID: "uid-a"}, {APIVersion: "v1", Kind: "Owner", Name: "b", UID: "uid-b"},
		}},
		Spec: &fleetv1.TruckSpec{
			Registration: fleetv1.Registration{Plate: "B-1"},
			Paint:        &fleetv1.Paint{Colour: "red"},
			Depot:        "north",
			State:        "loaded",
			Type:         3,
			Driver:       &fleetv1.Driver{Licence: "L-1"},
			Wheels:       new(int32(6)),
			Door:         intstr.FromString("left"),
			Position:     [2]float64{1, 2},
			Tags:         []string{"old", "loud"},
			Loads: []fleetv1.Load{
				{Owners: []string{"ann", "bob"}},
				{Owners: []string{"cid"}, Consignee: &fleetv1.Consignee{ID: 7}},
			},
			Spares: &[]*fleetv1.Spare{nil, {}, {Part: new("wheel")}},
			Kit:    &fleetv1.Kit{{Name: "jack", Size: 2}},
		},
	}
}

// TestGeneratedIndexes looks up by each shape of index, with a truck that has a
// value for it, one without a Spec, and one whose Spec is empty.
func TestGeneratedIndexes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := fake.NewAPIServer(fake.Resource[*fleetv1.Truck]("fleet.example.com", "v1", "trucks"))
		create(t, server, schema.GroupVersionResource{Group: "fleet.example.com", Version: "v1", Resource: "trucks"},
			truck(),
			&fleetv1.Truck{ObjectMeta: metav1.ObjectMeta{Namespace: "fleet", Name: "bare"}},
			&fleetv1.Truck{ObjectMeta: metav1.ObjectMeta{Namespace: "fleet", Name: "empty"}, Spec: &fleetv1.TruckSpec{}},
		)
		group := informer.NewGroup(informer.GroupOptions{})
		all, err := informers.New(group, server.RESTConfig())
		if err != nil {
			t.Fatal(err)
		}
		trucks := all.Fleet().V1().Trucks()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- group.Run(ctx) }()
		if err := trucks.WaitForSync(ctx); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string][]string{
			"depot": {"full"}, "no depot": {"empty"}, "state": {"full"}, "type": {"full"}, "driver": {"full"}, "wheels": {"full"},
			"no wheels": nil, "door": {"full"}, "position": {"full"}, "tag": {"full"}, "another tag": {"full"}, "no tag": nil,
			"owner of the first load": {"full"}, "owner of the second load": {"full"}, "consignee": {"full"}, "part": {"full"},
			"kit": {"full"}, "plate": {"full"}, "colour": {"full"}, "no colour": nil, "owner": {"full"},
		}, looked(trucks.Lister())); diff != "" {
			t.Errorf("the trucks (-want +got):\n%s", diff)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func looked(trucks generatedfleetv1.TruckLister) map[string][]string {
	return map[string][]string{
		"depot":                    namesOf(trucks.ByDepot("north")),
		"no depot":                 namesOf(trucks.ByDepot("")),
		"state":                    namesOf(trucks.ByState("loaded")),
		"type":                     namesOf(trucks.ByType(3)),
		"driver":                   namesOf(trucks.ByDriver("L-1")),
		"wheels":                   namesOf(trucks.ByWheels(6)),
		"no wheels":                namesOf(trucks.ByWheels(0)),
		"door":                     namesOf(trucks.ByDoor(intstr.FromString("left"))),
		"position":                 namesOf(trucks.ByPosition([2]float64{1, 2})),
		"tag":                      namesOf(trucks.ByTag("old")),
		"another tag":              namesOf(trucks.ByTag("loud")),
		"no tag":                   namesOf(trucks.ByTag("")),
		"owner of the first load":  namesOf(trucks.ByLoadOwner("bob")),
		"owner of the second load": namesOf(trucks.ByLoadOwner("cid")),
		"consignee":                namesOf(trucks.ByConsignee(7)),
		"part":                     namesOf(trucks.ByPart("wheel")),
		"kit":                      namesOf(trucks.ByKit(fleetv1.Tool{Name: "jack", Size: 2})),
		"plate":                    namesOf(trucks.ByPlate("B-1")),
		"colour":                   namesOf(trucks.ByColour("red")),
		"no colour":                namesOf(trucks.ByColour("")),
		"owner":                    namesOf(trucks.ByOwnerUID("uid-b")),
	}
}
