// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"fmt"
	"reflect"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

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

// json decodes an object from JSON.
func (d *decoder[T]) json(document []byte, kind schema.GroupVersionKind) (store.Item[T], error) {
	s := d.scratches.Get().(*scratch[T])
	defer d.putBack(s)
	var err error
	switch {
	case d.shape.trimmed:
		s.bytes = project.LeaveOut(s.bytes[:0], document, "metadata", "managedFields")
		document = s.bytes
	case d.shape.plan != nil:
		if s.bytes, err = d.shape.plan.Append(s.bytes[:0], document); err != nil {
			return store.Item[T]{}, err
		}
		document = s.bytes
	}
	if d.shape.unstructured {
		return d.unstructured(document, kind, s)
	}
	if err = decode.JSON(document, &s.object); err != nil {
		return store.Item[T]{}, err
	}
	return d.item(s)
}

// unstructured decodes an object of any kind. In lists of the types that are
// built into a server, items do not say their kind, so it follows from the list.
func (d *decoder[T]) unstructured(document []byte, kind schema.GroupVersionKind, s *scratch[T]) (store.Item[T], error) {
	var content map[string]any
	if err := decode.JSON(document, &content); err != nil {
		return store.Item[T]{}, err
	}
	object := &unstructured.Unstructured{Object: content}
	if content != nil && object.GetKind() == "" && kind.Kind != "" {
		object.SetGroupVersionKind(kind)
	}
	if content == nil || object.GetKind() == "" {
		return store.Item[T]{}, runtime.NewMissingKindErr(string(document[:min(len(document), mostNoted)]))
	}
	s.object = any(object).(T) // T is *unstructured.Unstructured, says the shape
	return d.item(s)
}

// protobuf decodes an object from protobuf.
func (d *decoder[T]) protobuf(encoded []byte) (store.Item[T], error) {
	s := d.scratches.Get().(*scratch[T])
	defer d.putBack(s)
	if d.shape.trimmed {
		s.bytes = proto.AppendWithoutManagedFields(s.bytes[:0], encoded)
		encoded = s.bytes
	}
	// The compiler does not know that T is a pointer to something that has
	// protobuf; the shape says so.
	s.object = reflect.New(reflect.TypeFor[T]().Elem()).Interface().(T)
	if err := any(s.object).(message).Unmarshal(encoded); err != nil {
		return store.Item[T]{}, err
	}
	return d.item(s)
}

// item finishes the object in s.
func (d *decoder[T]) item(s *scratch[T]) (store.Item[T], error) {
	if d.shape.pointer && isNull(s.object) {
		return store.Item[T]{}, fmt.Errorf("null in place of an object")
	}
	if d.shape.typed && !d.shape.unstructured {
		// As in client-go: what kind it is, its type says.
		any(s.object).(runtime.Object).GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	}
	s.object = d.compactor.object(s.object) // before its header is read, which shares its strings
	object := named(nil)
	if d.shape.pointer {
		object = any(s.object).(named)
	} else {
		object = any(&s.object).(named)
	}
	item := store.Item[T]{
		Key:     store.Key{Namespace: object.GetNamespace(), Name: object.GetName()},
		UID:     object.GetUID(),
		Version: object.GetResourceVersion(),
		Object:  s.object,
	}
	return item, nil
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

// header reads what identifies an object, as far as it can be read.
func header(encoded []byte, isProtobuf bool) project.Header {
	if isProtobuf {
		h, _ := proto.ReadHeader(encoded)
		return project.Header(h)
	}
	h, _ := project.ReadHeader(encoded)
	return h
}

// metaOf decodes the metadata of a bookmark.
func metaOf(encoded []byte, isProtobuf bool) (*metav1.ObjectMeta, error) {
	var object metav1.PartialObjectMetadata
	if isProtobuf {
		return &object.ObjectMeta, object.Unmarshal(encoded)
	}
	return &object.ObjectMeta, decode.JSON(encoded, &object)
}

// statusOf decodes what a server sends in place of an event.
func statusOf(encoded []byte, isProtobuf bool) (*metav1.Status, error) {
	var status metav1.Status
	if isProtobuf {
		return &status, status.Unmarshal(encoded)
	}
	return &status, decode.JSON(encoded, &status)
}
