// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Scope says what an informer of a [Group] is of. Who acquires the same type T
// with equal scopes shares an informer. The zero Scope is all there is of the
// type's only resource.
//
// A Scope is comparable. Its texts are compared as they are: "a=1,b=2" and
// "b=2,a=1" are two scopes, with an informer each.
type Scope struct {
	// Resource is what the objects are. Zero means that of the [Provider] that
	// the informer is acquired through; for [Acquire] and [Get], that is the
	// only one of the type.
	Resource schema.GroupVersionResource
	// Namespace is the one namespace to read. Empty means all of them.
	Namespace string
	// Namespaces is a set of namespaces that may change, in place of Namespace.
	// Scopes are equal if they have the same set, not if the sets hold the same
	// names. To set both this and Namespace is an error.
	Namespaces *NameSet
	// LabelSelector and FieldSelector are selectors in the form of the
	// Kubernetes API, such as "app=web". Empty means everything.
	LabelSelector string
	FieldSelector string
	// Projection names what is kept of each object, such as "metadata", if it is
	// not all of it: a transform that has another name is another informer. What
	// names there are is a matter of the [Provider].
	Projection string
	// Shard names the part of the objects that this program is to see. What
	// names there are is a matter of the [Provider].
	Shard string
}

// String returns the scope as it is to be read in a sentence, such as
// "deployments.apps in shop with labels app=web".
func (s Scope) String() string {
	var text strings.Builder
	if s.Resource.Resource == "" {
		text.WriteString("objects")
	} else {
		text.WriteString(s.Resource.GroupResource().String())
	}
	switch {
	case s.Namespaces != nil:
		text.WriteString(" in a set of namespaces")
	case s.Namespace != "":
		text.WriteString(" in " + s.Namespace)
	}
	joint := " with "
	selected := func(what, selector string) {
		if selector != "" {
			text.WriteString(joint + what + " " + selector)
			joint = " and "
		}
	}
	selected("labels", s.LabelSelector)
	selected("fields", s.FieldSelector)
	if s.Projection != "" {
		text.WriteString(" as " + s.Projection)
	}
	if s.Shard != "" {
		text.WriteString(" of shard " + s.Shard)
	}
	return text.String()
}

// validate returns what makes a scope impossible, whoever provides for it.
func (s Scope) validate() error {
	if s.Namespace != "" && s.Namespaces != nil {
		return fmt.Errorf("%v: %w", s, errTwoNamespaces)
	}
	return nil
}

var errTwoNamespaces = errors.New("the scope has both Namespace and Namespaces; set one of them")
