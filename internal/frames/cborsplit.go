// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"io"
)

// CBORFrames cuts a sequence of CBOR values (RFC 8742) into these. It is a watch
// in CBOR.
type CBORFrames struct{ cborWindow }

// NewCBORFrames returns a splitter of body. The limit is the longest value in
// bytes.
func NewCBORFrames(body io.Reader, limit int64) *CBORFrames {
	return &CBORFrames{newCBORWindow(body, limit)}
}

// Next implements [Splitter].
func (s *CBORFrames) Next() (Piece, error) {
	if _, err := s.need(1); err != nil {
		return Piece{}, err
	}
	return s.value()
}

// cborWindow is a window on CBOR.
type cborWindow struct {
	window
	limit    int64
	follower cborFollower
}

func newCBORWindow(body io.Reader, limit int64) cborWindow {
	return cborWindow{window: window{body: body}, limit: max(limit, 0)}
}

// value returns the value that begins at the next byte.
func (w *cborWindow) value() (Piece, error) {
	w.follower.reset()
	offset := w.offset()
	piece, err := w.cut(&w.follower, w.limit, CBOR)
	if err == nil && w.follower.bad {
		err = &SyntaxError{Offset: offset, Want: "a CBOR value", Got: Printable(piece.Bytes[:min(len(piece.Bytes), 40)])}
	}
	return piece, err
}

// head reads the head of a value.
func (w *cborWindow) head() (kind byte, length int64, err error) {
	first, err := w.need(1)
	if err != nil {
		return 0, 0, unexpected(err)
	}
	head, err := w.need(cborHeadLength(first[0]))
	if err != nil {
		return 0, 0, unexpected(err)
	}
	kind, length, ok := cborHead(head)
	if !ok {
		return 0, 0, w.syntax("a CBOR value", head)
	}
	w.drop(len(head))
	return kind, length, nil
}

func (w *cborWindow) syntax(want string, got []byte) error {
	return &SyntaxError{Offset: w.offset(), Want: want, Got: Printable(got)}
}

// atBreak reports whether a break is next, and skips it.
func (w *cborWindow) atBreak() (bool, error) {
	const breakByte = 0xff
	next, err := w.need(1)
	if err != nil {
		return false, unexpected(err)
	}
	if next[0] != breakByte {
		return false, nil
	}
	w.drop(1)
	return true, nil
}

// selfDescribed is the tag that may stand before a document in CBOR, to say that
// it is one.
var selfDescribed = []byte{0xd9, 0xd9, 0xf7}

// mapHead reads how many members the map has that comes next.
func (w *cborWindow) mapHead(what string) (members int64, err error) {
	if tag, err := w.need(len(selfDescribed)); err == nil && bytes.Equal(tag, selfDescribed) {
		w.drop(len(tag))
	}
	begin, _ := w.need(1)
	kind, members, err := w.head()
	if err == nil && kind != cborMap {
		err = w.syntax(what, begin)
	}
	return members, err
}

// more reports whether there is one more of what is counted down, or goes on to
// a break.
func (w *cborWindow) more(left *int64) (bool, error) {
	if *left == indefinite {
		ended, err := w.atBreak()
		return !ended, err
	}
	*left--
	return *left >= 0, nil
}

// text reads a string, which the Kubernetes API encodes as bytes. One in pieces
// is not read, since no server sends one.
func (w *cborWindow) text() (string, error) {
	kind, length, err := w.head()
	switch {
	case err != nil:
		return "", err
	case kind != cborBytes && kind != cborText || length == indefinite:
		return "", w.syntax("a string", nil)
	case length > w.limit:
		return "", &LimitError{Kind: CBOR, Limit: w.limit, Offset: w.offset(), Length: length}
	}
	text, err := w.need(int(length))
	if err != nil {
		return "", unexpected(err)
	}
	w.drop(int(length))
	return string(text), nil
}

// CBORMembers goes through the members of a map that is in memory, such as an
// event of a watch.
func CBORMembers(value []byte, each func(name string, value []byte)) error {
	w := cborWindow{window: window{buffer: value, err: io.EOF}, limit: int64(len(value))}
	left, err := w.mapHead("a map")
	if err != nil {
		return err
	}
	for {
		if more, err := w.more(&left); !more || err != nil {
			return err
		}
		name, err := w.text()
		if err != nil {
			return err
		}
		member, err := w.value()
		if err != nil {
			return err
		}
		each(name, member.Bytes)
	}
}

// CBORText returns what a string in CBOR says.
func CBORText(value []byte) (string, error) {
	w := cborWindow{window: window{buffer: value, err: io.EOF}, limit: int64(len(value))}
	return w.text()
}
