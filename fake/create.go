// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	names "k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	optionsvalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// create adds an object in the namespace of the request. The namespace itself
// need not exist: a server would demand that.
func (s *APIServer) create(t table, namespace string, object Object, options metav1.CreateOptions) (Object, error) {
	d := t.define()
	if err := admit(d, "", "CreateOptions", optionsvalidation.ValidateCreateOptions(&options)); err != nil {
		return nil, err
	}
	if err := adopt(d, namespace, object); err != nil {
		return nil, err
	}
	if version := object.GetResourceVersion(); version != "" && version != "0" {
		return nil, errUnnamed("resourceVersion should not be set on objects to be created")
	}
	created, err := initial(t, object)
	if err != nil {
		return nil, err
	}
	if created.GetName() == "" && created.GetGenerateName() != "" {
		return s.createNamed(t, created, isDryRun(options.DryRun))
	}
	return insert(t, created, isDryRun(options.DryRun))
}

// createNamed gives the object a name that is free.
func (s *APIServer) createNamed(t table, object Object, dry bool) (Object, error) {
	version := s.clock.version()
	for attempt := range nameAttempts {
		object.SetName(generateName(object.GetGenerateName(), version, attempt))
		created, err := insert(t, object, dry)
		if !apierrors.IsAlreadyExists(err) {
			return created, err
		}
	}
	return nil, apierrors.NewGenerateNameConflict(t.define().resource.GroupResource(), object.GetName(), 1)
}

// initial is an object as it is before it has a UID: what only the server sets
// is set or dropped.
func initial(t table, object Object) (_ Object, err error) {
	if t.define().status {
		c, err := contentOf(object)
		if err != nil {
			return nil, err
		}
		delete(c, "status")
		if object, err = c.into(t.blank()); err != nil {
			return nil, err
		}
	}
	if object, err = canonical(t, object); err != nil {
		return nil, err
	}
	object.SetResourceVersion("")
	object.SetSelfLink("")
	object.SetDeletionTimestamp(nil)
	object.SetDeletionGracePeriodSeconds(nil)
	object.SetCreationTimestamp(now())
	if t.define().counts() {
		object.SetGeneration(1)
	}
	return object, nil
}

// canonical is an object as it comes back from where a server stores it: for types
// that servers are built with that is protobuf, which knows no difference between
// a list that is empty and none.
func canonical(t table, object Object) (Object, error) {
	stored, ok := object.(message) // as the type says: see builtin
	if !ok {
		return object, nil
	}
	blank := t.blank()
	raw, err := stored.Marshal()
	if err == nil {
		err = blank.(message).Unmarshal(raw)
	}
	if err != nil {
		return nil, apierrors.NewInternalError(fmt.Errorf("fake: store %q: %w", keyOf(object), err))
	}
	return blank, nil
}

func insert(t table, object Object, dry bool) (Object, error) {
	d := t.define()
	errs := validation.ValidateObjectMetaAccessor(object, d.namespaced, nameRule(d), field.NewPath("metadata"))
	if errs = append(errs, validateFinalizers(d, object)...); len(errs) > 0 {
		return nil, errInvalid(d, object.GetName(), errs)
	}
	return t.transform(keyOf(object), func(current Object, uid types.UID) (step, error) {
		if current != nil {
			return step{}, errExists(d, current)
		}
		object.SetUID(uid)
		if dry {
			object.SetUID(dryUID(uid))
			return step{answer: object}, nil
		}
		return step{put: object}, nil
	})
}

// dryUID is of an object that is not created: none that is will have it.
func dryUID(uid types.UID) types.UID {
	return types.UID(strings.Replace(string(uid), "-0000-", "-d000-", 1))
}

func errExists(d definition, current Object) error {
	err := apierrors.NewAlreadyExists(d.resource.GroupResource(), current.GetName())
	if current.GetDeletionTimestamp() != nil {
		err.ErrStatus.Message = "object is being deleted: " + err.ErrStatus.Message
	}
	return err
}

// validateFinalizers finds names without a domain, which only those of servers
// are. For custom resources they are allowed.
func validateFinalizers(d definition, object Object) (errs field.ErrorList) {
	if !d.builtin {
		return nil
	}
	for i, name := range object.GetFinalizers() {
		switch name {
		case metav1.FinalizerOrphanDependents, metav1.FinalizerDeleteDependents, "kubernetes":
			continue
		}
		if !strings.Contains(name, "/") {
			errs = append(errs, field.Invalid(field.NewPath("metadata", "finalizers").Index(i), name,
				"name is neither a standard finalizer name nor is it fully qualified"))
		}
	}
	return errs
}

// nameRule returns what a name has to look like. Of the resources that take more
// than names of a DNS subdomain, those of roles and bindings are in wide use.
func nameRule(d definition) validation.ValidateNameFunc {
	if d.resource.Group == "rbac.authorization.k8s.io" {
		return pathSegment
	}
	return validation.NameIsDNSSubdomain
}

// pathSegment is the rule for the names of all resources: that they fit in a
// path, or can be the beginning of what does.
func pathSegment(name string, prefix bool) []string {
	if prefix {
		return names.IsPathSegmentPrefix(name)
	}
	return names.IsPathSegmentName(name)
}
