// SPDX-License-Identifier: Apache-2.0

package frames

import (
	"bytes"
	"io"
)

// jsonWindow is a window on JSON.
type jsonWindow struct {
	window
	limit    int64
	follower valueFollower
}

func newJSONWindow(body io.Reader, limit int64) jsonWindow {
	return jsonWindow{window: window{body: body}, limit: max(limit, 0)}
}

// peek returns the next byte that is no white space, which stays unread.
func (w *jsonWindow) peek() (byte, error) {
	for {
		unread := w.unread()
		for i, c := range unread {
			if !isSpace(c) {
				w.drop(i)
				return c, nil
			}
		}
		w.drop(len(unread))
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// value returns the value that begins at the next byte.
func (w *jsonWindow) value() (Piece, error) {
	w.follower = valueFollower{}
	return w.cut(&w.follower, w.limit, JSON)
}

// expect moves on past one byte, which must be what is wanted.
func (w *jsonWindow) expect(want byte, what string) error {
	got, err := w.peek()
	if err != nil {
		return unexpected(err)
	}
	if got != want {
		return w.syntax(what)
	}
	w.drop(1)
	return nil
}

// syntax is the error for what is next.
func (w *jsonWindow) syntax(want string) error {
	return &SyntaxError{Offset: w.offset(), Want: want, Got: shown(w.unread())}
}

// end returns io.EOF if nothing but white space is left.
func (w *jsonWindow) end() error {
	if _, err := w.peek(); err != nil {
		return err
	}
	return w.syntax("the end of the body")
}

// valueFollower finds the end of one JSON value.
type valueFollower struct {
	jsonFollower
	begun, bracket, text bool
}

// next returns how many bytes of p belong to the value, and whether it ends with
// the last of them. A number or a literal ends before the byte that ends it.
func (f *valueFollower) next(p []byte) (n int, end bool) {
	if len(p) == 0 {
		return 0, false
	}
	if !f.begun {
		f.begun = true
		f.bracket = p[0] == '{' || p[0] == '['
		if f.text = p[0] == '"'; f.text {
			f.inString = true
			n, end = f.next(p[1:])
			return n + 1, end
		}
	}
	switch {
	case f.bracket:
		return f.jsonFollower.next(p)
	case f.text:
		n = f.skipString(p)
		return n, !f.inString
	}
	if n = bytes.IndexAny(p, ",]} \n\r\t"); n >= 0 {
		return n, true
	}
	return len(p), false
}

// JSONFrames cuts a stream of JSON objects, with or without white space between
// them, into these. It is a watch in JSON.
type JSONFrames struct{ jsonWindow }

// NewJSONFrames returns a splitter of body. The limit is the longest frame in
// bytes.
func NewJSONFrames(body io.Reader, limit int64) *JSONFrames {
	return &JSONFrames{newJSONWindow(body, limit)}
}

// Next implements [Splitter].
func (s *JSONFrames) Next() (Piece, error) {
	first, err := s.peek()
	if err != nil {
		return Piece{}, err
	}
	if first != '{' {
		return Piece{}, s.syntax("a JSON object")
	}
	return s.value()
}
