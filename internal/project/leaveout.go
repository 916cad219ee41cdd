// SPDX-License-Identifier: Apache-2.0

package project

// LeaveOut appends the document to dst without the member at a path, such as
// "metadata", "managedFields", and returns the longer slice. Names are compared
// exactly, and the first member of a name is meant. The path leads through
// objects, not into the elements of arrays. dst must not share memory with the
// document.
//
// What comes before the member, and the member, is JSON if the member is found.
// The rest is copied and not looked at, since a decoder will; most of an object
// is behind its metadata. If there is no such member, or if no JSON leads there,
// the document is appended as it is.
func LeaveOut(dst, document []byte, path ...string) []byte {
	s := scanner{document: document}
	begin, end := s.member(path)
	if begin < 0 {
		return append(dst, document...)
	}
	dst = append(dst, document[:begin]...)
	return append(dst, document[end:]...)
}

// member returns where the member at a path is, with one of the commas beside
// it. begin is below zero if there is none.
func (s *scanner) member(path []string) (begin, end int) {
	i := s.space(0)
	for depth, name := range path[:len(path)-1] {
		_, i, _ = s.search(name, i, depth)
		if i < 0 {
			return -1, 0
		}
	}
	begin, value, first := s.search(path[len(path)-1], i, len(path)-1)
	if value < 0 {
		return -1, 0
	}
	end = s.value(value, len(path))
	if end < 0 {
		return -1, 0
	}
	if next, last := s.next(end, '}'); first && !last && next >= 0 {
		end = next
	}
	return begin, end
}

// search returns where in the object at i the value of a member begins, and where
// the member does, with the comma before it unless it is the first.
func (s *scanner) search(name string, i, depth int) (begin, value int, first bool) {
	if i >= len(s.document) || s.document[i] != '{' {
		return 0, -1, false
	}
	i, end := s.open(i, '}', depth)
	begin, first = i, true
	for !end && i >= 0 {
		found, _, value := s.name(i)
		switch {
		case value < 0:
			return 0, -1, false
		case string(found) == name:
			return begin, value, first
		}
		if begin = s.value(value, depth+1); begin < 0 {
			return 0, -1, false
		}
		first = false
		i, end = s.next(begin, '}')
	}
	return 0, -1, false
}
