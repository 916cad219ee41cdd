// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// restHandler answers as an API server does: lists, by pages where a client asks
// for them, and watches, with a streaming list where a client asks for that. A
// real server compresses large lists if a client lets it, and this one does not,
// which would be the same work for both.
type restHandler struct {
	*restState
	asked func() // told of each request for what there is
}

func (h restHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	var err error
	switch {
	case r.URL.Path != "/api/v1/pods":
		err = fmt.Errorf("there is no %s here", r.URL.Path)
	case !strings.Contains(r.Header.Get("Accept"), h.format.mediaType()):
		err = fmt.Errorf("here is %s only, not %s", h.format.mediaType(), r.Header.Get("Accept"))
	case query.Get("watch") != "":
		err = h.watch(w, r, query)
	default:
		err = h.list(w, query)
	}
	if err != nil { // of no use to those who have had a part of the answer already
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// list sends a list or a page of it. As a server with a watch cache, it does not
// look at the limit where any version will do.
func (h restHandler) list(w http.ResponseWriter, query url.Values) error {
	meta := metav1.ListMeta{ResourceVersion: h.version()}
	first, end := 0, len(h.bodies)
	if token := query.Get("continue"); token != "" {
		from, err := strconv.Atoi(token)
		if err != nil || from > end {
			return fmt.Errorf("the token %q is none of this server", token)
		}
		first = from
	} else {
		h.asked()
	}
	if limit, err := strconv.Atoi(query.Get("limit")); err == nil && query.Get("resourceVersion") != "0" && first+limit < end {
		end = first + limit
		meta.Continue = strconv.Itoa(end)
	}
	parts, err := h.format.list(meta, h.bodies[first:end])
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", h.format.mediaType())
	out := &gathered{to: w}
	h.mu.RLock() // a step waits for the end of a list
	defer h.mu.RUnlock()
	for part := range parts {
		out.add(append(out.bytes, part...))
	}
	return out.flush()
}

// watch sends what there is if it is asked to, and then the steps as they come.
func (h restHandler) watch(w http.ResponseWriter, r *http.Request, query url.Values) error {
	from := query.Get("resourceVersion")
	w.Header().Set("Content-Type", h.format.streamType())
	out := &gathered{to: w}
	if query.Get("sendInitialEvents") == "true" {
		h.asked()
		from = h.version()
		for i := range h.bodies {
			out.add(h.appendEvent(out.bytes, "ADDED", i))
		}
		if err := h.add(out, "BOOKMARK", "Pod", &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
			ResourceVersion: from, Annotations: map[string]string{metav1.InitialEventsAnnotationKey: "true"},
		}}); err != nil {
			return err
		}
	}
	number, err := since(from)
	if err != nil {
		return err
	}
	for ; ; number++ {
		if err := out.flush(); err != nil {
			return nil // the client is gone
		}
		step, err := h.step(r.Context(), number)
		if err != nil {
			return nil
		}
		if step.Expires {
			status := apierrors.NewResourceExpired("the benchmark says so").Status()
			if err := h.add(out, "ERROR", "Status", &status); err != nil {
				return err
			}
			return out.flush()
		}
		for i := 0; i < len(h.bodies); i += step.Every {
			out.add(h.appendEvent(out.bytes, "MODIFIED", i))
		}
	}
}

func (h restHandler) add(out *gathered, event, kind string, object wireObject) error {
	body, err := h.format.encode(object)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", kind, err)
	}
	out.add(h.format.appendEvent(out.bytes, event, kind, body))
	return nil
}

// gathered writes by large pieces, which cost the server little.
type gathered struct {
	to    http.ResponseWriter
	bytes []byte
	err   error
}

const pieceSize = 64 << 10

// add takes what bytes has been appended to.
func (g *gathered) add(bytes []byte) {
	g.bytes = bytes
	if len(g.bytes) >= pieceSize {
		g.write()
	}
}

func (g *gathered) write() {
	if g.err == nil {
		_, g.err = g.to.Write(g.bytes)
	}
	g.bytes = g.bytes[:0]
}

func (g *gathered) flush() error {
	g.write()
	if g.err == nil {
		g.err = http.NewResponseController(g.to).Flush()
	}
	return g.err
}
