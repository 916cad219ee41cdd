// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Handler serves the resources of the server as a Kubernetes API server does, to
// any client: on loopback, with [net/http/httptest], or without a socket, by
// [APIServer.RESTConfig].
//
//	/api/v1/{resource}                        list, watch
//	/api/v1/namespaces/{namespace}/{resource} list, watch, create, deletecollection
//	…/{resource}/{name}                       get, update, patch, delete
//	…/{resource}/{name}/status                get, update, patch
//
// with /apis/{group}/{version} for a group with a name, and the discovery that a
// client needs for a RESTMapper, /version, /healthz, /livez and /readyz. There is
// no OpenAPI, and no path of the past (/watch/…).
//
// It speaks JSON, and protobuf for types that have it (Marshal and Unmarshal),
// and answers as tables or with metadata only if a client asks for that. A kind
// or version in a body that is not the resource's is an error, a field that is
// not known is not: fieldValidation is read and has no effect. YAML is not read,
// and answers are never compressed, while a server compresses those of more than
// 128 KB for clients that take gzip.
//
// Errors are a metav1.Status with the code of an API server: 404 for another
// path, 405 for another method, 406 for a client that takes nothing there is,
// 413 for a body that is too large ([ServerOptions]), 415 for one of an
// unknown type. For a path that belongs to no group there is 404 without a
// Status.
//
// As on a server, a watch from no version or from "0" begins with initial events
// and tells where they end, if it asked for bookmarks; and a list with selectors
// may have a last page with nothing on it.
//
// A watch keeps the request's goroutine until the client leaves, the time is
// up or the request's context ends; a server that shuts down has to end that
// context ([net/http.Server].BaseContext), since Shutdown waits for it.
func (s *APIServer) Handler() http.Handler { return &handler{server: s} }

// Handler serves the source as an [APIServer] with this one resource does; see
// [APIServer.Handler]. A source does not know whether its objects are in
// namespaces: both paths are there.
func (s *Source[T]) Handler() http.Handler {
	return &handler{mixed: true, server: &APIServer{
		player: newPlayer(s.Compact), bodyLimit: defaultBodyLimit,
		clock:  s.mu,
		tables: map[schema.GroupVersionResource]table{s.resource: s},
		order:  []schema.GroupVersionResource{s.resource},
	}}
}

// handler is the face of a server. It has no state of its own.
type handler struct {
	server *APIServer
	mixed  bool // see target
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.serve(w, r); err != nil {
		writeError(w, r, err)
	}
}

// serve answers the request, or returns an error if nothing was written yet.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) error {
	if h.discover(w, r) {
		return nil
	}
	t, ok := h.target(r.URL.Path)
	if !ok {
		return h.lost(w, r)
	}
	c, err := newCall(t, w, r)
	if err != nil {
		return err
	}
	// Every call passes here, with all that is known of it and before anything
	// is made of it.
	c.ruling, err = h.server.player.admit(r.Context(), c.request())
	switch {
	case r.Context().Err() != nil:
		return nil // the client has gone
	case err != nil && isRefused(err):
		refuse(w, err)
		return nil
	case err != nil:
		return err
	}
	return h.perform(w, r, c)
}

// lost answers a request for what there is not.
func (h *handler) lost(w http.ResponseWriter, r *http.Request) error {
	if !h.server.knowsGroup(r.URL.Path) {
		http.NotFound(w, r)
		return nil
	}
	if _, document := h.server.document(r.URL.Path); document != nil {
		return noSuchMethod()
	}
	return noSuchPath()
}

func (h *handler) perform(w http.ResponseWriter, r *http.Request, c call) error {
	if flaw := c.table.define().flaw; flaw != nil {
		return apierrors.NewInternalError(flaw)
	}
	form, err := c.form(r)
	if err != nil {
		return err
	}
	switch c.verb {
	case verbGet:
		return h.get(w, c, form)
	case verbList:
		return h.list(w, r, c, form)
	case verbWatch:
		return h.watch(w, r, c, form)
	case verbCreate:
		return h.create(w, r, c, form)
	case verbUpdate:
		return h.update(w, r, c, form)
	case verbPatch:
		return h.patch(w, r, c, form)
	case verbDelete:
		return h.delete(w, r, c, form)
	default:
		return h.deleteCollection(w, r, c, form)
	}
}
