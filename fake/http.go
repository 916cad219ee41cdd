// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/internalversion"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// Handler serves the source as an API server does, to any Kubernetes client:
//
//	GET /api/v1/pods                        list, or watch with ?watch=true
//	GET /api/v1/namespaces/{namespace}/pods the same in one namespace
//	GET /api/v1/namespaces/{namespace}/pods/{name}
//
// with /apis/{group}/{version} for a group with a name. It understands limit
// and continue, resourceVersion and resourceVersionMatch, labelSelector,
// fieldSelector (metadata.name and metadata.namespace), timeoutSeconds,
// allowWatchBookmarks and sendInitialEvents.
//
// It speaks JSON only. Errors are a metav1.Status with the code of an API
// server: 404 for another path, 405 for another method, 406 for a client that
// does not take JSON. There is no discovery, and nothing can be written.
//
// A watch keeps the request's goroutine until the client leaves, the time is
// up or the request's context ends; a server that shuts down has to end that
// context ([net/http.Server].BaseContext), since Shutdown waits for it.
func (s *Source[T]) Handler() http.Handler { return &handler[T]{s} }

type handler[T Object] struct{ source *Source[T] }

func (h *handler[T]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := h.serve(w, r); err != nil {
		writeError(w, err)
	}
}

// serve answers the request, or returns an error if nothing was written yet.
func (h *handler[T]) serve(w http.ResponseWriter, r *http.Request) error {
	resource := h.source.resource
	target, ok := parsePath(resource, r.URL.Path)
	switch {
	case !ok:
		return notFound()
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		return apierrors.NewMethodNotSupported(resource.GroupResource(), strings.ToLower(r.Method))
	case !acceptsJSON(r.Header.Values("Accept")):
		return notAcceptable()
	case target.Name != "":
		return h.get(w, target)
	}
	options, scope, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return err
	}
	scope.Namespace = target.Namespace
	view := h.source.Within(scope)
	// The rules are checked here and not only by the view, for what cannot be
	// said in its options.
	if err := view.validate(internalOptions(options)); err != nil {
		return err
	}
	if options.Watch {
		return h.watch(w, r, view, options)
	}
	return h.list(w, r, view, options)
}

// parsePath reads which objects are meant: those of a namespace or of all, or
// a single one.
func parsePath(resource schema.GroupVersionResource, path string) (key store.Key, ok bool) {
	prefix := "/api/" + resource.Version + "/"
	if resource.Group != "" {
		prefix = "/apis/" + resource.Group + "/" + resource.Version + "/"
	}
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return key, false
	}
	parts := strings.Split(rest, "/")
	if len(parts) >= 3 && parts[0] == "namespaces" {
		key.Namespace, parts = parts[1], parts[2:]
		if key.Namespace == "" {
			return key, false
		}
	}
	if parts[0] != resource.Resource || len(parts) > 2 {
		return key, false
	}
	if len(parts) == 2 {
		key.Name = parts[1]
		return key, key.Name != ""
	}
	return key, true
}

// parseQuery reads the options as the API server does, and the selectors.
func parseQuery(raw string) (options metav1.ListOptions, scope Scope, err error) {
	query, err := url.ParseQuery(raw)
	if err == nil {
		err = metav1.Convert_url_Values_To_v1_ListOptions(&query, &options, nil)
	}
	if err != nil {
		return options, scope, apierrors.NewBadRequest("the query cannot be read: " + err.Error())
	}
	if scope.Labels, err = labels.Parse(options.LabelSelector); err != nil {
		return options, scope, apierrors.NewBadRequest(fmt.Sprintf("labelSelector %q: %v", options.LabelSelector, err))
	}
	if scope.Fields, err = fields.ParseSelector(options.FieldSelector); err != nil {
		return options, scope, apierrors.NewBadRequest(fmt.Sprintf("fieldSelector %q: %v", options.FieldSelector, err))
	}
	return options, scope, nil
}

func internalOptions(options metav1.ListOptions) internalversion.ListOptions {
	return internalversion.ListOptions{
		Watch:                options.Watch,
		ResourceVersion:      options.ResourceVersion,
		ResourceVersionMatch: options.ResourceVersionMatch,
		Continue:             options.Continue,
		SendInitialEvents:    options.SendInitialEvents,
	}
}

func (h *handler[T]) get(w http.ResponseWriter, key store.Key) error {
	object, found := h.source.Get(key)
	if !found {
		return apierrors.NewNotFound(h.source.resource.GroupResource(), key.Name)
	}
	body, err := h.encode(object)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// list is the JSON of a list. The items are encoded one by one, each with its
// kind, which typed objects have in their type and not in their fields.
type list struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        metav1.ListMeta   `json:"metadata"`
	Items           []json.RawMessage `json:"items"`
}

func (h *handler[T]) list(w http.ResponseWriter, r *http.Request, view *View[T], options metav1.ListOptions) error {
	revisions, page, err := view.page(r.Context(), listwatch.ListOptions{
		Version:      options.ResourceVersion,
		VersionMatch: options.ResourceVersionMatch,
		Limit:        options.Limit,
		Continue:     options.Continue,
	})
	if err != nil {
		return err
	}
	answer := list{
		TypeMeta: metav1.TypeMeta{Kind: h.source.kind + "List", APIVersion: h.source.resource.GroupVersion().String()},
		Metadata: metav1.ListMeta{ResourceVersion: page.Version, Continue: page.Continue},
		Items:    make([]json.RawMessage, 0, len(revisions)),
	}
	for _, revision := range revisions {
		body, err := h.encode(revision.item.Object)
		if err != nil {
			return err
		}
		answer.Items = append(answer.Items, body)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return apierrors.NewInternalError(err)
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

// frame is the JSON of one event of a watch.
type frame struct {
	Type   string          `json:"type"`
	Object json.RawMessage `json:"object"`
}

func (h *handler[T]) watch(w http.ResponseWriter, r *http.Request, view *View[T], options metav1.ListOptions) error {
	wanted := listwatch.WatchOptions{
		Version:       options.ResourceVersion,
		Bookmarks:     options.AllowWatchBookmarks,
		InitialEvents: options.SendInitialEvents != nil && *options.SendInitialEvents,
	}
	if seconds := options.TimeoutSeconds; seconds != nil {
		// More than the longest Duration is as good as for ever.
		wanted.Timeout = time.Duration(min(max(*seconds, 0), int64(1<<63-1)/int64(time.Second))) * time.Second
	}
	// What is wrong with the request is told by the code. An error after that,
	// an expired version too, is an event: the code has gone out.
	if err := view.validateWatch(wanted); err != nil {
		return err
	}
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	if control.Flush() != nil {
		return nil // the client waits for the head: without it nothing can be said
	}
	for event, err := range view.Watch(r.Context(), wanted) {
		if r.Context().Err() != nil {
			return nil
		}
		if event.InitialEventsEnd && !options.AllowWatchBookmarks {
			continue
		}
		if h.send(w, event, err) != nil || control.Flush() != nil {
			return nil // the client has gone
		}
	}
	return nil
}

// send writes one event, or the error that ends the watch.
func (h *handler[T]) send(w io.Writer, event listwatch.Event[T], err error) error {
	var next frame
	switch {
	case err != nil:
	case event.Type == listwatch.Bookmark:
		next.Type = "BOOKMARK"
		next.Object, err = h.encodeBookmark(event)
	default:
		next.Type = strings.ToUpper(event.Type.String())
		next.Object, err = h.encode(event.Item.Object)
	}
	if err != nil {
		next.Type = "ERROR"
		next.Object, err = json.Marshal(statusOf(err))
		if err != nil {
			return err
		}
	}
	return json.NewEncoder(w).Encode(next)
}

// encode returns the JSON of an object with its kind.
func (h *handler[T]) encode(object T) (json.RawMessage, error) {
	body, err := json.Marshal(object)
	if err != nil {
		return nil, apierrors.NewInternalError(fmt.Errorf("encode %s %q: %w", h.source.kind, keyOf(object), err))
	}
	if !object.GetObjectKind().GroupVersionKind().Empty() {
		return body, nil
	}
	// Setting the kind in the object would need a copy of it: everybody reads
	// it. It is put before the first field of the JSON instead.
	head, err := json.Marshal(metav1.TypeMeta{Kind: h.source.kind, APIVersion: h.source.resource.GroupVersion().String()})
	if err != nil || len(body) < 2 || body[0] != '{' {
		return nil, apierrors.NewInternalError(fmt.Errorf("encode %s %q: %T is not encoded as a JSON object", h.source.kind, keyOf(object), object))
	}
	if body[1] == '}' {
		return head, nil
	}
	head[len(head)-1] = ','
	return append(head, body[1:]...), nil
}

func (h *handler[T]) encodeBookmark(event listwatch.Event[T]) (json.RawMessage, error) {
	bookmark := metav1.PartialObjectMetadata{
		TypeMeta:   metav1.TypeMeta{Kind: h.source.kind, APIVersion: h.source.resource.GroupVersion().String()},
		ObjectMeta: metav1.ObjectMeta{ResourceVersion: event.Item.Version},
	}
	if event.InitialEventsEnd {
		bookmark.Annotations = map[string]string{metav1.InitialEventsAnnotationKey: "true"}
	}
	return json.Marshal(bookmark)
}

// acceptsJSON says whether a client takes plain JSON. Tables and the like are
// asked for as JSON with a parameter "as", and are none of ours.
func acceptsJSON(accept []string) bool {
	if len(accept) == 0 {
		return true
	}
	for part := range strings.SplitSeq(strings.Join(accept, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil || parameters["as"] != "" {
			continue
		}
		switch kind {
		case "application/json", "application/*", "*/*":
			return true
		}
	}
	return false
}

func notFound() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusNotFound,
		Reason:  metav1.StatusReasonNotFound,
		Message: "the server could not find the requested resource",
	}}
}

func notAcceptable() error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusNotAcceptable,
		Reason:  metav1.StatusReasonNotAcceptable,
		Message: "only the following media types are accepted: application/json",
	}}
}

// statusOf is the Status of an error, in full: with the kind, for a decoder.
func statusOf(err error) metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	return status
}

func writeError(w http.ResponseWriter, err error) {
	status := statusOf(err)
	body, err := json.Marshal(status)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	writeJSON(w, int(status.Code), body)
}

// writeJSON has no error to return: a client that has gone needs no answer.
func writeJSON(w http.ResponseWriter, code int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = w.Write(body)
}
