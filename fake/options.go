// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Options describe a [Source]. The zero Options make a source of the resource
// that the name of T tells, in the core group: pods in v1 for a Pod.
type Options struct {
	// Resource is the group, version and resource of the objects. It names the
	// resource in errors and gives the paths of [Source.Handler]. What is left
	// empty is guessed: the version is v1, the resource the plural of Kind. The
	// group is never guessed, since the core group has an empty name.
	Resource schema.GroupVersionResource
	// Kind is the kind of one object. Empty means the name of T's type.
	Kind string
	// History is how many of the latest writes are kept for watches and for
	// later pages of a list. Who asks for an older version gets the error
	// "expired" (410). Zero means 10,000. What is kept costs the objects that
	// were replaced.
	History int
	// BookmarkPeriod is how often a watch that asked for bookmarks gets one
	// while nothing else happens. Zero means never, so that a test sees only
	// the bookmarks that it sends itself, with [Source.Bookmark]. A real API
	// server sends one about every minute.
	BookmarkPeriod time.Duration
}

const defaultHistory = 10_000

// kindOf and resourceOf read the name of a type: reflection, but only once,
// when the source is made.
func kindOf[T any](given string) string {
	if given != "" {
		return given
	}
	t := reflect.TypeFor[T]()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

func resourceOf(options Options, kind string) schema.GroupVersionResource {
	resource := options.Resource
	if resource.Version == "" {
		resource.Version = "v1"
	}
	if resource.Resource == "" {
		guessed, _ := meta.UnsafeGuessKindToResource(schema.GroupVersionKind{Kind: kind})
		resource.Resource = guessed.Resource
	}
	return resource
}
