// SPDX-License-Identifier: Apache-2.0

package proto_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/internal/proto"
)

// wrapped is an object as a server sends it.
func wrapped(t testing.TB, message []byte) []byte {
	t.Helper()
	unknown := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: "Anything"}, Raw: message}
	data, err := unknown.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(proto.Magic), data...)
}

func marshal(t testing.TB, object interface{ Marshal() ([]byte, error) }) []byte {
	t.Helper()
	data, err := object.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func anObject() *metav1.PartialObjectMetadata {
	return &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Namespace: "shop", Name: "web-0", UID: "u-1", ResourceVersion: "17", Generation: 300,
		Labels:            map[string]string{"app": "web"},
		CreationTimestamp: metav1.NewTime(time.Unix(1_000_000, 0)),
		ManagedFields: []metav1.ManagedFieldsEntry{
			{Manager: "kubelet", Operation: metav1.ManagedFieldsOperationUpdate, FieldsV1: metav1.NewFieldsV1(strings.Repeat("x", 300))},
			{Manager: "kubectl"},
		},
		Finalizers: []string{"a", "b"},
	}}
}

func TestEventIsTakenApart(t *testing.T) {
	object := wrapped(t, marshal(t, anObject()))
	frame := marshal(t, &metav1.WatchEvent{Type: "ADDED", Object: runtime.RawExtension{Raw: object}})
	kind, got, err := proto.Event(frame)
	if err != nil || string(kind) != "ADDED" || !bytes.Equal(got, object) {
		t.Fatalf("%q, %q, %v", kind, got, err)
	}
	message, err := proto.Unwrap(got)
	if err != nil || !bytes.Equal(message, marshal(t, anObject())) {
		t.Fatalf("%q, %v", message, err)
	}
}

func TestHeader(t *testing.T) {
	got, ok := proto.ReadHeader(marshal(t, anObject()))
	want := proto.Header{Namespace: []byte("shop"), Name: []byte("web-0"), UID: []byte("u-1"), Version: []byte("17")}
	if diff := cmp.Diff(want, got); !ok || diff != "" {
		t.Errorf("%t (-want +got):\n%s", ok, diff)
	}
	if _, ok := proto.ReadHeader(marshal(t, &metav1.PartialObjectMetadata{})); ok {
		t.Error("there is no name, and yet a header")
	}
}

func TestManagedFieldsAreLeftOut(t *testing.T) {
	var got metav1.PartialObjectMetadata
	if err := got.Unmarshal(proto.AppendWithoutManagedFields(nil, marshal(t, anObject()))); err != nil {
		t.Fatal(err)
	}
	want := anObject()
	want.ManagedFields = nil
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever comes in, nothing panics, and what is not protobuf stays what it is.
func FuzzObject(f *testing.F) {
	f.Add(marshal(f, anObject()))
	f.Add(wrapped(f, marshal(f, anObject())))
	f.Add(marshal(f, &metav1.WatchEvent{Type: "ADDED", Object: runtime.RawExtension{Raw: wrapped(f, nil)}}))
	f.Add(binary.AppendUvarint([]byte{0x0a}, 1<<63))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, object, err := proto.Event(data)
		var reference metav1.WatchEvent
		// The generated code passes over some of what no message can have.
		if reference.Unmarshal(data) == nil && err == nil && !bytes.Equal(object, reference.Object.Raw) {
			t.Errorf("event: %q, %v; want %q", object, err, reference.Object.Raw)
		}
		proto.Unwrap(data)
		var before, after metav1.PartialObjectMetadata
		beforeErr := before.Unmarshal(data)
		header, found := proto.ReadHeader(data)
		if beforeErr == nil && found && string(header.Name) == "" {
			t.Error("a header without a name")
		}
		afterErr := after.Unmarshal(proto.AppendWithoutManagedFields(nil, data))
		if beforeErr != nil {
			return
		}
		before.ManagedFields = nil
		if diff := cmp.Diff(before, after); diff != "" || afterErr != nil {
			t.Errorf("%v (-want +got):\n%s", afterErr, diff)
		}
	})
}
