// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/cbor/direct"

	"github.com/typedinformer/typedinformer/internal/decode"
	"github.com/typedinformer/typedinformer/internal/project"
	"github.com/typedinformer/typedinformer/internal/proto"
	"github.com/typedinformer/typedinformer/store"
)

// decoder makes objects of bytes. It is not changed once made, and safe for
// concurrent use by multiple goroutines.
type decoder[T any] struct {
	resource  schema.GroupVersionResource
	shape     shape
	shard     shardRange
	compactor *compactor[T]
	scratches *sync.Pool // of *scratch[T]
}

// scratch is what decoding one object takes beside the object.
type scratch[T any] struct {
	object T
	bytes  []byte
}

// A longer buffer is not kept: large objects are rare.
const longestScratch = 64 << 10

func newDecoder[T any](resource schema.GroupVersionResource, options RESTOptions, shard shardRange) (*decoder[T], error) {
	shape, err := shapeOf[T](options)
	if err != nil {
		return nil, err
	}
	return &decoder[T]{
		resource:  resource,
		shape:     shape,
		shard:     shard,
		compactor: newCompactor[T](CompactOptions{}),
		scratches: &sync.Pool{New: func() any { return new(scratch[T]) }},
	}, nil
}

// item decodes an object and reads its header. kind is what kind of object it is,
// if the list says so.
func (d *decoder[T]) item(encoded []byte, in encoding, kind schema.GroupVersionKind) (store.Item[T], error) {
	s := d.scratches.Get().(*scratch[T])
	defer d.putBack(s)
	encoded, err := d.reduce(encoded, in, s)
	if err != nil {
		return store.Item[T]{}, err
	}
	switch {
	case in == inProtobuf:
		// The compiler does not know that T is a pointer to something that has
		// protobuf; the shape says so.
		s.object = reflect.New(reflect.TypeFor[T]().Elem()).Interface().(T)
		err = any(s.object).(message).Unmarshal(encoded)
	case d.shape.unstructured:
		err = d.unstructured(encoded, in, kind, s)
	default:
		err = decodeAny(encoded, in, &s.object)
	}
	if err != nil {
		return store.Item[T]{}, err
	}
	return d.finish(s)
}

// reduce leaves out what is not to be decoded. In CBOR nothing is: that is for a
// server to do.
func (d *decoder[T]) reduce(encoded []byte, in encoding, s *scratch[T]) (reduced []byte, err error) {
	switch {
	case in == inProtobuf && d.shape.trimmed:
		s.bytes = proto.AppendWithoutManagedFields(s.bytes[:0], encoded)
	case in == inJSON && d.shape.trimmed:
		s.bytes = project.LeaveOut(s.bytes[:0], encoded, "metadata", "managedFields")
	case in == inJSON && d.shape.plan != nil:
		s.bytes, err = d.shape.plan.Append(s.bytes[:0], encoded)
	default:
		return encoded, nil
	}
	return s.bytes, err
}

// unstructured decodes an object of any kind. In lists of the types that are
// built into a server, items do not say their kind, so it follows from the list.
func (d *decoder[T]) unstructured(encoded []byte, in encoding, kind schema.GroupVersionKind, s *scratch[T]) error {
	var content map[string]any
	if err := decodeAny(encoded, in, &content); err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: content}
	if content != nil && object.GetKind() == "" && kind.Kind != "" {
		object.SetGroupVersionKind(kind)
	}
	if content == nil || object.GetKind() == "" {
		return fmt.Errorf("the object does not say of what kind it is")
	}
	s.object = any(object).(T) // T is *unstructured.Unstructured, says the shape
	return nil
}

// decodeAny decodes what has no protobuf.
func decodeAny[V any](encoded []byte, in encoding, into *V) error {
	if in == inCBOR {
		return decodeCBOR(encoded, into)
	}
	return decode.JSON(encoded, into)
}

// decodeCBOR decodes CBOR as client-go does. The decoder that apimachinery exports
// refuses members that a type does not have, which servers that are newer than a
// program send. Then it goes by way of JSON, which takes longer.
func decodeCBOR[V any](encoded []byte, into *V) error {
	if direct.Unmarshal(encoded, into) == nil {
		return nil
	}
	var content any
	if err := direct.Unmarshal(encoded, &content); err != nil {
		return err
	}
	document, err := json.Marshal(content)
	if err != nil {
		return err
	}
	var none V
	*into = none
	return decode.JSON(document, into)
}

// decodeAPI decodes what every server sends beside objects.
func decodeAPI[V any, P interface {
	*V
	Unmarshal(data []byte) error
}](encoded []byte, in encoding, into P) error {
	if in == inProtobuf {
		return into.Unmarshal(encoded)
	}
	return decodeAny(encoded, in, (*V)(into))
}

// finish makes an item of the object in s.
func (d *decoder[T]) finish(s *scratch[T]) (store.Item[T], error) {
	if d.shape.pointer && isNull(s.object) {
		return store.Item[T]{}, errors.New("null in place of an object")
	}
	if d.shape.trimmed {
		any(s.object).(metav1.Object).SetManagedFields(nil)
	}
	if d.shape.typed && !d.shape.unstructured {
		// As in client-go: what kind it is, its type says.
		any(s.object).(runtime.Object).GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	}
	s.object = d.compactor.object(s.object) // before its header is read, which shares its strings
	var object named
	if d.shape.pointer {
		object = any(s.object).(named)
	} else {
		object = any(&s.object).(named)
	}
	return store.Item[T]{
		Key:     store.Key{Namespace: object.GetNamespace(), Name: object.GetName()},
		UID:     object.GetUID(),
		Version: object.GetResourceVersion(),
		Object:  s.object,
	}, nil
}

// isNull reports whether a pointer is nil.
func isNull[T any](pointer T) bool { return reflect.ValueOf(pointer).IsNil() }

func (d *decoder[T]) putBack(s *scratch[T]) {
	var none T
	s.object = none
	if cap(s.bytes) <= longestScratch {
		d.scratches.Put(s)
	}
}

// headerIn reads what identifies an object, as far as it can be read.
func headerIn(encoded []byte, in encoding) project.Header {
	switch in {
	case inProtobuf:
		h, _ := proto.ReadHeader(encoded)
		return project.Header(h)
	case inCBOR:
		return headerInCBOR(encoded)
	}
	h, _ := project.ReadHeader(encoded)
	return h
}

// headerInCBOR decodes the metadata, which costs more than to look for what is
// needed of it. It is CBOR's turn when servers send it.
func headerInCBOR(encoded []byte) project.Header {
	var object metav1.PartialObjectMetadata
	if decodeCBOR(encoded, &object) != nil {
		return project.Header{}
	}
	return project.Header{
		Namespace: []byte(object.Namespace), Name: []byte(object.Name),
		UID: []byte(object.UID), Version: []byte(object.ResourceVersion),
	}
}
