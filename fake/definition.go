// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ResourceOptions say what the type T does not tell of a resource. The zero
// ResourceOptions are those of a namespaced resource whose kind is the name of T.
type ResourceOptions[T Object] struct {
	// Kind is the kind of one object. Empty means the name of T's type; a type
	// that stands for objects of any kind, as unstructured ones, has to name it.
	Kind string
	// ClusterScoped says that the objects are in no namespace.
	ClusterScoped bool
	// Status says that there is a status subresource: writes to an object leave
	// its status alone, writes to the subresource change nothing else but, for
	// types that have protobuf, the metadata. It is assumed for a struct with a
	// field that is called status in JSON; for unstructured objects it has to be
	// said.
	Status bool
	// Fields are what a field selector may name, besides metadata.name and
	// metadata.namespace, which are always there. The functions are called for
	// each object that is listed or watched with such a selector, also while the
	// source is locked: they must not call it. None means no more fields.
	Fields map[string]func(object T) string
}

// ResourceDefinition is one resource of an [APIServer]; [Resource] makes one.
type ResourceDefinition struct {
	definition definition
	table      func(definition, ServerOptions, *clock) table
}

// Resource defines the resource of a type: its group (empty for the core group),
// version and plural name, and at most one ResourceOptions.
//
//	fake.Resource[*corev1.Pod]("", "v1", "pods")
//
// T may be [k8s.io/apimachinery/pkg/apis/meta/v1/unstructured.Unstructured], for
// which options have to name the kind. Such a resource behaves as one that a
// CustomResourceDefinition has made: it takes no strategic merge patch, and an
// update has to say which version it is of. A type with protobuf (Marshal and
// Unmarshal) behaves as one that servers are built with. The two differ in what
// a server makes of generations, of metadata in writes of a status, of
// finalizers without a domain, and in the details of some errors.
//
// A definition that makes no sense is told by [SourceOf], and by the server as
// the answer to each request for the resource.
func Resource[T Object](group, version, resource string, options ...ResourceOptions[T]) ResourceDefinition {
	var o ResourceOptions[T]
	if len(options) > 0 {
		o = options[0]
	}
	d := definition{
		resource:   schema.GroupVersionResource{Group: group, Version: version, Resource: resource},
		kind:       kindOf[T](o.Kind),
		namespaced: !o.ClusterScoped,
	}
	d.ofType(reflect.TypeFor[T](), o.Status)
	d.fields = append(d.fields, slices.Sorted(maps.Keys(o.Fields))...)
	d.flaw = flawOf(d, reflect.TypeFor[T](), o.Kind == "", len(options))
	return ResourceDefinition{
		definition: d,
		table: func(d definition, server ServerOptions, c *clock) table {
			return newSource(d, o.Fields, server.History, server.BookmarkPeriod, c)
		},
	}
}

// definition is what the protocol needs to know of a resource.
type definition struct {
	resource   schema.GroupVersionResource
	kind       string
	object     string // the Go type, for messages
	namespaced bool
	status     bool     // has a status subresource
	custom     bool     // is unstructured, as custom resources are to a server
	builtin    bool     // has a protobuf encoding, as only types that servers are built with have
	fields     []string // that selectors may name
	flaw       error    // why the resource cannot be served, or nil
}

// ofType completes a definition with what the type tells. This is reflection,
// but only once, when the resource is defined.
func (d *definition) ofType(t reflect.Type, status bool) {
	d.object = t.String()
	d.custom = t.Implements(reflect.TypeFor[runtime.Unstructured]())
	d.builtin = t.Implements(reflect.TypeFor[message]())
	d.status = status || !d.custom && t.Kind() == reflect.Pointer && hasStatus(t.Elem())
	d.fields = []string{fieldName, fieldNamespace}
}

// counts says whether the objects have a generation. Those of custom resources
// do; of the types that servers are built with, it is in general those that have
// a status to tell in which one was last acted on.
func (d definition) counts() bool { return d.status || !d.builtin }

func (d definition) groupVersionKind() schema.GroupVersionKind {
	return d.resource.GroupVersion().WithKind(d.kind)
}

// flawOf returns what is wrong with a definition, all of it.
func flawOf(d definition, t reflect.Type, kindFromType bool, options int) error {
	var flaws []error
	if d.resource.Version == "" || d.resource.Resource == "" {
		flaws = append(flaws, errors.New("version and resource must not be empty"))
	}
	if strings.ContainsRune(d.resource.Group+d.resource.Version+d.resource.Resource, '/') {
		flaws = append(flaws, errors.New("group, version and resource are separate, and contain no slash"))
	}
	if options > 1 {
		flaws = append(flaws, fmt.Errorf("it has %d ResourceOptions; want at most one", options))
	}
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		flaws = append(flaws, fmt.Errorf("%v is no pointer to a struct", t))
	} else if kindFromType && isNameless(t.Elem()) {
		flaws = append(flaws, fmt.Errorf("the name of %v is not that of a kind; set ResourceOptions.Kind", t))
	}
	if len(flaws) == 0 {
		return nil
	}
	return fmt.Errorf("fake: the definition of resource %s: %w", describe(d.resource), errors.Join(flaws...))
}

// isNameless is for the types of objects of any kind, and the instances of
// generic types, whose names are no words.
func isNameless(t reflect.Type) bool {
	return strings.HasPrefix(t.PkgPath(), "k8s.io/apimachinery/") || strings.Contains(t.Name(), "[")
}

// hasStatus says whether the JSON of a struct has a field status.
func hasStatus(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "status" && field.IsExported() || name == "" && field.Anonymous && hasStatus(field.Type) {
			return true
		}
	}
	return false
}

// describe is a resource as messages name it: "v1 pods", "apps/v1 deployments".
func describe(resource schema.GroupVersionResource) string {
	return resource.GroupVersion().String() + " " + resource.Resource
}
