// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.jsonv2

package decode

import (
	jsonv1 "encoding/json"
	"encoding/json/v2"
)

// JSON decodes a document into what a pointer points to. Strings and bytes that
// it puts there are copies, not parts of the document.
func JSON(document []byte, into any) error {
	return json.Unmarshal(document, into, jsonv1.DefaultOptionsV1(), json.MatchCaseInsensitiveNames(false))
}
