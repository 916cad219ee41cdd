// SPDX-License-Identifier: Apache-2.0

package store

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Item is an object with its header. The header is read once, where the object
// enters the program; nothing further in needs to know what T is.
type Item[T any] struct {
	// Key identifies the object. It must have a name.
	Key Key
	// UID tells an object from a later one of the same key. Empty if the
	// source has no such thing.
	UID types.UID
	// Version is the object's resource version. Two items of one key with the
	// same version that is not empty are taken to be the same state.
	Version string
	// Object is shared by all who read it and is never copied: treat it as
	// read-only.
	Object T
}

// ItemFunc reads the header of an object. It returns an error for an object
// whose key does not pass [Key.Validate], and must not keep or change the object.
type ItemFunc[T any] func(object T) (Item[T], error)

// FromMeta is the [ItemFunc] of Kubernetes objects: namespace, name, UID and
// resource version come from the object's metadata. An object without a name
// gives a [*KeyError]. It does not allocate.
func FromMeta[T metav1.Object](object T) (Item[T], error) {
	item := Item[T]{
		Key:     Key{Namespace: object.GetNamespace(), Name: object.GetName()},
		UID:     object.GetUID(),
		Version: object.GetResourceVersion(),
		Object:  object,
	}
	if err := item.Key.Validate(); err != nil {
		return item, fmt.Errorf("store: object of type %T: %w", object, err)
	}
	return item, nil
}

// WithKey makes an [ItemFunc] of a key function, for types that have neither
// UID nor version.
func WithKey[T any](key func(object T) Key) ItemFunc[T] {
	return func(object T) (Item[T], error) {
		item := Item[T]{Key: key(object), Object: object}
		return item, item.Key.Validate()
	}
}
