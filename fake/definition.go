// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ResourceOptions say what the type T does not tell of a resource. The zero
// ResourceOptions are those of a namespaced resource whose kind is the name of T.
type ResourceOptions[T Object] struct {
	// Kind is the kind of one object. Empty means the name of T's type; an
	// unstructured resource has to name it.
	Kind string
	// ClusterScoped says that the objects are in no namespace.
	ClusterScoped bool
	// Status says that there is a status subresource: writes to an object leave
	// its status alone, writes to the subresource change nothing else. It is
	// also assumed for a type with a field Status.
	Status bool
	// Fields are what a field selector may name, besides metadata.name and
	// metadata.namespace, which are always there.
	Fields map[string]func(object T) string
}

// ResourceDefinition is one resource of an [APIServer]; [Resource] makes one.
type ResourceDefinition struct {
	definition definition
	table      func(definition, *clock) table
}

// Resource defines the resource of a type: its group (empty for the core group),
// version and plural name.
//
//	fake.Resource[*corev1.Pod]("", "v1", "pods")
func Resource[T Object](group, version, resource string, options ...ResourceOptions[T]) ResourceDefinition {
	var o ResourceOptions[T]
	if len(options) > 0 {
		o = options[0]
	}
	gvr := schema.GroupVersionResource{Group: group, Version: version, Resource: resource}
	return ResourceDefinition{
		definition: definition{resource: gvr, kind: kindOf[T](Options{Kind: o.Kind}), namespaced: !o.ClusterScoped, status: o.Status},
		table: func(d definition, c *clock) table {
			return newSource[T](Options{Resource: d.resource, Kind: d.kind}, c)
		},
	}
}

// definition is what the protocol needs to know of a resource.
type definition struct {
	resource   schema.GroupVersionResource
	kind       string
	namespaced bool
	status     bool // has a status subresource
}
