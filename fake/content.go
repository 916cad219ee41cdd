// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// content is an object as the fields of its JSON. Where the protocol treats one
// field in another way than the rest, the status above all, objects go through
// their JSON: they can be of any type, and that is the form they all have.
type content map[string]json.RawMessage

func contentOf(object Object) (content, error) {
	text, err := json.Marshal(object)
	if err == nil {
		var c content
		if err = json.Unmarshal(text, &c); err == nil {
			return c, nil
		}
	}
	return nil, apierrors.NewInternalError(fmt.Errorf("fake: encode %q: %w", keyOf(object), err))
}

// into makes an object of c, in a blank one.
func (c content) into(blank Object) (Object, error) {
	text, err := json.Marshal(c)
	if err == nil {
		err = decode(text, blank)
	}
	if err != nil {
		return nil, apierrors.NewInternalError(fmt.Errorf("fake: decode a %T from its own JSON: %w", blank, err))
	}
	return blank, nil
}

// decode is that of a server: names are case-sensitive.
func decode(text []byte, blank Object) error { return utiljson.Unmarshal(text, blank) }

// take makes the field of c that of other, which may have none.
func (c content) take(name string, other content) {
	if value, ok := other[name]; ok {
		c[name] = value
	} else {
		delete(c, name)
	}
}

// equal compares all fields but some, and but the kind, which an object of a
// struct type may have in it or not. The JSON of one type is always written in
// the same way, so the bytes can be compared.
func (c content) equal(other content, except ...string) bool {
	c, other = maps.Clone(c), maps.Clone(other)
	for _, name := range slices.Concat(except, []string{"kind", "apiVersion"}) {
		delete(c, name)
		delete(other, name)
	}
	return maps.EqualFunc(c, other, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// checkMetadata finds metadata that is not of the form it has to have, which an
// object of a struct type cannot contain.
func checkMetadata(object Object) error {
	c, err := contentOf(object)
	if err != nil {
		return err
	}
	metadata, ok := c["metadata"]
	if !ok {
		return nil
	}
	if err := utiljson.Unmarshal(metadata, new(metav1.ObjectMeta)); err != nil {
		return apierrors.NewBadRequest("metadata: " + err.Error())
	}
	return nil
}
