// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"encoding/json"
	"net/http"
	"runtime"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	apiruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// serverVersion is that of the API machinery which this module builds on.
func serverVersion() version.Info {
	return version.Info{
		Major:      "1",
		Minor:      "37",
		GitVersion: "v1.37.2+fake",
		GoVersion:  runtime.Version(),
		Compiler:   runtime.Compiler,
		Platform:   runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// discover answers a request that asks what there is, not for objects. It
// returns false for one that does not.
func (h *handler) discover(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	switch r.URL.Path {
	case "/healthz", "/livez", "/readyz":
		write(w, "text/plain; charset=utf-8", http.StatusOK, []byte("ok"))
		return true
	case "/version":
		body, err := json.Marshal(serverVersion())
		if err != nil {
			writeError(w, r, err)
			return true
		}
		write(w, mediaJSON, http.StatusOK, body)
		return true
	}
	kind, document := h.server.document(r.URL.Path)
	if document == nil {
		return false
	}
	if err := answerDocument(w, r, kind, document); err != nil {
		writeError(w, r, err)
	}
	return true
}

func answerDocument(w http.ResponseWriter, r *http.Request, kind schema.GroupVersionKind, document apiruntime.Object) error {
	accept := r.Header.Values("Accept")
	if err := routed(accept, plainOffers); err != nil {
		return err
	}
	chosen, err := negotiate(accept, plainOffers)
	if err != nil {
		return err
	}
	body, err := chosen.format.object(kind, document)
	if err != nil {
		return err
	}
	write(w, chosen.format.contentType(), http.StatusOK, body)
	return nil
}

// document is what there is at a path of discovery; nil if it is none, or if
// there is nothing. Documents on groups with a name have an API version, the
// older ones have none.
func (s *APIServer) document(path string) (kind schema.GroupVersionKind, document apiruntime.Object) {
	root, parts, ok := splitPath(path)
	if root == "apis" {
		kind.Version = "v1"
	}
	if ok && root == "apis" && len(parts) == 0 {
		kind.Kind = "APIGroupList"
		return kind, &metav1.APIGroupList{Groups: s.groups()}
	}
	if ok && root == "api" && len(parts) == 0 {
		if core := s.versions(""); len(core) > 0 {
			kind.Kind = "APIVersions"
			return kind, &metav1.APIVersions{Versions: core}
		}
		return kind, nil
	}
	if ok && root == "apis" && len(parts) == 1 {
		groups := s.groups()
		if i := slices.IndexFunc(groups, func(g metav1.APIGroup) bool { return g.Name == parts[0] }); i >= 0 {
			kind.Kind = "APIGroup"
			return kind, &groups[i]
		}
		return kind, nil
	}
	if version, rest, ok := cutVersion(path); ok && len(rest) == 0 {
		if resources := s.resourcesOf(version); len(resources) > 0 {
			kind.Kind = "APIResourceList"
			return kind, &metav1.APIResourceList{GroupVersion: version.String(), APIResources: resources}
		}
	}
	return kind, nil
}

// versions returns those of a group, in the order of definition.
func (s *APIServer) versions(group string) (versions []string) {
	for _, resource := range s.order {
		if resource.Group == group && !slices.Contains(versions, resource.Version) {
			versions = append(versions, resource.Version)
		}
	}
	return versions
}

// groups returns those with a name, in the order of definition. The version
// that was defined first is the preferred one.
func (s *APIServer) groups() []metav1.APIGroup {
	groups := []metav1.APIGroup{} // not nil: it is a list in JSON
	for _, resource := range s.order {
		if resource.Group == "" || slices.ContainsFunc(groups, func(g metav1.APIGroup) bool { return g.Name == resource.Group }) {
			continue
		}
		group := metav1.APIGroup{Name: resource.Group}
		for _, version := range s.versions(resource.Group) {
			group.Versions = append(group.Versions, metav1.GroupVersionForDiscovery{
				GroupVersion: schema.GroupVersion{Group: resource.Group, Version: version}.String(),
				Version:      version,
			})
		}
		group.PreferredVersion = group.Versions[0]
		groups = append(groups, group)
	}
	return groups
}

// resourcesOf returns those of a version by their names, subresources too.
func (s *APIServer) resourcesOf(version schema.GroupVersion) (resources []metav1.APIResource) {
	for _, resource := range s.order {
		if resource.GroupVersion() != version {
			continue
		}
		d := s.tables[resource].define()
		described := metav1.APIResource{
			Name:         resource.Resource,
			SingularName: strings.ToLower(d.kind),
			Kind:         d.kind,
			Namespaced:   d.namespaced,
			Verbs:        metav1.Verbs{verbCreate, verbDelete, verbDeleteCollection, verbGet, verbList, verbPatch, verbUpdate, verbWatch},
		}
		resources = append(resources, described)
		if d.status {
			described.Name += "/" + statusSubresource
			described.SingularName = ""
			described.Verbs = metav1.Verbs{verbGet, verbPatch, verbUpdate}
			resources = append(resources, described)
		}
	}
	slices.SortFunc(resources, func(a, b metav1.APIResource) int { return strings.Compare(a.Name, b.Name) })
	return resources
}
