// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"encoding/json"
	"io"
)

// JSONList cuts the items out of a list in JSON, an object with the member
// "items". The other members may stand before or behind it.
type JSONList struct {
	jsonWindow
	envelope Envelope
	state    listState
	seen     bool // there were items
}

// listState is where in the list the next byte is.
type listState uint8

const (
	atBeginning listState = iota
	atFirstMember
	afterMember
	atFirstItem
	afterItem
	atEnd
)

// NewJSONList returns a splitter of body. The limit is the longest item in bytes,
// and the longest of the other members.
func NewJSONList(body io.Reader, limit int64) *JSONList {
	return &JSONList{jsonWindow: jsonWindow{window{body: body}, limit}}
}

// Envelope implements [ListSplitter].
func (s *JSONList) Envelope() *Envelope { return &s.envelope }

// Next implements [Splitter].
func (s *JSONList) Next() (Piece, error) {
	for {
		found, piece, err := s.step()
		if found || err != nil {
			return piece, err
		}
	}
}

// step moves on by one member, one item, or one bracket.
func (s *JSONList) step() (found bool, piece Piece, err error) {
	switch s.state {
	case atBeginning:
		s.state = atFirstMember
		return false, Piece{}, s.expect('{', "a list, which is a JSON object")
	case atFirstMember, afterMember:
		return false, Piece{}, s.member()
	case atFirstItem, afterItem:
		return s.item()
	}
	return false, Piece{}, s.end()
}

// member reads a member of the list, or the beginning of its items.
func (s *JSONList) member() error {
	c, err := s.peek()
	switch {
	case err != nil:
		return unexpected(err)
	case c == '}':
		s.drop(1)
		s.state = atEnd
		return nil
	case s.state == afterMember && c != ',':
		return s.syntax(`"," or "}"`)
	case c == ',' && s.state == atFirstMember:
		return s.syntax("a member of the list")
	case c == ',':
		s.drop(1)
		if _, err = s.peek(); err != nil {
			return unexpected(err)
		}
	}
	s.state = afterMember
	name, err := s.name()
	if err != nil {
		return err
	}
	if name == "items" {
		return s.items()
	}
	return s.other(name)
}

// name reads the name of a member and the colon behind it.
func (s *JSONList) name() (name string, err error) {
	if s.unread()[0] != '"' {
		return "", s.syntax("the name of a member of the list")
	}
	text, err := s.small("a name")
	if err != nil {
		return "", err
	}
	if err := json.Unmarshal(text.Bytes, &name); err != nil {
		return "", &SyntaxError{Offset: text.Offset, Want: "the name of a member of the list", Got: Printable(text.Bytes)}
	}
	if err := s.expect(':', `":" after the name of a member`); err != nil {
		return "", err
	}
	_, err = s.peek()
	return name, unexpected(err)
}

// items reads the bracket before the items.
func (s *JSONList) items() error {
	switch {
	case s.seen:
		return s.syntax(`one member "items" in the list, not two`)
	case s.unread()[0] == '[':
		s.drop(1)
		s.seen, s.state = true, atFirstItem
		return nil
	}
	offset := s.offset()
	value, err := s.small("null")
	if err == nil && string(value.Bytes) != "null" {
		err = &SyntaxError{Offset: offset, Want: "an array of items", Got: Printable(value.Bytes)}
	}
	s.seen = true
	return err
}

// other reads a member that is not the items.
func (s *JSONList) other(name string) error {
	value, err := s.small("the member " + name + " of the list")
	if err != nil {
		return err
	}
	if !json.Valid(value.Bytes) {
		return &SyntaxError{Offset: value.Offset, Want: "JSON for the member " + name + " of the list", Got: Printable(value.Bytes)}
	}
	switch name {
	case "kind":
		return s.text(value, &s.envelope.Kind)
	case "apiVersion":
		return s.text(value, &s.envelope.APIVersion)
	case "metadata":
		s.envelope.Metadata = bytes.Clone(value.Bytes)
	}
	return nil
}

func (s *JSONList) text(value Piece, to *string) error {
	if err := json.Unmarshal(value.Bytes, to); err != nil {
		return &SyntaxError{Offset: value.Offset, Want: "a string", Got: Printable(value.Bytes)}
	}
	return nil
}

// small reads a value for which being too long is the end of the list.
func (s *JSONList) small(what string) (Piece, error) {
	value, err := s.value()
	if err == nil && value.TooLong != nil {
		return Piece{}, value.TooLong
	}
	if err == nil && len(value.Bytes) == 0 {
		return Piece{}, s.syntax(what)
	}
	return value, err
}

// item reads an item, or the bracket behind the last one.
func (s *JSONList) item() (found bool, piece Piece, err error) {
	c, err := s.peek()
	switch {
	case err != nil:
		return false, Piece{}, unexpected(err)
	case c == ']':
		s.drop(1)
		s.state = afterMember
		return false, Piece{}, nil
	case s.state == afterItem && c != ',':
		return false, Piece{}, s.syntax(`"," or "]" after an item`)
	case c == ',' && s.state == atFirstItem:
		return false, Piece{}, s.syntax("an item")
	case c == ',':
		s.drop(1)
		if _, err = s.peek(); err != nil {
			return false, Piece{}, unexpected(err)
		}
	}
	s.state = afterItem
	piece, err = s.value()
	// Where brackets are right, what is wrong within them is the matter of one
	// item. Where something else stands, nothing tells where it ends.
	if err == nil && c != '{' && c != '[' && !json.Valid(piece.Bytes) {
		err = &SyntaxError{Offset: piece.Offset, Want: "an item", Got: Printable(piece.Bytes)}
	}
	return err == nil, piece, err
}
