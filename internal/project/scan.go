// SPDX-License-Identifier: Apache-2.0

package project

// maxDepth is how many objects and arrays may be open at once, as in
// encoding/json.
const maxDepth = 10000

// A scanner finds out where values end, and whether they are JSON.
//
// Its methods take the offset at which to begin, and return the one behind what
// they have read. Where the document is not JSON they return the complement of
// the offset of the first byte that is wrong, which is below zero: errors are
// made of it once, at the very end.
type scanner struct {
	document []byte
	escaped  bool // a string had an escape since this was last set to false
	deep     bool // maxDepth was the problem
}

// space skips white space.
func (s *scanner) space(i int) int {
	for i < len(s.document) && s.document[i] <= ' ' && isSpace(s.document[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// maxOpen is how many brackets one call of value can keep in a word.
const maxOpen = 64

// value reads a value. There are depth objects and arrays open around it.
//
// It is one function with labels because what is in registers stays there: one
// for each kind of value, which call each other, take a third more time.
func (s *scanner) value(i, depth int) int {
	var (
		document = s.document
		objects  uint64 // a bit for each open bracket, the innermost lowest: it is that of an object
		open     int    // how many
		c        byte
	)
value:
	if uint(i) >= uint(len(document)) {
		return ^i
	}
	switch c = document[i]; c {
	case '"':
		i = s.text(i + 1)
	case '{', '[':
		if open == maxOpen {
			i = s.value(i, depth+open)
			break
		}
		var empty bool
		if i, empty = s.open(i, c+('}'-'{'), depth+open); empty {
			break
		}
		open++
		objects <<= 1
		if c == '{' {
			objects |= 1
			goto name
		}
		goto value
	default:
		i = s.scalar(i)
	}

behind: // a value
	if open == 0 || i < 0 {
		return i
	}
	if i < len(document) && document[i] <= ' ' {
		i = s.space(i)
	}
	if i >= len(document) {
		return ^i
	}
	switch c = document[i]; {
	case c == ',':
		if i++; i < len(document) && document[i] <= ' ' {
			i = s.space(i)
		}
		if objects&1 != 0 {
			goto name
		}
		goto value
	case c == '}' && objects&1 != 0, c == ']' && objects&1 == 0:
		i++
		open--
		objects >>= 1
		goto behind
	}
	return ^i

name:
	if uint(i) >= uint(len(document)) || document[i] != '"' {
		return ^i
	}
	if i = s.text(i + 1); i < 0 {
		return i
	}
	if i < len(document) && document[i] != ':' {
		i = s.space(i)
	}
	if i >= len(document) || document[i] != ':' {
		return ^i
	}
	if i++; i < len(document) && document[i] <= ' ' {
		i = s.space(i)
	}
	goto value
}

// scalar reads what is neither a string nor has brackets.
func (s *scanner) scalar(i int) int {
	switch s.document[i] {
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	}
	return s.number(i)
}

// open reads an opening bracket up to the first member or element, or to the end
// if there is none.
func (s *scanner) open(i int, closing byte, depth int) (_ int, end bool) {
	if depth >= maxDepth {
		s.deep = true
		return ^i, true
	}
	i = s.space(i + 1)
	if i < len(s.document) && s.document[i] == closing {
		return i + 1, true
	}
	return i, false
}

// next reads what is behind a member or an element, up to the one after it, or
// to the end if there is none.
func (s *scanner) next(i int, closing byte) (_ int, end bool) {
	i = s.space(i)
	if i >= len(s.document) {
		return ^i, true
	}
	switch s.document[i] {
	case ',':
		return s.space(i + 1), false
	case closing:
		return i + 1, true
	}
	return ^i, true
}

// name reads the name of a member. It returns what it stands for, where its
// closing quote ends, and where the value begins.
func (s *scanner) name(i int) (name []byte, end, value int) {
	if s.at(i) != '"' {
		return nil, i, ^i
	}
	s.escaped = false
	if end = s.text(i + 1); end < 0 {
		return nil, i, end
	}
	name = s.document[i+1 : end-1]
	if s.escaped {
		name = unescape(s.document[i:end])
	}
	return name, end, s.colon(end)
}

// colon reads what is between a name and its value.
func (s *scanner) colon(i int) int {
	i = s.space(i)
	if i >= len(s.document) || s.document[i] != ':' {
		return ^i
	}
	return s.space(i + 1)
}

func (s *scanner) literal(i int, word string) int {
	for n := range len(word) {
		if i+n >= len(s.document) || s.document[i+n] != word[n] {
			return ^(i + n)
		}
	}
	return i + len(word)
}

// number reads a number, or finds that there is no value at all.
func (s *scanner) number(i int) int {
	if s.at(i) == '-' {
		i++
	}
	if s.at(i) == '0' {
		i++
	} else if i = s.digits(i); i < 0 {
		return i
	}
	if s.at(i) == '.' {
		if i = s.digits(i + 1); i < 0 {
			return i
		}
	}
	if c := s.at(i); c == 'e' || c == 'E' {
		i++
		if c := s.at(i); c == '+' || c == '-' {
			i++
		}
		return s.digits(i)
	}
	return i
}

// digits reads one digit or more.
func (s *scanner) digits(i int) int {
	begin := i
	for i < len(s.document) && s.document[i]-'0' < 10 {
		i++
	}
	if i == begin {
		return ^i
	}
	return i
}

// at returns the byte there, or zero behind the end, where no byte of JSON is.
func (s *scanner) at(i int) byte {
	if i < len(s.document) {
		return s.document[i]
	}
	return 0
}
