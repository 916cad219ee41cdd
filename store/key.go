// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"fmt"
	"strings"
)

// Key names one object within one resource type: the namespace and the name,
// or the name alone for an object without a namespace.
//
// Key has the fields of [k8s.io/apimachinery/pkg/types.NamespacedName] in the
// same order, so the two convert into each other with a plain Go conversion,
// at no cost:
//
//	key := store.Key(request.NamespacedName)
//	name := types.NamespacedName(key)
//
// The text form exists only in [ParseKey] and [Key.String].
type Key struct {
	Namespace, Name string
}

// String returns "namespace/name", or "name" for a key without a namespace.
// [ParseKey] reads it back.
func (k Key) String() string {
	if k.Namespace == "" {
		return k.Name
	}
	return k.Namespace + "/" + k.Name
}

// Compare orders keys by namespace, then by name; it fits [slices.SortFunc].
func (k Key) Compare(other Key) int {
	return cmp.Or(cmp.Compare(k.Namespace, other.Namespace), cmp.Compare(k.Name, other.Name))
}

// Validate returns a [*KeyError] if no store takes k: a key needs a name, and
// neither part may contain a slash, since the text form could not be read back.
func (k Key) Validate() error {
	if k.Name == "" {
		return &KeyError{Text: k.String(), Reason: "the name is empty"}
	}
	if strings.IndexByte(k.Namespace, '/') >= 0 || strings.IndexByte(k.Name, '/') >= 0 {
		return &KeyError{Text: k.String(), Reason: "a namespace or name contains a slash"}
	}
	return nil
}

// ParseKey reads the text form of a key, "namespace/name" or "name".
// Any other text is a [*KeyError]: an empty name, an empty namespace before a
// slash, two or more slashes.
func ParseKey(text string) (Key, error) {
	namespace, name, found := strings.Cut(text, "/")
	if !found {
		namespace, name = "", text
	}
	switch {
	case strings.Contains(name, "/"):
		return Key{}, &KeyError{Text: text, Reason: "more than one slash"}
	case name == "":
		return Key{}, &KeyError{Text: text, Reason: "the name is empty"}
	case found && namespace == "":
		return Key{}, &KeyError{Text: text, Reason: "the namespace before the slash is empty"}
	}
	return Key{Namespace: namespace, Name: name}, nil
}

// KeyError says why a key, or the text of one, cannot name an object.
type KeyError struct {
	Text   string // the key as it was given, in its text form
	Reason string
}

func (e *KeyError) Error() string {
	return fmt.Sprintf("store: %q is no key: %s; want \"namespace/name\" or \"name\"", e.Text, e.Reason)
}
