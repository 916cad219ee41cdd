// SPDX-License-Identifier: Apache-2.0

package project

import "unicode/utf8"

// Header is what the metadata of an API object says of which object it is, and
// in which version. Its fields are parts of the document, but for those that
// have escapes in it or are not UTF-8.
type Header struct {
	Namespace, Name, UID, Version []byte
}

// ReadHeader reads the header of an object. It is false if the document has no
// metadata with a name, or is not JSON up to the end of its metadata; what comes
// after is not looked at.
//
// Of members that come twice in the metadata, the last counts, as for a decoder.
// A second "metadata" after the first is not noticed, since finding that there is
// none would mean to read everything; no API server writes one. A member that is
// no string counts as absent.
func ReadHeader(document []byte) (Header, bool) {
	s := scanner{document: document}
	_, metadata, _ := s.search("metadata", s.space(0), 0)
	if metadata < 0 {
		return Header{}, false
	}
	var h Header
	ok := h.read(&s, metadata)
	return h, ok && len(h.Name) > 0
}

// read reads the metadata that begin at i, and says whether all of them could be
// read.
func (h *Header) read(s *scanner, i int) bool {
	if s.at(i) != '{' {
		return false
	}
	i, end := s.open(i, '}', 1)
	for !end && i >= 0 {
		name, _, value := s.name(i)
		if value < 0 {
			return false
		}
		s.escaped = false
		if i = s.value(value, 2); i < 0 {
			return false
		}
		if field := h.field(name); field != nil {
			*field = textOf(s.document[value:i], s.escaped, *field)
		}
		i, end = s.next(i, '}')
	}
	return i >= 0
}

// field returns the field for a member of the metadata, or nil.
func (h *Header) field(member []byte) *[]byte {
	switch string(member) {
	case "namespace":
		return &h.Namespace
	case "name":
		return &h.Name
	case "uid":
		return &h.UID
	case "resourceVersion":
		return &h.Version
	}
	return nil
}

// textOf returns what a value says. Null leaves what was said before, as it does
// for a decoder.
func textOf(value []byte, escaped bool, before []byte) []byte {
	switch {
	case value[0] == 'n':
		return before
	case value[0] != '"':
		return nil
	case escaped || !utf8.Valid(value):
		return unescape(value)
	}
	return value[1 : len(value)-1]
}
