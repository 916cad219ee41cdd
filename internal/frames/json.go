// SPDX-License-Identifier: Apache-2.0

package frames

// jsonFollower finds the ends of JSON objects and arrays.
//
// It need not find what is wrong with a text, since the decoder behind it does
// and ends there. What counts is that up to there both agree: a bracket that
// the follower takes for the end of a frame is one for the decoder too, else
// frame after frame could pass while the decoder keeps them as one. So brackets
// of both kinds count, and strings are strings outside of objects as well.
type jsonFollower struct {
	depth             int64 // brackets that are open
	inString, escaped bool
}

// next returns how many bytes of p belong to the current frame, and whether it
// ends with the last of them.
func (f *jsonFollower) next(p []byte) (n int, end bool) {
	for i := 0; i < len(p); {
		if f.inString {
			i += f.skipString(p[i:])
			continue
		}
		switch p[i] {
		case '"':
			f.inString = true
		case '{', '[':
			f.depth++
		case '}', ']':
			if f.depth == 1 {
				f.depth = 0
				return i + 1, true
			}
			f.depth = max(f.depth-1, 0) // a decoder fails at one that closes nothing
		}
		i++
	}
	return len(p), false
}

// skipString returns how many bytes of p belong to the string that p begins in.
func (f *jsonFollower) skipString(p []byte) int {
	for i, c := range p {
		switch {
		case f.escaped:
			f.escaped = false
		case c == '\\':
			f.escaped = true
		case c == '"':
			f.inString = false
			return i + 1
		}
	}
	return len(p)
}
