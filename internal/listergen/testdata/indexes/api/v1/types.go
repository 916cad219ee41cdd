// SPDX-License-Identifier: Apache-2.0

// Package v1 has a kind with every shape of index.
//
// +groupName=fleet.example.com
package v1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Truck is a kind.
//
// +genclient
// +informer:index=spec.depot
// +informer:index=spec.state
// +informer:index=spec.type
// +informer:index=spec.driver.licence,name=Driver
// +informer:index=spec.wheels
// +informer:index=spec.door
// +informer:index=spec.position
// +informer:index=spec.tags,name=Tag
// +informer:index=spec.loads.owners,name=LoadOwner
// +informer:index=spec.loads.consignee.id,name=Consignee
// +informer:index=spec.spares.part
// +informer:index=spec.kit
// +informer:index=spec.plate
// +informer:index=spec.colour
// +informer:index=metadata.uid
// +informer:index=metadata.ownerReferences.uid,name=OwnerUID
type Truck struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec *TruckSpec `json:"spec,omitempty"`
}

// State is a type of the package.
type State string

// TruckSpec has the fields.
type TruckSpec struct {
	Registration `json:",inline"`
	*Paint

	Depot    string             `json:"depot"`
	State    State              `json:"state"`
	Type     int32              `json:"type"`
	Driver   *Driver            `json:"driver,omitempty"`
	Wheels   *int32             `json:"wheels,omitempty"`
	Door     intstr.IntOrString `json:"door"`
	Position [2]float64         `json:"position"`
	Tags     []string           `json:"tags,omitempty"`
	Loads    []Load             `json:"loads,omitempty"`
	Spares   *[]*Spare          `json:"spares,omitempty"`
	Kit      *Kit               `json:"kit,omitempty"`
}

// Registration is inlined.
type Registration struct {
	Plate string `json:"plate"`
}

// Paint is inlined, and may be nil.
type Paint struct {
	Colour string `json:"colour"`
}

// Driver is behind a pointer.
type Driver struct {
	Licence types.UID `json:"licence"`
}

// Load is one of many.
type Load struct {
	Owners    []string   `json:"owners,omitempty"`
	Consignee *Consignee `json:"consignee,omitempty"`
}

// Consignee is behind a pointer, in a slice.
type Consignee struct {
	ID int64 `json:"id"`
}

// Spare is one of many, each of which may be nil.
type Spare struct {
	Part *string `json:"part,omitempty"`
}

// Kit is a slice with a name.
type Kit []Tool

// Tool is comparable.
type Tool struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// TruckList is a list.
type TruckList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Truck `json:"items"`
}

// AddToScheme registers the types.
func AddToScheme(scheme *runtime.Scheme) error {
	version := schema.GroupVersion{Group: "fleet.example.com", Version: "v1"}
	scheme.AddKnownTypes(version, &Truck{}, &TruckList{})
	metav1.AddToGroupVersion(scheme, version)
	return nil
}

// DeepCopyObject returns a copy, whose Spec is shared.
func (t *Truck) DeepCopyObject() runtime.Object {
	c := *t
	t.ObjectMeta.DeepCopyInto(&c.ObjectMeta)
	return &c
}

// DeepCopyObject returns a copy.
func (l *TruckList) DeepCopyObject() runtime.Object {
	c := *l
	c.Items = nil
	for i := range l.Items {
		c.Items = append(c.Items, *l.Items[i].DeepCopyObject().(*Truck))
	}
	return &c
}
