// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"fmt"
	"io"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

// ProtobufMagic stands before an object of the Kubernetes API in protobuf, which
// is the message runtime.Unknown (apimachinery, runtime/generated.proto).
const ProtobufMagic = "k8s\x00"

// ProtobufList cuts the items out of a list in protobuf as the Kubernetes API
// has it: behind the magic the message runtime.Unknown, in that the list, in
// which field 1 is the metadata and field 2 an item.
type ProtobufList struct {
	protobufWindow
	envelope Envelope
	end      int64 // where in the body the list ends; zero outside of it
	begun    bool
	seen     bool // there was a list
}

// NewProtobufList returns a splitter of body. The limit is the longest item in
// bytes, and the longest of all else.
func NewProtobufList(body io.Reader, limit int64) *ProtobufList {
	return &ProtobufList{protobufWindow: newProtobufWindow(body, limit)}
}

// Envelope implements [ListSplitter].
func (s *ProtobufList) Envelope() *Envelope { return &s.envelope }

// The fields of the messages.
const (
	unknownTypeMeta = 1
	unknownRaw      = 2
	lastOfUnknown   = 4
	listMetadata    = 1
	listItem        = 2
	lastOfList      = 2
)

// Next implements [Splitter].
func (s *ProtobufList) Next() (Piece, error) {
	if !s.begun {
		s.begun = true
		if err := s.magic(); err != nil {
			return Piece{}, err
		}
	}
	for {
		var piece Piece
		var found bool
		var err error
		if s.end == 0 {
			err = s.ofUnknown()
		} else {
			found, piece, err = s.ofList()
		}
		if found || err != nil {
			return piece, err
		}
	}
}

func (s *ProtobufList) magic() error {
	got, err := s.need(len(ProtobufMagic))
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return err
	}
	if string(got) != ProtobufMagic {
		return s.syntax("the four bytes that a list in protobuf begins with", got)
	}
	s.drop(len(ProtobufMagic))
	return nil
}

// ofUnknown reads a field of the outer message, which ends where the body does.
func (s *ProtobufList) ofUnknown() error {
	if _, err := s.need(1); err != nil {
		if err == io.EOF && !s.seen {
			return io.ErrUnexpectedEOF
		}
		return err
	}
	offset := s.offset()
	number, length, isBytes, err := s.field(lastOfUnknown)
	if err != nil || !isBytes {
		return err
	}
	if number == unknownRaw {
		return s.list(offset, length)
	}
	value, err := s.small(length)
	if err == nil && number == unknownTypeMeta {
		err = s.typeMeta(offset, value)
	}
	return err
}

// list begins the list. What is in the body may be something else that comes back
// with success, such as a Status.
func (s *ProtobufList) list(offset int64, length uint64) error {
	if !strings.HasSuffix(s.envelope.Kind, "List") {
		return &SyntaxError{Offset: offset, Want: "a list", Got: "one of kind " + shown([]byte(s.envelope.Kind))}
	}
	if s.seen {
		return &SyntaxError{Offset: offset, Want: "one list in the body", Got: "another one"}
	}
	if length > longestLength {
		return &SyntaxError{Offset: offset, Want: "a length", Got: fmt.Sprint(length)}
	}
	s.seen = true
	s.end = s.offset() + int64(length)
	return nil
}

// typeMeta reads what kind of list it is.
func (s *ProtobufList) typeMeta(offset int64, message []byte) error {
	meta := runtime.TypeMeta{APIVersion: s.envelope.APIVersion, Kind: s.envelope.Kind}
	if err := meta.Unmarshal(message); err != nil {
		return &SyntaxError{Offset: offset, Want: "the kind of a list", Got: shown(message)}
	}
	s.envelope.Kind, s.envelope.APIVersion = meta.Kind, meta.APIVersion
	return nil
}

// ofList reads a field of the list.
func (s *ProtobufList) ofList() (found bool, piece Piece, err error) {
	offset := s.offset()
	if offset == s.end {
		s.end = 0
		return false, Piece{}, nil
	}
	number, length, isBytes, err := s.field(lastOfList)
	switch {
	case err != nil:
		return false, Piece{}, err
	case length > uint64(max(s.end-s.offset(), 0)) || s.offset() > s.end:
		return false, Piece{}, &SyntaxError{Offset: offset, Want: "a field that ends within the list", Got: fmt.Sprintf("one of %d bytes", uint64(s.offset()-offset)+length)}
	case isBytes && number == listItem:
		piece, err = s.piece(length)
		return err == nil, piece, err
	case isBytes && number == listMetadata:
		return false, Piece{}, s.metadata(offset, length)
	case isBytes:
		_, err = s.small(length)
	}
	return false, Piece{}, err
}

func (s *ProtobufList) metadata(offset int64, length uint64) error {
	if s.envelope.Metadata != nil {
		return &SyntaxError{Offset: offset, Want: "one metadata in the list", Got: "another one"}
	}
	value, err := s.small(length)
	if err == nil {
		s.envelope.Metadata = append([]byte{}, value...)
	}
	return err
}

// small reads a field for which being too long is the end of the list.
func (s *ProtobufList) small(length uint64) ([]byte, error) {
	value, err := s.piece(length)
	if err == nil && value.TooLong != nil {
		err = value.TooLong
	}
	return value.Bytes, err
}
