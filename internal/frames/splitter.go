// SPDX-License-Identifier: Apache-2.0

package frames

import "fmt"

// A Splitter cuts a body into what is to be decoded by itself: the items of a
// list, or the frames of a watch.
type Splitter interface {
	// Next returns the next piece. The error is io.EOF at the proper end of the
	// body, and says otherwise why there are no more pieces.
	Next() (Piece, error)
}

// Piece is an item of a list, or a frame of a watch.
type Piece struct {
	// Bytes is valid until the next call of Next. A piece in JSON has its
	// brackets right; whether it is JSON, its decoder will say.
	Bytes []byte
	// Offset is how many bytes of the body came before it.
	Offset int64
	// TooLong is not nil for a piece that is longer than the limit. Bytes is its
	// beginning then, and the rest has been skipped.
	TooLong *LimitError
}

// isNot is the error for a piece that is not what is wanted.
func (p *Piece) isNot(want string) error {
	return &SyntaxError{Offset: p.Offset, Want: want, Got: shown(p.Bytes)}
}

// Envelope is what stands around the items of a list. It is complete once Next
// has returned io.EOF.
type Envelope struct {
	Kind, APIVersion string
	// Metadata is the encoded ListMeta: JSON or protobuf, as the list is.
	Metadata []byte
}

// A ListSplitter cuts a list into its items.
type ListSplitter interface {
	Splitter
	Envelope() *Envelope
}

// SyntaxError says where a body is not what it is said to be.
type SyntaxError struct {
	Offset int64 // in bytes
	Want   string
	Got    string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("frames: byte %d: want %s, got %s", e.Offset, e.Want, e.Got)
}
