// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.jsonv2

package decode

import (
	jsonv1 "encoding/json"
	"encoding/json/v2"
	"reflect"

	utiljson "k8s.io/apimachinery/pkg/util/json"
)

// JSON decodes a document into what a pointer points to, which is a zero value.
// Nothing there refers to the document afterwards.
func JSON(document []byte, into any) error {
	if t := reflect.TypeOf(into); t == nil || !alike.known(t) {
		return utiljson.Unmarshal(document, into)
	}
	return v2(document, into)
}

func v2(document []byte, into any) error {
	return json.Unmarshal(document, into, jsonv1.DefaultOptionsV1(), json.MatchCaseInsensitiveNames(false))
}
