// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"unsafe"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// unstructured is the step for objects of any kind, which are maps as decoded
// from JSON.
func (p *planner) unstructured(at unsafe.Pointer) (uint64, bool) {
	object := (*unstructured.Unstructured)(at).Object
	if p.drop {
		if metadata, ok := object["metadata"].(map[string]any); ok {
			delete(metadata, "managedFields")
		}
	}
	p.content(object)
	return 0, false
}

// contentAt is the step for a map of what has been decoded from JSON.
func (p *planner) contentAt(at unsafe.Pointer) (uint64, bool) {
	p.content(*(*map[string]any)(at))
	return 0, false
}

// content makes what has been decoded from JSON compact, and returns what is to
// be in its place. Such a value is one of few types, but which, each says for
// itself.
func (p *planner) content(value any) any {
	switch value := value.(type) {
	case string:
		if text, _, shared := p.strings.share(value); shared {
			return text
		}
	case map[string]any:
		for key, element := range value {
			key, _, _ = p.strings.share(key)
			value[key] = p.content(element)
		}
	case []any:
		return p.elements(value)
	}
	return value
}

func (p *planner) elements(elements []any) any {
	const size = 16 // of an interface
	if pays(len(elements), cap(elements), size) {
		elements = append(make([]any, 0, len(elements)), elements...)
	}
	for i, element := range elements {
		elements[i] = p.content(element)
	}
	return elements
}
