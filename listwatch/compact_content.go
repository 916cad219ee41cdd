// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"reflect"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// unstructured returns the step for objects of any kind, which are maps as
// decoded from JSON.
func (p *planner) unstructured() step {
	return func(value reflect.Value) {
		// A type assertion an object: what it is was found out with the plan.
		object := value.Addr().Interface().(*unstructured.Unstructured)
		if p.drop {
			if metadata, ok := object.Object["metadata"].(map[string]any); ok {
				delete(metadata, "managedFields")
			}
		}
		p.content(object.Object)
	}
}

// contentOf is the step for a map of what has been decoded from JSON.
func (p *planner) contentOf(value reflect.Value) {
	p.content(value.Interface())
}

// content makes what has been decoded from JSON compact, and returns what is to
// be in its place. Such a value is one of few types, but which, each says for
// itself.
func (p *planner) content(value any) any {
	switch value := value.(type) {
	case string:
		if text, shared := p.strings.share(value); shared {
			return text
		}
	case map[string]any:
		for key, element := range value {
			key, _ = p.strings.share(key)
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
