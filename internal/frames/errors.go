// SPDX-License-Identifier: Apache-2.0

package frames

import "fmt"

// LimitError says that a frame is longer than the limit of the [Reader].
type LimitError struct {
	Kind  Kind
	Limit int64 // in bytes
	// Offset is how many bytes of the stream came before the frame.
	Offset int64
	// Length is how long the frame is, if the stream said so; else it is zero.
	Length int64
}

func (e *LimitError) Error() string {
	length := ""
	if e.Length > 0 {
		length = fmt.Sprintf(" of %d bytes", e.Length)
	}
	return fmt.Sprintf("frames: a %s%s, at byte %d, is longer than the limit of %d bytes; give NewReader a larger limit if this is meant to pass",
		e.Kind, length, e.Offset, e.Limit)
}
