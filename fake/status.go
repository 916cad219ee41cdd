// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var statusKind = schema.GroupVersionKind{Version: "v1", Kind: "Status"}

// statusOf is what a client is told of an error.
func statusOf(err error) *metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	if status.Code < http.StatusBadRequest {
		status.Code = http.StatusInternalServerError // an error of someone else's making, without one
	}
	return &status
}

// writeError answers with a Status, in the encoding of the client's choice if
// there is one: a client that is not content with any is told so in JSON.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	if status.Details != nil && status.Details.RetryAfterSeconds > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(status.Details.RetryAfterSeconds)))
	}
	writeStatus(w, r, int(status.Code), status)
}

func writeStatus(w http.ResponseWriter, r *http.Request, code int, status *metav1.Status) {
	var f format = jsonFormat{}
	if chosen, err := negotiate(r.Header.Values("Accept"), plainOffers); err == nil {
		f = chosen.format
	}
	body, err := f.object(statusKind, status)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	write(w, f.contentType(), code, body)
}

// write has no error to return: a client that has gone needs no answer.
func write(w http.ResponseWriter, contentType string, code int, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(code)
	_, _ = w.Write(body)
}

func failure(code int32, reason metav1.StatusReason, message string) *apierrors.StatusError {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    code,
		Reason:  reason,
		Message: message,
	}}
}

// refused makes of a failure one that a server tells before it knows what the
// request is about: it has details, and nothing in them.
func refused(err *apierrors.StatusError) error {
	err.ErrStatus.Details = &metav1.StatusDetails{}
	return err
}

func noSuchPath() error {
	return refused(failure(http.StatusNotFound, metav1.StatusReasonNotFound, "the server could not find the requested resource"))
}

func noSuchMethod() error {
	return refused(failure(http.StatusMethodNotAllowed, metav1.StatusReasonMethodNotAllowed,
		"the server does not allow this method on the requested resource"))
}

func unsupported(accepted []string) *apierrors.StatusError {
	return failure(http.StatusUnsupportedMediaType, metav1.StatusReasonUnsupportedMediaType,
		"the body of the request was in an unknown format - accepted media types include: "+strings.Join(accepted, ", "))
}
