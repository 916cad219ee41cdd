// SPDX-License-Identifier: Apache-2.0

package project

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
)

// text reads a string from behind its opening quote to behind the closing one.
// It looks at eight bytes at once, also in short strings. Looking up each byte in
// a table made all of Append a third slower.
func (s *scanner) text(i int) int {
	for i+8 <= len(s.document) {
		stops := stopsIn(binary.LittleEndian.Uint64(s.document[i:]))
		if stops == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(stops) / 8
		if s.document[i] == '"' {
			return i + 1
		}
		if i = s.escape(i); i < 0 {
			return i
		}
	}
	return s.textAtEnd(i)
}

// textAtEnd is text where fewer than eight bytes are left.
func (s *scanner) textAtEnd(i int) int {
	for i < len(s.document) {
		switch c := s.document[i]; {
		case c == '"':
			return i + 1
		case c == '\\':
			if i = s.escape(i); i < 0 {
				return i
			}
		case c < ' ':
			return ^i
		default:
			i++
		}
	}
	return ^i
}

// stopsIn returns a word whose lowest bit that is set is in the first byte of w
// that is a quote, a backslash or a control character. It is zero if there is
// none. A byte above that one may be marked without being one.
func stopsIn(w uint64) uint64 {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	quote, backslash := w^ones*'"', w^ones*'\\'
	return ((w-ones*' ')&^w | (quote-ones)&^quote | (backslash-ones)&^backslash) & highs
}

// escape reads an escape sequence. Any other byte than a backslash is wrong.
func (s *scanner) escape(i int) int {
	if s.document[i] != '\\' {
		return ^i
	}
	s.escaped = true
	i++
	switch s.at(i) {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1
	case 'u':
		for range 4 {
			if i++; !isHex(s.at(i)) {
				return ^i
			}
		}
		return i + 1
	}
	return ^i
}

func isHex(c byte) bool {
	return c-'0' < 10 || (c|0x20)-'a' < 6
}

// unescape returns what a string, with its quotes, stands for. It takes its time,
// which is well: names of members have no escapes, unless somebody tries it.
func unescape(quoted []byte) []byte {
	var text string
	_ = json.Unmarshal(quoted, &text) // it was read as a string before
	return []byte(text)
}
