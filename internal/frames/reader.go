// SPDX-License-Identifier: Apache-2.0

package frames

import "io"

// A Reader passes a stream on, byte for byte, until a frame of it is longer than
// the limit. It allocates nothing per Read.
type Reader struct {
	body   io.Reader
	kind   Kind
	limit  int64
	offset int64 // where the current frame begins
	length int64 // bytes of it that were passed on
	err    error // why no more is passed on: a LimitError

	json     jsonFollower
	protobuf protobufFollower
}

// NewReader returns a Reader of body. The limit is in bytes; one below zero is
// taken for zero, with which no frame passes that has a byte.
func NewReader(body io.Reader, kind Kind, limit int64) *Reader {
	return &Reader{body: body, kind: kind, limit: max(limit, 0)}
}

// Read implements [io.Reader]. Its errors are those of the body, and a
// [*LimitError] once a frame is too long: when the first byte beyond the limit
// has come, or as soon as the length is known if that stands before the frame.
// Nothing is read from the body after that, and every call returns the same
// error.
func (r *Reader) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.body.Read(p)
	n = r.pass(p[:n])
	if r.err != nil {
		err = r.err
	}
	return n, err
}

// pass follows the frames through p. It returns how many bytes may be passed on:
// all of them, unless it sets r.err.
func (r *Reader) pass(p []byte) int {
	switch r.kind {
	case JSON:
		return r.passJSON(p)
	case Protobuf:
		return r.passProtobuf(p)
	}
	return r.count(len(p), false)
}

func (r *Reader) passJSON(p []byte) int {
	passed := 0
	for passed < len(p) && r.err == nil {
		passed += r.count(r.json.next(p[passed:]))
	}
	return passed
}

// count adds n bytes to the current frame. It returns how many of them may be
// passed on.
func (r *Reader) count(n int, end bool) int {
	if room := r.limit - r.length; int64(n) > room {
		r.exceed(0)
		return int(room)
	}
	r.advance(n, end)
	return n
}

// passProtobuf needs not count: a frame has no more bytes than it said.
func (r *Reader) passProtobuf(p []byte) int {
	passed := 0
	for passed < len(p) && r.err == nil {
		n, end := r.protobuf.next(p[passed:])
		passed += n
		if length := r.protobuf.announced(); length > r.limit {
			r.exceed(length)
		}
		r.advance(n, end)
	}
	return passed
}

// advance moves on in the current frame, or to the next one.
func (r *Reader) advance(n int, end bool) {
	r.length += int64(n)
	if end {
		r.offset += r.length
		r.length = 0
	}
}

// exceed ends the stream in the current frame, which is of that length if it is
// known and not zero.
func (r *Reader) exceed(length int64) {
	r.err = &LimitError{Kind: r.kind, Limit: r.limit, Offset: r.offset, Length: length}
}
