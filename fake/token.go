// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"encoding/base64"
	"encoding/json"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/store"
)

// token is what a continue token says: which state is being listed, zero for
// whatever is newest, and the last key on the page before.
type token struct {
	Version uint64    `json:"version"`
	After   store.Key `json:"after"`
	Left    int64     `json:"left,omitempty"` // how many objects are behind After, if known
}

func (t token) String() string {
	// Two strings and two numbers: there is nothing that could fail.
	text, _ := json.Marshal(t)
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseToken(text string) (token, error) {
	var result token
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		decoder := json.NewDecoder(strings.NewReader(string(raw)))
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&result)
	}
	if err == nil {
		err = result.After.Validate()
	}
	if err != nil {
		return token{}, apierrors.NewBadRequest("continue key is not valid: " + err.Error())
	}
	return result, nil
}
