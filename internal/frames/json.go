// SPDX-License-Identifier: Apache-2.0

package frames

// jsonFollower finds the ends of JSON objects and arrays.
//
// It need not find what is wrong with a text, since the decoder behind it does
// and ends there. What counts is that up to there both agree: a bracket that
// the follower takes for the end of a frame must be one for the decoder too,
// else frame after frame could pass while the decoder keeps them as one. So
// brackets of both kinds count, and strings are strings outside of objects too.
type jsonFollower struct {
	depth             int64 // brackets that are open
	inString, escaped bool
}

// next returns how many bytes of p belong to the current frame, and whether it
// ends with the last of them.
func (f *jsonFollower) next(p []byte) (n int, end bool) {
	for n < len(p) {
		if f.inString {
			n += f.skipString(p[n:])
			continue
		}
		c := p[n]
		n++
		switch c {
		case '"':
			f.inString = true
		case '{', '[':
			f.depth++
		case '}', ']':
			if f.depth == 1 {
				f.depth = 0
				return n, true
			}
			f.depth = max(f.depth-1, 0) // a decoder fails at one that closes nothing
		}
	}
	return n, false
}

// skipString returns how many bytes of p belong to the string that p begins in.
// Looking for the quote with bytes.IndexByte was a third slower: the strings of
// objects are too short for it.
func (f *jsonFollower) skipString(p []byte) int {
	n := 0
	if f.escaped {
		f.escaped = false
		n = 1
	}
	for n < len(p) {
		switch p[n] {
		case '"':
			f.inString = false
			return n + 1
		case '\\':
			n++ // and what it escapes
		}
		n++
	}
	f.escaped = n > len(p)
	return len(p)
}
