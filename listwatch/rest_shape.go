// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"errors"
	"fmt"
	"reflect"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/internal/project"
)

// named is what every T of a REST source has, or a pointer to it: the objects of
// the API, and what embeds a [Meta].
type named interface {
	GetName() string
	GetNamespace() string
	GetUID() types.UID
	GetResourceVersion() string
}

// message is what has protobuf.
type message interface {
	Reset()
	Unmarshal(data []byte) error
}

// shape is what kind of type T is, found out once for a source.
type shape struct {
	pointer      bool // T is a pointer
	typed        bool // a type of the API
	unstructured bool
	metadata     bool // nothing but metadata
	protobuf     bool // it can be decoded from that
	trimmed      bool // managedFields are left out
	// plan says what is decoded into a struct of one's own; nil for all there is.
	plan *project.Plan
}

// shapeOf looks at T. It is the reflection that is done once, in place of some for
// each object.
func shapeOf[T any](options RESTOptions) (shape, error) {
	t := reflect.TypeFor[T]()
	s := shape{pointer: t.Kind() == reflect.Pointer}
	base := t
	if s.pointer {
		base = t.Elem()
	}
	if base.Kind() != reflect.Struct {
		return shape{}, fmt.Errorf("objects are to be of type %v; want a struct, or a pointer to one", t)
	}
	pointer := reflect.New(base).Interface()
	_, hasMeta := pointer.(metav1.Object)
	_, isObject := pointer.(runtime.Object)
	_, s.protobuf = pointer.(message)
	_, s.unstructured = pointer.(*unstructured.Unstructured)
	_, s.metadata = pointer.(*metav1.PartialObjectMetadata)
	s.typed = hasMeta && isObject
	switch {
	case s.typed && !s.pointer:
		return shape{}, fmt.Errorf("objects are to be of type %v; want *%v", t, t)
	case s.typed:
		s.trimmed = !options.KeepManagedFields
	default:
		if err := s.ofStruct(base, pointer, options.KeepManagedFields); err != nil {
			return shape{}, err
		}
	}
	if options.Format == FormatProtobuf && !s.protobuf {
		return shape{}, fmt.Errorf("RESTOptions.Format is FormatProtobuf, and %v has none; leave the format out, or use a type such as those of k8s.io/api", t)
	}
	return s, nil
}

// ofStruct completes the shape for a struct of one's own.
func (s *shape) ofStruct(base reflect.Type, pointer any, keepManagedFields bool) error {
	s.protobuf = false // it may have the methods of a type that it embeds
	plan, err := project.For(base)
	if err != nil {
		return err
	}
	if _, ok := pointer.(named); !ok || !plan.Takes("metadata", "name") {
		return fmt.Errorf("%v has no metadata; embed listwatch.Meta, or metav1.ObjectMeta with the tag `json:\"metadata\"`", base)
	}
	if !plan.Takes("metadata", "resourceVersion") {
		return errors.New("the metadata has no resourceVersion, by which a new state is told from a known one")
	}
	s.plan, s.metadata = plan, plan.OnlyMetadata()
	if !keepManagedFields {
		s.plan = plan.Without("metadata", "managedFields")
	}
	return nil
}
