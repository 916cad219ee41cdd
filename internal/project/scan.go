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

// value reads a value. There are depth objects and arrays open around it.
func (s *scanner) value(i, depth int) int {
	if i >= len(s.document) {
		return ^i
	}
	switch c := s.document[i]; c {
	case '"':
		return s.text(i + 1)
	case '{':
		return s.object(i, depth)
	case '[':
		return s.array(i, depth)
	case 't':
		return s.literal(i, "true")
	case 'f':
		return s.literal(i, "false")
	case 'n':
		return s.literal(i, "null")
	}
	return s.number(i)
}

func (s *scanner) object(i, depth int) int {
	i, end := s.open(i, '}', depth)
	for !end && i >= 0 {
		if i = s.key(i); i < 0 {
			return i
		}
		if i = s.value(i, depth+1); i < 0 {
			return i
		}
		i, end = s.next(i, '}')
	}
	return i
}

func (s *scanner) array(i, depth int) int {
	i, end := s.open(i, ']', depth)
	for !end && i >= 0 {
		if i = s.value(i, depth+1); i < 0 {
			return i
		}
		i, end = s.next(i, ']')
	}
	return i
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

// key reads the name of a member up to its value.
func (s *scanner) key(i int) int {
	if i >= len(s.document) || s.document[i] != '"' {
		return ^i
	}
	if i = s.text(i + 1); i < 0 {
		return i
	}
	return s.colon(i)
}

// name reads the name of a member, as key does. It returns what it stands for,
// where its closing quote ends, and where the value begins.
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
