// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"iter"
	"net/http"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/typedinformer/typedinformer/listwatch"
)

func (h *handler) watch(w http.ResponseWriter, r *http.Request, c call, form form) error {
	scope, err := c.scope()
	if err != nil {
		return err
	}
	wanted := c.watchOptions()
	if c.options.SendInitialEvents != nil && !wanted.InitialEvents && (wanted.Version == "" || wanted.Version == "0") {
		wanted.Version = h.server.Version() // whoever wants no initial events wants what is to come
	}
	// What is wrong with the request is told by the code. An error after that,
	// an expired version too, is an event: the code has gone out.
	if err := c.table.check(scope, wanted); err != nil {
		return err
	}
	s := stream{w: w, control: http.NewResponseController(w), form: form, blank: c.blank}
	if s.open() != nil {
		return nil // the client waits for the head: without it nothing can be said
	}
	open := func(ctx context.Context) iter.Seq2[listwatch.Event[Object], error] {
		return c.table.events(ctx, scope.behind(c.ruling.Behind), wanted)
	}
	for event, err := range disturb(r.Context(), c.ruling, open) {
		if r.Context().Err() != nil {
			return nil
		}
		if event.InitialEventsEnd && !wanted.Bookmarks {
			continue
		}
		if s.send(event, err) != nil {
			return nil // the client has gone
		}
	}
	return nil
}

// stream is the answer to a watch.
type stream struct {
	w       http.ResponseWriter
	control *http.ResponseController
	form    form
	blank   func() Object
}

// open sends the head: there may be nothing else to send for long.
func (s stream) open() error {
	s.w.Header().Set("Content-Type", s.form.streamType())
	s.w.WriteHeader(http.StatusOK)
	return s.control.Flush()
}

// send writes one event, or the error that ends the watch, and sees that it
// leaves.
func (s stream) send(event delivery[Object], err error) error {
	frame, err := s.frame(event, err)
	if err != nil {
		return err
	}
	if event.defect == truncated {
		half(s.w, frame)
	}
	if _, err := s.w.Write(frame); err != nil {
		return err
	}
	return s.control.Flush()
}

// frame encodes one event. One that cannot be encoded becomes an error event.
func (s stream) frame(event delivery[Object], err error) ([]byte, error) {
	name, object := eventName(event.Type), event.Item.Object
	if event.Type == listwatch.Bookmark {
		object = bookmark(s.blank(), event.Event)
	}
	var body []byte
	switch {
	case err != nil:
	case event.defect == broken || event.defect == wrongKind:
		body, err = spoiltObject(s.form, object, event.defect)
	default:
		body, err = s.form.one(s.form.format, object)
	}
	if err != nil {
		name = string(watch.Error)
		if body, err = s.form.object(statusKind, statusOf(err)); err != nil {
			return nil, err
		}
	}
	return s.form.event(name, body)
}

// eventName is the name of an event type on the wire.
func eventName(t listwatch.EventType) string { return strings.ToUpper(t.String()) }

// blank is an object without content, as bookmarks are. Of a custom resource it
// has no fields, of a type that servers are built with those that have no
// omitempty.
func (c call) blank() Object {
	if c.builtin {
		return c.table.blank()
	}
	return &metav1.PartialObjectMetadata{}
}

// bookmark makes of a blank object one with nothing but a version.
func bookmark(blank Object, event listwatch.Event[Object]) Object {
	blank.SetResourceVersion(event.Item.Version)
	if event.InitialEventsEnd {
		blank.SetAnnotations(map[string]string{metav1.InitialEventsAnnotationKey: "true"})
	}
	return blank
}
