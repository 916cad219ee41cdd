// SPDX-License-Identifier: Apache-2.0

package frames

// prefixLength is how many bytes hold the length of a message.
const prefixLength = 4

// protobufFollower reads the length before each message and counts it down. It
// begins anew, as its zero value, after each message.
type protobufFollower struct {
	prefix int   // bytes of the length that were read
	length int64 // of the message; known once the prefix is complete
	left   int64 // bytes of the message that are to come
}

// announced is the length of the current message, or zero while it is unknown.
func (f *protobufFollower) announced() int64 {
	if f.prefix < prefixLength {
		return 0
	}
	return f.length
}

// next returns how many bytes of p belong to the current frame, and whether it
// ends with the last of them. It stops behind the length, so that this can be
// looked at before anything of the message passes.
func (f *protobufFollower) next(p []byte) (n int, end bool) {
	if f.prefix < prefixLength {
		n = f.readLength(p)
	} else {
		n = int(min(f.left, int64(len(p))))
		f.left -= int64(n)
	}
	end = f.prefix == prefixLength && f.left == 0
	if end {
		*f = protobufFollower{}
	}
	return n, end
}

// readLength returns how many bytes of p belong to the length.
func (f *protobufFollower) readLength(p []byte) int {
	n := min(prefixLength-f.prefix, len(p))
	for _, b := range p[:n] {
		f.length = f.length<<8 | int64(b)
	}
	f.prefix += n
	f.left = f.length
	return n
}
