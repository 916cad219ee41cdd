// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"maps"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	optionsvalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/typedinformer/typedinformer/store"
)

// update replaces the object of key. An object cannot be created by it.
func (s *APIServer) update(t table, key store.Key, subresource string, object Object, options metav1.UpdateOptions) (Object, error) {
	d := t.define()
	if err := admit(d, subresource, "UpdateOptions", optionsvalidation.ValidateUpdateOptions(&options)); err != nil {
		return nil, err
	}
	if err := adoptAs(d, key, object); err != nil {
		return nil, err
	}
	return modify(t, key, subresource, isDryRun(options.DryRun), func(current Object) (Object, error) {
		if given := object.GetUID(); given != "" && given != current.GetUID() {
			return nil, errConflict(d.resource.GroupResource(), key.Name, "Precondition failed: UID in precondition: %v, UID in object meta: %v", given, current.GetUID())
		}
		return object, nil
	})
}

// adoptAs is adopt for an object whose name is known.
func adoptAs(d definition, key store.Key, object Object) error {
	if err := adopt(d, key.Namespace, object); err != nil {
		return err
	}
	switch name := object.GetName(); name {
	case key.Name:
		return nil
	case "":
		return apierrors.NewBadRequest("name must be provided")
	default:
		return apierrors.NewBadRequest(fmt.Sprintf("the name of the object (%s) does not match the name on the URL (%s)", name, key.Name))
	}
}

// modify writes what next makes of the current object, by the rules of updates
// and patches.
func modify(t table, key store.Key, subresource string, dry bool, next func(current Object) (Object, error)) (Object, error) {
	d := t.define()
	return t.transform(key, func(current Object, _ types.UID) (step, error) {
		if current == nil {
			return step{}, errNotFound(d, key.Name)
		}
		given, err := next(current)
		if err != nil {
			return step{}, err
		}
		if err := checkVersion(d, given, current); err != nil {
			return step{}, err
		}
		updated, same, err := merged(t, subresource, given, current)
		if err != nil {
			return step{}, err
		}
		if errs := validateUpdate(d, updated, current); len(errs) > 0 {
			return step{}, errInvalid(d, key.Name, errs)
		}
		switch {
		case isFinished(updated, current):
			if dry {
				return step{answer: updated}, nil
			}
			// The last state that anybody sees has the finalizer still: the
			// update is answered, but not stored.
			return step{remove: copyOf(current), answer: updated}, nil
		case same:
			return step{answer: current}, nil
		case dry:
			return step{answer: updated}, nil
		}
		return step{put: updated}, nil
	})
}

// errModified is what controllers expect to read, and to retry after.
const errModified = "the object has been modified; please apply your changes to the latest version and try again"

// checkVersion is the optimistic lock. An object without a version is written
// whatever the current one is, except to custom resources, which demand one.
func checkVersion(d definition, given, current Object) error {
	text := given.GetResourceVersion()
	version, err := parseVersion(text)
	switch {
	case text == current.GetResourceVersion():
		return nil
	case err != nil:
		return errUnnamed(err.Error())
	case version != 0:
		return errConflict(d.resource.GroupResource(), current.GetName(), errModified)
	case d.custom:
		// Here, and nowhere else, what is invalid is named by the resource.
		return apierrors.NewInvalid(schema.GroupKind{Group: d.resource.Group, Kind: d.resource.Resource}, current.GetName(), field.ErrorList{
			field.Invalid(field.NewPath("metadata", "resourceVersion"), 0, "must be specified for an update"),
		})
	}
	given.SetResourceVersion(current.GetResourceVersion())
	return nil
}

// merged returns what is to become of current: of what was given, only that
// which this kind of write may change. It says whether that is what there is.
func merged(t table, subresource string, given, current Object) (updated Object, same bool, err error) {
	if given, err = canonical(t, given); err != nil {
		return nil, false, err
	}
	keepSystemFields(given, current)
	was, err := contentOf(current)
	if err != nil {
		return nil, false, err
	}
	will, err := contentOf(given)
	if err != nil {
		return nil, false, err
	}
	ignored := []string{"metadata"}
	if t.define().status {
		ignored = append(ignored, "status")
		if subresource == statusSubresource {
			all := maps.Clone(was)
			all.take("status", will)
			if t.define().builtin {
				all.take("metadata", will)
			}
			will = all
		} else {
			will.take("status", was)
		}
		if given, err = will.into(t.blank()); err != nil {
			return nil, false, err
		}
	}
	if !will.equal(was, ignored...) {
		if t.define().counts() {
			given.SetGeneration(current.GetGeneration() + 1)
		}
		return given, false, nil
	}
	return given, will.equal(was), nil
}

// keepSystemFields undoes changes that are silently ignored.
func keepSystemFields(given, current Object) {
	given.SetGeneration(current.GetGeneration())
	given.SetSelfLink(current.GetSelfLink())
	if given.GetUID() == "" {
		given.SetUID(current.GetUID())
	}
	given.SetCreationTimestamp(current.GetCreationTimestamp())
	if at := current.GetDeletionTimestamp(); at != nil {
		given.SetDeletionTimestamp(at)
	}
	if given.GetDeletionGracePeriodSeconds() == nil {
		given.SetDeletionGracePeriodSeconds(current.GetDeletionGracePeriodSeconds())
	}
}

// validateUpdate finds changes that are refused: of the UID, to the finalizers
// of an object that is being deleted, and so on.
func validateUpdate(d definition, updated, current Object) field.ErrorList {
	metadata := field.NewPath("metadata")
	errs := validation.ValidateObjectMetaAccessor(updated, d.namespaced, pathSegment, metadata)
	errs = append(errs, validateFinalizers(d, updated)...)
	return append(errs, validation.ValidateObjectMetaAccessorUpdate(updated, current, metadata)...)
}

// isFinished says whether an update has taken away what held up a deletion.
func isFinished(updated, current Object) bool {
	grace := current.GetDeletionGracePeriodSeconds()
	return current.GetDeletionTimestamp() != nil && (grace == nil || *grace == 0) && len(updated.GetFinalizers()) == 0
}
