// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const defaultBodyLimit = 3 << 20

// body reads the body of a request, and no more of it than is allowed.
func (h *handler) body(r *http.Request) ([]byte, error) {
	limit := h.server.bodyLimit
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, apierrors.NewBadRequest("the body cannot be read: " + err.Error())
	}
	if int64(len(body)) > limit {
		return nil, apierrors.NewRequestEntityTooLargeError(fmt.Sprintf("limit is %d", limit))
	}
	return body, nil
}

// bodyType is the media type of the body; empty if the client does not say.
func bodyType(r *http.Request) string {
	given := r.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(given)
	if err != nil {
		return given // what cannot be read is no type that is known
	}
	return media
}

// bodyFormat is the encoding of the body; JSON if the client does not say.
func bodyFormat(r *http.Request, accepted ...format) (format, error) {
	given := bodyType(r)
	var known []string
	for _, f := range accepted {
		if given == f.contentType() || given == "" {
			return f, nil
		}
		known = append(known, f.contentType())
	}
	return nil, unsupported(known)
}

// object reads the object in the body.
func (h *handler) object(r *http.Request, c call) (Object, error) {
	object := c.table.blank()
	accepted := []format{jsonFormat{}}
	if isMessage(object) {
		accepted = append(accepted, protobufFormat{})
	}
	f, err := bodyFormat(r, accepted...)
	if err != nil {
		return nil, err
	}
	body, err := h.body(r)
	if err != nil {
		return nil, err
	}
	_, selfDescribing := object.(runtime.Unstructured)
	err = f.decode(body, object, func(claimed metav1.TypeMeta) error { return c.approve(claimed, selfDescribing) })
	if err != nil {
		return nil, badBody(c.gvk(), err)
	}
	if !selfDescribing {
		// The type says it, and a typed client hands objects out without it.
		object.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
	}
	return object, nil
}

// approve compares the kind that a body claims to be of with the resource's. It
// may be left out where the resource has a type.
func (c call) approve(claimed metav1.TypeMeta, selfDescribing bool) error {
	want := c.gvk()
	switch version := want.GroupVersion().String(); {
	case claimed.Kind == "" && selfDescribing:
		return apierrors.NewBadRequest("Object 'Kind' is missing; want " + want.Kind)
	case selfDescribing && claimed.Kind != want.Kind && claimed.APIVersion == version:
		return nil // for the resource to refuse: it is of the right group
	case claimed.Kind != "" && claimed.Kind != want.Kind:
		return apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s", claimed.Kind, claimed.APIVersion, want.Kind))
	case (claimed.APIVersion != "" || selfDescribing) && claimed.APIVersion != version:
		return apierrors.NewBadRequest(fmt.Sprintf("the API version in the data (%s) does not match the expected API version (%s)", claimed.APIVersion, version))
	}
	return nil
}

// badBody is the error for a body that cannot be decoded.
func badBody(want schema.GroupVersionKind, err error) error {
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		return err
	}
	return apierrors.NewBadRequest(fmt.Sprintf("the object provided is unrecognized (must be of type %s): %v", want.Kind, err))
}
