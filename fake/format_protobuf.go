// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// protobufFormat is the protobuf of Kubernetes. A message does not say what it
// is, so it travels in an envelope: four bytes and a [runtime.Unknown], which
// has the kind. The events of a watch have their length before them instead;
// only the objects in them have envelopes.
type protobufFormat struct{}

// envelope opens every message that stands alone.
const envelope = "k8s\x00"

// message is what the generated types of the API can do.
type message interface {
	Marshal() ([]byte, error)
	Unmarshal(data []byte) error
}

// isMessage asks the type of an object, which only the object itself knows: an
// interface, and therefore an assertion.
func isMessage(object runtime.Object) bool {
	_, ok := object.(message)
	return ok
}

func (protobufFormat) contentType() string { return mediaProtobuf }
func (protobufFormat) streamType() string  { return mediaProtobuf + ";stream=watch" }

func (f protobufFormat) object(kind schema.GroupVersionKind, object runtime.Object) ([]byte, error) {
	raw, err := f.item(object)
	if err != nil {
		return nil, err
	}
	return enclose(kind, raw)
}

func (protobufFormat) item(object runtime.Object) ([]byte, error) {
	encodable, ok := object.(message)
	if !ok {
		return nil, fmt.Errorf("%T has no protobuf encoding; ask for %s", object, mediaJSON)
	}
	return encodable.Marshal()
}

// The fields of every list of the API: its metadata, and its items.
const (
	listMetaField  = 1<<3 | 2 // with their wire type, which is that of bytes
	listItemsField = 2<<3 | 2
)

// list writes the message by hand: the type of the list is not known here.
func (protobufFormat) list(kind schema.GroupVersionKind, meta metav1.ListMeta, items [][]byte) ([]byte, error) {
	head, err := meta.Marshal()
	if err != nil {
		return nil, err
	}
	raw := appendField(nil, listMetaField, head)
	for _, item := range items {
		raw = appendField(raw, listItemsField, item)
	}
	return enclose(kind, raw)
}

func appendField(to []byte, field byte, value []byte) []byte {
	to = append(to, field)
	to = binary.AppendUvarint(to, uint64(len(value)))
	return append(to, value...)
}

func enclose(kind schema.GroupVersionKind, raw []byte) ([]byte, error) {
	apiVersion, name := kind.ToAPIVersionAndKind()
	content := runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: apiVersion, Kind: name}, Raw: raw}
	body := make([]byte, len(envelope)+content.Size())
	n, err := content.MarshalTo(body[copy(body, envelope):])
	return body[:len(envelope)+n], err
}

func (protobufFormat) event(name string, object []byte) ([]byte, error) {
	event := metav1.WatchEvent{Type: name, Object: runtime.RawExtension{Raw: object}}
	size := event.Size()
	if size > math.MaxUint32 {
		return nil, fmt.Errorf("the event has %d bytes, more than a frame can hold", size)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+size), uint32(size))
	n, err := event.MarshalTo(frame[4 : 4+size])
	return frame[:4+n], err
}

func (protobufFormat) decode(body []byte, into runtime.Object, look func(metav1.TypeMeta) error) error {
	rest, ok := bytes.CutPrefix(body, []byte(envelope))
	if !ok {
		return fmt.Errorf("provided data does not appear to be a protobuf message, expected prefix %q", envelope)
	}
	var content runtime.Unknown
	if err := content.Unmarshal(rest); err != nil {
		return err
	}
	if content.ContentEncoding != "" {
		return fmt.Errorf("the message is encoded as %q", content.ContentEncoding)
	}
	if err := look(metav1.TypeMeta{APIVersion: content.APIVersion, Kind: content.Kind}); err != nil {
		return err
	}
	decodable, ok := into.(message)
	if !ok {
		return errors.New("there is no protobuf encoding of this kind")
	}
	return decodable.Unmarshal(content.Raw)
}
