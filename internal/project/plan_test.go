// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"errors"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/internal/project"
)

// all takes everything.
var all *project.Plan

func TestForTypesThatTakeEverything(t *testing.T) {
	type loop map[string]loop
	for _, typ := range []reflect.Type{
		reflect.TypeFor[any](), reflect.TypeFor[map[string]any](), reflect.TypeFor[*map[string]string](),
		reflect.TypeFor[unstructured.Unstructured](), reflect.TypeFor[time.Time](), reflect.TypeFor[**metav1.Time](),
		reflect.TypeFor[netip.Addr](),
		reflect.TypeFor[struct{ metav1.Time }](), // has the methods of what it embeds
	} {
		if plan, err := project.For(typ); plan != nil || err != nil {
			t.Errorf("%v: a plan, %v", typ, err)
		}
	}
	var everything *project.Plan
	got, err := everything.Append([]byte("x"), []byte(`{"any":}`))
	if err != nil || string(got) != `x{"any":}` {
		t.Errorf("%s, %v", got, err)
	}
	if everything.OnlyMetadata() || !everything.Takes("spec", "x") {
		t.Error("nil takes only a part")
	}
	plan := planFor[loop](t)
	if got, err := plan.Append(nil, []byte(`{"a":{"b":{}}}`)); err != nil || string(got) != `{"a":{"b":{}}}` {
		t.Errorf("%s, %v", got, err)
	}
}

//lint:file-ignore U1000 Types that nothing is decoded into are what is tested.

type (
	anyCase struct {
		List []*struct {
			Name  string
			Other int `json:"name"`
		}
	}
	twoCases     struct{ UID, Uid string }
	leftAndRight struct {
		left
		Right
	}
	left  struct{ Name string }
	Right struct{ Name string }
	hides struct {
		leftAndRight
		Name string
	}
	anyCaseBelow struct {
		Tagged
		Name string
	}
	Tagged struct {
		Name string `json:"name"`
	}
	inMap  struct{ ByName map[string][]twoCases }
	itself struct {
		*itself
		Name string `json:"name"`
	}
	endless *endless
)

func TestForFails(t *testing.T) {
	twice := reflect.StructOf([]reflect.StructField{ // written out, vet would find it
		{Name: "A", Type: reflect.TypeFor[string](), Tag: `json:"name"`},
		{Name: "B", Type: reflect.TypeFor[int](), Tag: `json:"name"`},
	})
	tests := []struct {
		typ  reflect.Type
		want error
	}{
		{twice, &project.FieldError{
			Field: twice.String() + ".B", Reason: `takes the member "name", which ` + twice.String() + `.A takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[anyCase](), &project.FieldError{
			Field: "project_test.anyCase.List.Other", Reason: `takes the member "name", which project_test.anyCase.List.Name takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[*twoCases](), &project.FieldError{
			Field: "project_test.twoCases.Uid", Reason: `takes the member "Uid", which project_test.twoCases.UID takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[inMap](), &project.FieldError{
			Field: "project_test.inMap.ByName.Uid", Reason: `takes the member "Uid", which project_test.inMap.ByName.UID takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[leftAndRight](), &project.FieldError{
			Field: "project_test.leftAndRight.left.Name", Reason: `takes the member "Name", which project_test.leftAndRight.Right.Name takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[anyCaseBelow](), &project.FieldError{
			Field: "project_test.anyCaseBelow.Tagged.Name", Reason: `takes the member "name", which project_test.anyCaseBelow.Name takes too: give one of them a json tag with another name`,
		}},
		{reflect.TypeFor[hides](), nil},
		{reflect.TypeFor[itself](), nil},
		{reflect.TypeFor[string](), &project.FieldError{Field: "string", Reason: "takes no JSON object: give the type of a struct"}},
		{reflect.TypeFor[[]slimPod](), &project.FieldError{Field: "[]project_test.slimPod", Reason: "takes no JSON object: give the type of a struct"}},
		{reflect.TypeFor[endless](), &project.FieldError{Field: "project_test.endless", Reason: "takes no JSON object: give the type of a struct"}},
		{reflect.TypeFor[struct{ E endless }](), nil},
		{nil, &project.FieldError{Field: "nil", Reason: "is no type: give that of a struct"}},
	}
	for _, test := range tests {
		plan, err := project.For(test.typ)
		if diff := cmp.Diff(test.want, err, cmp.Comparer(func(a, b error) bool { return errors.Is(a, b) || cmp.Equal(a, b) })); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.typ, diff)
		}
		if (plan == nil) != (err != nil) {
			t.Errorf("%v: plan %v, error %v", test.typ, plan, err)
		}
	}
}

func TestOnlyMetadata(t *testing.T) {
	tests := []struct {
		typ  reflect.Type
		want bool
	}{
		{reflect.TypeFor[struct{ Metadata struct{ Name string } }](), true},
		{reflect.TypeFor[struct{ APIVersion, Kind string }](), true},
		{reflect.TypeFor[metav1.PartialObjectMetadata](), true},
		{reflect.TypeFor[slimPod](), false},
		{reflect.TypeFor[struct {
			metav1.TypeMeta
			Other metav1.ObjectMeta `json:"metadata"`
		}](), true},
		{reflect.TypeFor[struct {
			Metadata int `json:"Metadata"`
		}](), false},
		{reflect.TypeFor[map[string]nested](), false},
	}
	for _, test := range tests {
		plan, err := project.For(test.typ)
		if err != nil {
			t.Fatal(err)
		}
		if got := plan.OnlyMetadata(); got != test.want {
			t.Errorf("%v: %v", test.typ, got)
		}
	}
	if all.Without("spec").OnlyMetadata() {
		t.Error("all but spec is only metadata")
	}
}

func TestTakes(t *testing.T) {
	plan := planFor[slimPod](t)
	for _, path := range [][]string{{}, {"metadata"}, {"metadata", "resourceVersion"}, {"status", "phase", "below"}} {
		if !plan.Takes(path...) {
			t.Errorf("%q is not taken", path)
		}
	}
	for _, path := range [][]string{{"kind"}, {"spec", "containers"}, {"kind", "below"}} {
		if plan.Takes(path...) {
			t.Errorf("%q is taken", path)
		}
	}
}

func TestWithout(t *testing.T) {
	const document = `{"metadata":{"managedFields":[1],"name":"n"},"spec":{"managedFields":[1],"nodeName":"m"},"managedFields":2}`
	tests := []struct {
		name string
		plan *project.Plan
		want string
	}{
		{"no path", all.Without(), document},
		{"one name", all.Without("spec"), `{"metadata":{"managedFields":[1],"name":"n"},"managedFields":2}`},
		{"two names", all.Without("metadata", "managedFields"), `{"metadata":{"name":"n"},"spec":{"managedFields":[1],"nodeName":"m"},"managedFields":2}`},
		{"two paths", all.Without("metadata", "managedFields").Without("metadata", "name").Without("spec"), `{"metadata":{},"managedFields":2}`},
		{"a path below the other", all.Without("spec").Without("spec", "nodeName"), `{"metadata":{"managedFields":[1],"name":"n"},"managedFields":2}`},
		{"a path above the other", all.Without("spec", "nodeName").Without("spec"), `{"metadata":{"managedFields":[1],"name":"n"},"managedFields":2}`},
		{"what is not there", all.Without("metadata", "name", "below"), document},
		{"less of a type", planFor[slimPod](t).Without("metadata", "name"), `{"Metadata":{},"Spec":{"NodeName":"m"}}`},
		{"another case", all.Without("Metadata"), document},
		{"what a type does not take", planFor[slimPod](t).Without("kind"), `{"Metadata":{"Name":"n"},"Spec":{"NodeName":"m"}}`},
		{"in an array", planFor[tagged](t).Without("list", "a"), `{}`},
		{"in a map", planFor[map[string]slimPod](t).Without("spec"), `{"metadata":{},"managedFields":2}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.plan.Append(nil, []byte(document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	slim := planFor[slimPod](t)
	slim.Without("metadata", "name")
	if !slim.Takes("metadata", "name") {
		t.Error("Without has changed what it was called on")
	}
}
