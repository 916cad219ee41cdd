// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/store"
)

// Scope confines a [View]. The zero Scope takes in everything.
type Scope struct {
	// Namespace is the one namespace to read; empty means all of them.
	Namespace string
	// Labels selects by labels; nil means all.
	Labels labels.Selector
	// Fields selects by metadata.name, metadata.namespace and the fields that
	// the resource was defined with ([ResourceOptions]); nil means all. Any
	// other field is an error of List and Watch, as it is on a server that does
	// not know the field.
	Fields fields.Selector

	lag int // see behind
}

const (
	fieldName      = "metadata.name"
	fieldNamespace = "metadata.namespace"
)

// behind returns the scope as a replica has it that lacks the last writes to the
// resource, as a server does whose cache lags behind:
//
//   - a list at version "0", or at one that need not be exact, gives the
//     replica's state; one at a version that the replica has not reached is
//     "too large";
//   - what a server reads from its storage is not touched: a list at version "",
//     an exact one, and the pages after the first;
//   - a watch brings what the replica has, and with each further write one more
//     of those it lacks: it stays behind for as long as it runs. Its initial
//     events are the replica's too, unless it starts at version "".
//
// A replica never lags behind the oldest state that is kept.
func (s Scope) behind(writes int) Scope {
	s.lag = writes
	return s
}

// validate returns a BadRequest for a field that is none of those known.
func (s Scope) validate(known []string) error {
	if s.Fields == nil {
		return nil
	}
	for _, requirement := range s.Fields.Requirements() {
		if !slices.Contains(known, requirement.Field) {
			return apierrors.NewBadRequest(fmt.Sprintf("field label not supported: %s; want one of %s", requirement.Field, strings.Join(known, ", ")))
		}
	}
	return nil
}

// selects says whether anything but the namespace is asked for.
func (s Scope) selects() bool {
	return s.Labels != nil && !s.Labels.Empty() || s.Fields != nil && !s.Fields.Empty()
}

// reads says whether a list has to look at the object of a key: at all those of
// the namespace, or at the one that is asked for by its name.
func (v *View[T]) reads(key store.Key) bool {
	s := v.scope
	if s.Namespace != "" && key.Namespace != s.Namespace {
		return false
	}
	if s.Fields == nil || s.Namespace == "" && v.source.namespaced {
		return true
	}
	name, single := s.Fields.RequiresExactMatch(fieldName)
	return !single || key.Name == name
}

// matches says whether an object is in the view.
func (v *View[T]) matches(object T) bool {
	s := v.scope
	if s.Namespace != "" && object.GetNamespace() != s.Namespace {
		return false
	}
	if s.Labels != nil && !s.Labels.Empty() && !s.Labels.Matches(labels.Set(object.GetLabels())) {
		return false
	}
	return s.Fields == nil || s.Fields.Empty() || s.Fields.Matches(selectableFields[T]{object, v.source.selectable})
}

// selectableFields is an object as field selectors see it. A field is read when
// it is asked for, which most are not.
type selectableFields[T metav1.Object] struct {
	object T
	known  map[string]func(T) string
}

func (f selectableFields[T]) Has(field string) bool {
	_, known := f.known[field]
	return known || field == fieldName || field == fieldNamespace
}

func (f selectableFields[T]) Get(field string) string {
	switch read := f.known[field]; {
	case field == fieldName:
		return f.object.GetName()
	case field == fieldNamespace:
		return f.object.GetNamespace()
	case read != nil:
		return read(f.object)
	}
	return ""
}
