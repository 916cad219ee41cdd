// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// ProtobufFrames cuts a stream of messages, each behind its length in 4 bytes,
// into these. It is a watch in protobuf.
type ProtobufFrames struct{ protobufWindow }

// NewProtobufFrames returns a splitter of body. The limit is the longest message
// in bytes.
func NewProtobufFrames(body io.Reader, limit int64) *ProtobufFrames {
	return &ProtobufFrames{protobufWindow{window{body: body}, limit}}
}

// Next implements [Splitter].
func (s *ProtobufFrames) Next() (Piece, error) {
	prefix, err := s.need(prefixLength)
	if err != nil {
		return Piece{}, err
	}
	length := binary.BigEndian.Uint32(prefix)
	s.drop(prefixLength)
	return s.piece(uint64(length))
}

// protobufWindow is a window on protobuf.
type protobufWindow struct {
	window
	limit int64
}

// piece returns the next bytes, so many of them.
func (w *protobufWindow) piece(length uint64) (Piece, error) {
	piece := Piece{Offset: w.offset()}
	if length > uint64(w.limit) {
		kept, err := w.need(int(min(w.limit, keptOfTooLong)))
		if err != nil {
			return Piece{}, unexpected(err)
		}
		piece.Bytes = bytes.Clone(kept)
		if length > 1<<62 {
			return Piece{}, &SyntaxError{Offset: piece.Offset, Want: "a length", Got: fmt.Sprint(length)}
		}
		piece.TooLong = &LimitError{Kind: Protobuf, Limit: w.limit, Offset: piece.Offset, Length: int64(length)}
		return piece, w.skip(int64(length))
	}
	message, err := w.need(int(length))
	if err != nil {
		return Piece{}, unexpected(err)
	}
	piece.Bytes = message
	w.drop(int(length))
	return piece, nil
}

// varint reads a number. The error is io.EOF if the body has ended before it.
func (w *protobufWindow) varint() (uint64, error) {
	for wanted := 1; ; wanted++ {
		unread, err := w.need(wanted)
		if err != nil {
			return 0, err
		}
		if unread[wanted-1] < 0x80 {
			value, n := binary.Uvarint(unread)
			if n <= 0 {
				return 0, w.syntax("a number of 64 bits", unread)
			}
			w.drop(n)
			return value, nil
		}
		if wanted == binary.MaxVarintLen64 {
			return 0, w.syntax("a number of 64 bits", unread)
		}
	}
}

func (w *protobufWindow) syntax(want string, got []byte) error {
	return &SyntaxError{Offset: w.offset(), Want: want, Got: Printable(got)}
}

// The kinds of fields there are in protobuf.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// field reads which field is next. Of one that is bytes it reads the length as
// well; all others are skipped, their length is zero.
func (w *protobufWindow) field() (number, length uint64, isBytes bool, err error) {
	offset := w.offset()
	tag, err := w.varint()
	if err != nil {
		return 0, 0, false, err
	}
	switch tag & 7 {
	case wireVarint:
		_, err = w.varint()
	case wire64:
		err = w.skip(8)
	case wire32:
		err = w.skip(4)
	case wireBytes:
		length, err = w.varint()
		isBytes = true
	default:
		err = &SyntaxError{Offset: offset, Want: "a field of a protobuf message", Got: fmt.Sprintf("one of wire type %d", tag&7)}
	}
	return tag >> 3, length, isBytes, unexpected(err)
}
