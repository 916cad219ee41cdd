// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"io"
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
}

// NewProtobufList returns a splitter of body. The limit is the longest item in
// bytes, and the longest of all else.
func NewProtobufList(body io.Reader, limit int64) *ProtobufList {
	return &ProtobufList{protobufWindow: protobufWindow{window{body: body}, limit}}
}

// Envelope implements [ListSplitter].
func (s *ProtobufList) Envelope() *Envelope { return &s.envelope }

// The fields of the messages.
const (
	unknownTypeMeta = 1
	unknownRaw      = 2
	typeAPIVersion  = 1
	typeKind        = 2
	listMetadata    = 1
	listItem        = 2
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

// ofUnknown reads a field of the outer message.
func (s *ProtobufList) ofUnknown() error {
	number, length, isBytes, err := s.outerField()
	if err != nil || !isBytes {
		return err
	}
	if number == unknownRaw {
		s.end = s.offset() + int64(length)
		return nil
	}
	value, err := s.small(length)
	if err == nil && number == unknownTypeMeta {
		err = s.typeMeta(value)
	}
	return err
}

// outerField is field, where the end of the body is the end of the message.
func (s *ProtobufList) outerField() (number, length uint64, isBytes bool, err error) {
	if _, err := s.need(1); err != nil {
		return 0, 0, false, err
	}
	return s.field()
}

// ofList reads a field of the list.
func (s *ProtobufList) ofList() (found bool, piece Piece, err error) {
	if s.offset() == s.end {
		s.end = 0
		return false, Piece{}, nil
	}
	number, length, isBytes, err := s.field()
	switch {
	case err != nil:
		return false, Piece{}, err
	case s.offset()+int64(length) > s.end || int64(length) < 0:
		return false, Piece{}, s.syntax("a field that ends within the list", s.unread()[:min(len(s.unread()), 40)])
	case isBytes && number == listItem:
		piece, err = s.piece(length)
		return err == nil, piece, err
	case isBytes:
		value, err := s.small(length)
		if err == nil && number == listMetadata {
			s.envelope.Metadata = bytes.Clone(value)
		}
		return false, Piece{}, err
	}
	return false, Piece{}, nil
}

// small reads a field for which being too long is the end of the list.
func (s *ProtobufList) small(length uint64) ([]byte, error) {
	value, err := s.piece(length)
	if err == nil && value.TooLong != nil {
		err = value.TooLong
	}
	return value.Bytes, err
}

// typeMeta reads what kind of list it is.
func (s *ProtobufList) typeMeta(message []byte) error {
	w := protobufWindow{window{buffer: message, err: io.EOF}, int64(len(message))}
	for len(w.unread()) > 0 {
		number, length, isBytes, err := w.field()
		if err != nil {
			return err
		}
		if !isBytes {
			continue
		}
		value, err := w.piece(length)
		if err != nil {
			return err
		}
		switch number {
		case typeAPIVersion:
			s.envelope.APIVersion = string(value.Bytes)
		case typeKind:
			s.envelope.Kind = string(value.Bytes)
		}
	}
	return nil
}
