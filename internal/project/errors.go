// SPDX-License-Identifier: Apache-2.0

package project

import "fmt"

// SyntaxError says where a document is not JSON.
type SyntaxError struct {
	// Offset is that of the first byte that cannot stand where it does. It is
	// the length of the document if that ends too early.
	Offset int
	reason string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("project: the document is not JSON: %s at byte %d", e.reason, e.Offset)
}

// syntaxError says what is wrong at an offset where a scanner had to stop.
func (s *scanner) syntaxError(offset int) error {
	reason := "it ends"
	switch {
	case s.deep:
		reason = fmt.Sprintf("more than %d objects and arrays are open", maxDepth)
	case offset < len(s.document):
		reason = fmt.Sprintf("%q is not expected", s.document[offset])
	}
	return &SyntaxError{Offset: offset, reason: reason}
}

// FieldError says why there is no plan for a type.
type FieldError struct {
	Field  string // the path of the field from the type on, such as "Pod.Spec.NodeName"
	Reason string
}

func (e *FieldError) Error() string {
	return fmt.Sprintf("project: %s %s", e.Field, e.Reason)
}
