// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/store"
)

// The verbs of the protocol, as authorization and audit logs name them.
const (
	verbGet              = "get"
	verbList             = "list"
	verbWatch            = "watch"
	verbCreate           = "create"
	verbUpdate           = "update"
	verbPatch            = "patch"
	verbDelete           = "delete"
	verbDeleteCollection = "deletecollection"
)

// verbStream is what rules call a streaming list, which is a watch on the wire.
const verbStream = "stream"

// target is what a path names: all objects of a resource, those of a namespace,
// a single one, or its status.
type target struct {
	definition
	table       table
	key         store.Key // Namespace and Name are empty for all of them
	subresource string
	mixed       bool // objects may be in a namespace or in none; see [Source.Handler]
}

func (t target) gvk() schema.GroupVersionKind { return t.resource.GroupVersion().WithKind(t.kind) }

// route is one method that a target can be asked with.
type route struct{ method, verb string }

// routes are the methods that make sense. Like a server, this one lists the
// objects of all namespaces together, but writes in one namespace only.
func (t target) routes() []route {
	switch {
	case t.subresource != "":
		return []route{{http.MethodGet, verbGet}, {http.MethodPut, verbUpdate}, {http.MethodPatch, verbPatch}}
	case t.key.Name != "":
		return []route{{http.MethodGet, verbGet}, {http.MethodPut, verbUpdate}, {http.MethodPatch, verbPatch}, {http.MethodDelete, verbDelete}}
	case t.namespaced && t.key.Namespace == "" && !t.mixed:
		return []route{{http.MethodGet, verbList}}
	}
	return []route{{http.MethodGet, verbList}, {http.MethodPost, verbCreate}, {http.MethodDelete, verbDeleteCollection}}
}

// target reads a path below /api/{version}/ or /apis/{group}/{version}/:
//
//	{resource}[/{name}[/status]]
//	namespaces/{namespace}/{resource}[/{name}[/status]]
func (h *handler) target(path string) (target, bool) {
	version, parts, ok := cutVersion(path)
	if !ok || len(parts) == 0 {
		return target{}, false
	}
	t := target{mixed: h.mixed}
	if inNamespace(parts) {
		t.key.Namespace, parts = parts[1], parts[2:]
	}
	t.table, ok = h.server.tables[version.WithResource(parts[0])]
	if !ok || len(parts) > 3 {
		return target{}, false
	}
	t.definition = t.table.define()
	if len(parts) > 1 {
		t.key.Name = parts[1]
	}
	if len(parts) > 2 {
		t.subresource = parts[2]
	}
	return t, t.exists()
}

// inNamespace says whether the parts name a namespace first. If not, they may
// still name an object of the resource namespaces.
func inNamespace(parts []string) bool {
	return len(parts) > 2 && parts[0] == "namespaces" && parts[2] != statusSubresource
}

func (t target) exists() bool {
	if t.subresource != "" && (t.subresource != statusSubresource || !t.status) {
		return false
	}
	if t.mixed {
		return true
	}
	if !t.namespaced {
		return t.key.Namespace == ""
	}
	return t.key.Namespace != "" || t.key.Name == ""
}

// cutVersion splits a path into its group and version, and the parts after it.
func cutVersion(path string) (version schema.GroupVersion, rest []string, ok bool) {
	root, parts, ok := splitPath(path)
	switch {
	case ok && root == "api" && len(parts) > 0:
		return schema.GroupVersion{Version: parts[0]}, parts[1:], true
	case ok && root == "apis" && len(parts) > 1:
		return schema.GroupVersion{Group: parts[0], Version: parts[1]}, parts[2:], true
	}
	return version, nil, false
}

// knowsGroup says whether a path is below that of a group which there is, and
// which serves types that servers are built with. Below others, those of custom
// resources too, a server does not even have a Status to say that there is
// nothing.
func (s *APIServer) knowsGroup(path string) bool {
	root, parts, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || root == "api" {
		return ok
	}
	group, _, _ := strings.Cut(parts, "/")
	return root == "apis" && slices.ContainsFunc(s.order, func(resource schema.GroupVersionResource) bool {
		return resource.Group == group && s.tables[resource].define().builtin
	})
}

// splitPath returns the first part of a path and the others; a slash at the end
// makes no difference. A path with an empty part names nothing.
func splitPath(path string) (root string, rest []string, ok bool) {
	path, ok = strings.CutPrefix(path, "/")
	path = strings.TrimSuffix(path, "/")
	parts := strings.Split(path, "/")
	return parts[0], parts[1:], ok && !slices.Contains(parts, "")
}
