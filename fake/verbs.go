// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"net/http"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The writes of the protocol are the methods create, update, patch, delete and
// deleteCollection of APIServer, each in a file of its own. The subresource is
// "" or "status". What they are given is theirs, what they return is shared.
// Their errors are those of an API server, with its code, reason and words where
// clients look at them.

// statusSubresource is the only one there is.
const statusSubresource = "status"

// admit finds what is wrong with a write before anything is looked at: the
// resource, its subresource, the options.
func admit(d definition, subresource, options string, errs field.ErrorList) error {
	switch {
	case d.flaw != nil:
		return apierrors.NewInternalError(d.flaw)
	case subresource != "" && (subresource != statusSubresource || !d.status):
		return &apierrors.StatusError{ErrStatus: metav1.Status{
			Status:  metav1.StatusFailure,
			Code:    http.StatusNotFound,
			Reason:  metav1.StatusReasonNotFound,
			Message: "the server could not find the requested resource",
			Details: &metav1.StatusDetails{Group: d.resource.Group, Kind: d.resource.Resource},
		}}
	case len(errs) > 0:
		return apierrors.NewInvalid(metav1.Kind(options), "", errs)
	}
	return nil
}

// adopt makes an object that a client sent one of the resource, in the namespace
// of the request.
func adopt(d definition, namespace string, object Object) error {
	want, kind := d.groupVersionKind(), object.GetObjectKind()
	given := kind.GroupVersionKind()
	if errs := validateKind(given, want); d.custom && len(errs) > 0 {
		return apierrors.NewInvalid(given.GroupKind(), object.GetName(), errs)
	}
	if given.Kind != "" && given.Kind != want.Kind || given.Version != "" && given.GroupVersion() != want.GroupVersion() {
		return apierrors.NewBadRequest(fmt.Sprintf("the object is a %s in version %q, which cannot be handled as a %s in version %q",
			given.Kind, given.GroupVersion(), want.Kind, want.GroupVersion()))
	}
	if _, unstructured := object.(runtime.Unstructured); unstructured {
		kind.SetGroupVersionKind(want)
		if err := checkMetadata(object); err != nil {
			return err
		}
	} else {
		// As clients hand out typed objects: the type says what they are.
		kind.SetGroupVersionKind(schema.GroupVersionKind{})
	}
	if !d.namespaced {
		object.SetNamespace("")
		return nil
	}
	if given := object.GetNamespace(); given != "" && given != namespace {
		return apierrors.NewBadRequest("the namespace of the provided object does not match the namespace sent on the request")
	}
	object.SetNamespace(namespace)
	return nil
}

// validateKind is for custom resources, of which a server knows nothing before it
// has read them.
func validateKind(given, want schema.GroupVersionKind) (errs field.ErrorList) {
	if given.Kind != "" && given.Kind != want.Kind {
		errs = append(errs, field.Invalid(field.NewPath("kind"), given.Kind, "must be "+want.Kind))
	}
	if given.Version != "" && given.GroupVersion() != want.GroupVersion() {
		errs = append(errs, field.Invalid(field.NewPath("apiVersion"), given.GroupVersion().String(), "must be "+want.GroupVersion().String()))
	}
	return errs
}

func isDryRun(options []string) bool { return len(options) > 0 }

// errUnnamed is for what a server answers with an error that has no reason.
func errUnnamed(message string) error {
	return &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusInternalServerError,
		Message: message,
	}}
}

func errNotFound(d definition, name string) error {
	return apierrors.NewNotFound(d.resource.GroupResource(), name)
}

// errInvalid tells each error once, as a server does, whoever found it.
func errInvalid(d definition, name string, errs field.ErrorList) error {
	told := map[string]bool{}
	errs = slices.DeleteFunc(errs, func(err *field.Error) bool {
		text := err.Error()
		before := told[text]
		told[text] = true
		return before
	})
	return apierrors.NewInvalid(d.groupVersionKind().GroupKind(), name, errs)
}

func errConflict(resource schema.GroupResource, name, format string, args ...any) error {
	return apierrors.NewConflict(resource, name, fmt.Errorf(format, args...))
}
