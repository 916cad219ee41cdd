// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
)

// complete fills in what resource leaves empty: by what the client tells of
// itself, then by the name of the type. It is called once for a source, so the
// reflection in it costs nothing that counts; a registry of types (a scheme)
// would know better, but not every program has one.
func complete[T any](resource schema.GroupVersionResource, client any) schema.GroupVersionResource {
	// Client-go's fakes know their resource.
	if fake, ok := client.(interface {
		Resource() schema.GroupVersionResource
	}); ok {
		resource = merge(resource, fake.Resource())
	}
	if resource.Resource == "" {
		resource.Resource = plural(reflect.TypeFor[T]())
	}
	if resource.Group != "" || resource.Version != "" {
		return resource
	}
	// The generated clients do not tell the resource, but group and version.
	if typed, ok := client.(interface{ GetClient() rest.Interface }); ok {
		if api := typed.GetClient(); !isNil(api) {
			version := api.APIVersion()
			resource.Group, resource.Version = version.Group, version.Version
		}
	}
	return resource
}

// merge fills in what resource leaves empty. Group and version belong
// together: an empty group is the core group where a version is given.
func merge(resource, found schema.GroupVersionResource) schema.GroupVersionResource {
	if resource.Resource == "" {
		resource.Resource = found.Resource
	}
	if resource.Group == "" && resource.Version == "" {
		resource.Group, resource.Version = found.Group, found.Version
	}
	return resource
}

// plural guesses the resource from the name of a type, as the API machinery
// does: Pod gives pods. It is empty where the name of the type says nothing
// about what the objects are.
func plural(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	// The types for objects of any kind, and interfaces, stand for no resource.
	// The name of an instance of a generic type is no word.
	if t.Kind() == reflect.Interface || strings.HasPrefix(t.PkgPath(), "k8s.io/apimachinery/") || strings.Contains(t.Name(), "[") {
		return ""
	}
	resource, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Kind: t.Name()})
	return resource.Resource
}

// nameOf is how messages name the resource: pods, deployments.apps, or the
// type of the objects if the resource is not known.
func nameOf[T any](resource schema.GroupVersionResource) string {
	if resource.Resource == "" {
		return reflect.TypeFor[T]().String()
	}
	return resource.GroupResource().String()
}

// resourceOf asks a source for its resource.
func resourceOf[T any](source ListWatcher[T]) schema.GroupVersionResource {
	if described, ok := source.(Described); ok {
		return described.Resource()
	}
	return schema.GroupVersionResource{}
}

// isUntimed asks a source whether it is [Untimed].
func isUntimed[T any](source ListWatcher[T]) bool {
	untimed, ok := source.(Untimed)
	return ok && untimed.Untimed()
}
