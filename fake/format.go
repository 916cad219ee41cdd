// SPDX-License-Identifier: Apache-2.0

package fake

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// format is an encoding of the wire. The parts of a list, and the object of an
// event, are encoded first: so each can be looked at, or spoilt, on its own.
type format interface {
	contentType() string
	// streamType is the content type of a watch.
	streamType() string
	// object encodes an object with its kind: as an answer, or in an event.
	object(kind schema.GroupVersionKind, object runtime.Object) ([]byte, error)
	// item encodes an object of a list, list the whole of them.
	item(object runtime.Object) ([]byte, error)
	list(kind schema.GroupVersionKind, meta metav1.ListMeta, items [][]byte) ([]byte, error)
	// event encodes one frame of a watch.
	event(name string, object []byte) ([]byte, error)
	// decode reads an object, after look has approved of the kind that it
	// claims to be of.
	decode(body []byte, into runtime.Object, look func(metav1.TypeMeta) error) error
}
