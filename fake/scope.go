// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
)

// Scope confines a [View]. The zero Scope takes in everything.
type Scope struct {
	// Namespace is the one namespace to read; empty means all of them.
	Namespace string
	// Labels selects by labels; nil means all.
	Labels labels.Selector
	// Fields selects by metadata.name and metadata.namespace; nil means all.
	// Any other field is an error of List and Watch, as it is on a server that
	// does not know the field.
	Fields fields.Selector
}

// validate returns a BadRequest for a field that is not supported.
func (s Scope) validate() error {
	if s.Fields == nil {
		return nil
	}
	for _, requirement := range s.Fields.Requirements() {
		if requirement.Field != "metadata.name" && requirement.Field != "metadata.namespace" {
			return apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s; want metadata.name or metadata.namespace", requirement.Field))
		}
	}
	return nil
}

func (s Scope) matches(object metav1.Object) bool {
	if s.Namespace != "" && object.GetNamespace() != s.Namespace {
		return false
	}
	if s.Labels != nil && !s.Labels.Empty() && !s.Labels.Matches(labels.Set(object.GetLabels())) {
		return false
	}
	return s.Fields == nil || s.Fields.Empty() || s.Fields.Matches(fields.Set{
		"metadata.name":      object.GetName(),
		"metadata.namespace": object.GetNamespace(),
	})
}
