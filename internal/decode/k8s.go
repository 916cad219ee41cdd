// SPDX-License-Identifier: Apache-2.0

//go:build !goexperiment.jsonv2

package decode

import utiljson "k8s.io/apimachinery/pkg/util/json"

// JSON decodes a document into what a pointer points to. Strings and bytes that
// it puts there are copies, not parts of the document.
func JSON(document []byte, into any) error {
	return utiljson.Unmarshal(document, into)
}
