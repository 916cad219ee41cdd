// SPDX-License-Identifier: Apache-2.0

package frames

import "io"

const (
	// Most watches are quiet, and there may be a thousand of them.
	smallestWindow = 4 << 10
	// More does not make reading faster.
	ordinaryWindow = 64 << 10
)

// window is the part of a body that is in memory. What a splitter returns is in
// it, until the next call.
type window struct {
	body    io.Reader
	buffer  []byte // what was read
	start   int    // where the unread part of the buffer begins
	passed  int64  // bytes of the body before the buffer
	err     error  // what ended the body
	plenty  bool   // the last Read filled all the room there was
	retries int    // reads in a row that brought nothing
}

// maxEmptyReads is how often a body may return nothing, without an error, in a
// row (as in bufio).
const maxEmptyReads = 100

// unread is what was read of the body and not yet returned.
func (w *window) unread() []byte { return w.buffer[w.start:] }

// offset is where in the body the unread part begins.
func (w *window) offset() int64 { return w.passed + int64(w.start) }

// drop moves on by n bytes. They stay as they are until the next fill.
func (w *window) drop(n int) { w.start += n }

// fill reads more of the body. The error is io.EOF at its end.
func (w *window) fill() error {
	if w.err != nil {
		return w.err
	}
	w.makeRoom()
	room := w.buffer[len(w.buffer):cap(w.buffer)]
	n, err := w.body.Read(room)
	w.buffer = w.buffer[:len(w.buffer)+n]
	w.plenty = n == len(room)
	w.err = err
	switch {
	case n > 0:
		w.retries = 0
		return nil // the error comes with the next call
	case err == nil:
		if w.retries++; w.retries == maxEmptyReads {
			w.err = io.ErrNoProgress
		}
	}
	return w.err
}

// makeRoom moves the unread part to the front, or into a larger buffer.
func (w *window) makeRoom() {
	size := cap(w.buffer)
	unread := w.unread()
	switch {
	case 2*len(unread) > size:
		size = max(2*size, smallestWindow)
	case w.plenty && size < ordinaryWindow:
		size *= 2
	case w.start == 0 && size > 0:
		return
	}
	next := w.buffer[:0]
	if size = max(size, smallestWindow); size != cap(w.buffer) {
		next = make([]byte, 0, size)
	}
	w.passed += int64(w.start)
	w.buffer, w.start = append(next, unread...), 0
}

// need returns the next n bytes, which stay unread. There are fewer of them with
// an error, which is io.ErrUnexpectedEOF if the body ends among them, and io.EOF
// if it has ended before them.
func (w *window) need(n int) ([]byte, error) {
	for len(w.unread()) < n {
		if err := w.fill(); err != nil {
			if err == io.EOF && len(w.unread()) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return w.unread(), err
		}
	}
	return w.unread()[:n], nil
}

// skip drops n bytes, however many of them are in memory.
func (w *window) skip(n int64) error {
	for {
		there := min(n, int64(len(w.unread())))
		w.drop(int(there))
		if n -= there; n == 0 {
			return nil
		}
		if err := w.fill(); err != nil {
			return unexpected(err)
		}
	}
}

// unexpected makes the end of a body within something the error that it is.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
