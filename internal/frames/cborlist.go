// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"io"
)

// CBORList cuts the items out of a list in CBOR, a map with the member "items".
type CBORList struct {
	cborWindow
	envelope Envelope
	state    listState
	members  int64 // that are to come, or indefinite
	items    int64
	seen     bool // there were items
}

// NewCBORList returns a splitter of body. The limit is the longest item in bytes,
// and the longest of the other members.
func NewCBORList(body io.Reader, limit int64) *CBORList {
	return &CBORList{cborWindow: newCBORWindow(body, limit)}
}

// Envelope implements [ListSplitter].
func (s *CBORList) Envelope() *Envelope { return &s.envelope }

// Next implements [Splitter].
func (s *CBORList) Next() (Piece, error) {
	for {
		found, piece, err := s.step()
		if found || err != nil {
			return piece, err
		}
	}
}

// step moves on by one member or one item.
func (s *CBORList) step() (found bool, piece Piece, err error) {
	switch s.state {
	case atBeginning:
		s.state = afterMember
		s.members, err = s.mapHead("a list, which is a map")
		return false, Piece{}, err
	case afterMember:
		return false, Piece{}, s.member()
	case afterItem:
		more, err := s.more(&s.items)
		if !more || err != nil {
			s.state = afterMember
			return false, Piece{}, err
		}
		piece, err = s.value()
		return err == nil, piece, err
	}
	if next, err := s.need(1); err == nil {
		return false, Piece{}, s.syntax("the end of the body", next)
	}
	return false, Piece{}, s.err
}

// member reads a member of the list, or the head of its items.
func (s *CBORList) member() error {
	more, err := s.more(&s.members)
	if !more || err != nil {
		s.state = atEnd
		return err
	}
	name, err := s.text()
	if err != nil {
		return err
	}
	if name == "items" {
		return s.itemsHead()
	}
	value, err := s.value()
	if err == nil && value.TooLong != nil {
		err = value.TooLong
	}
	if err != nil {
		return err
	}
	switch name {
	case "kind":
		s.envelope.Kind, err = CBORText(value.Bytes)
	case "apiVersion":
		s.envelope.APIVersion, err = CBORText(value.Bytes)
	case "metadata":
		s.envelope.Metadata = bytes.Clone(value.Bytes)
	}
	return err
}

// itemsHead reads how many items there are.
func (s *CBORList) itemsHead() error {
	const null = 22
	if s.seen {
		return s.syntax(`one member "items" in the list, not two`, nil)
	}
	begin, err := s.need(1)
	if err != nil {
		return unexpected(err)
	}
	kind, length, err := s.head()
	switch {
	case err != nil:
		return err
	case kind == cborSimple && length == null:
		length = 0
	case kind != cborArray:
		return s.syntax("an array of items", begin)
	}
	s.seen, s.items, s.state = true, length, afterItem
	return nil
}
