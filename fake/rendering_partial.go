// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var partialKind = metav1.SchemeGroupVersion.WithKind(asPartial)

// partialRendering leaves nothing of objects but their metadata. Every item says
// that this is what it is: unlike other lists, also within a list.
type partialRendering struct{}

func (partialRendering) one(f format, object Object) ([]byte, error) {
	return plainRendering{partialKind}.one(f, partial(object))
}

func (partialRendering) many(f format, objects []Object, meta metav1.ListMeta) ([]byte, error) {
	partials := make([]Object, len(objects))
	for i, object := range objects {
		partials[i] = partial(object)
	}
	return plainRendering{partialKind}.many(f, partials, meta)
}

// partial shares the maps and slices of the metadata with object.
func partial(object Object) *metav1.PartialObjectMetadata {
	result := meta.AsPartialObjectMetadata(object)
	result.SetGroupVersionKind(partialKind)
	return result
}
