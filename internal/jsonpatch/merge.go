// SPDX-License-Identifier: Apache-2.0

package jsonpatch

import (
	"errors"
	"fmt"
)

// ErrMalformed says that what was given as a patch is none: no JSON, or, for
// [Apply], no array of objects. Test for it with [errors.Is].
var ErrMalformed = errors.New("jsonpatch: not a patch")

// Merge applies a JSON merge patch: members of patch replace those of document,
// null removes them, objects are merged, and all else, arrays too, is replaced
// as a whole. The error wraps [ErrMalformed] if patch is no JSON.
func Merge(document, patch []byte) ([]byte, error) {
	target, err := decode(document)
	if err != nil {
		return nil, fmt.Errorf("jsonpatch: read the document: %w", err)
	}
	changes, err := decode(patch)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return encode(merge(target, changes))
}

// merge may change target, and keep parts of patch.
func merge(target, patch value) value {
	changes, ok := patch.(map[string]value)
	if !ok {
		return patch
	}
	// What is no object counts as an empty one. A patch is never taken over as
	// it is: the nulls in it must not end up in the document.
	members, ok := target.(map[string]value)
	if !ok {
		members = make(map[string]value, len(changes))
	}
	for name, change := range changes {
		if change == nil {
			delete(members, name)
		} else {
			members[name] = merge(members[name], change)
		}
	}
	return members
}
