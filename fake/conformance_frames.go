// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

	"k8s.io/apimachinery/pkg/watch"
)

// repeater is a stream of events in JSON, one a line, that can send each of them
// twice.
type repeater struct {
	io.ReadCloser
	on     func() bool
	buffer *bufio.Reader
	rest   []byte
}

func (r *repeater) Read(p []byte) (int, error) {
	if r.buffer == nil {
		r.buffer = bufio.NewReader(r.ReadCloser)
	}
	if len(r.rest) == 0 {
		event, err := r.buffer.ReadBytes('\n')
		if len(event) == 0 {
			return 0, err
		}
		r.rest = event
		if err == nil && r.on() {
			r.rest = bytes.Repeat(event, 2)
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// refusedResponse is the answer of a server that says no.
func refusedResponse(err error) *http.Response {
	a := newAnswer()
	writeError(a, &http.Request{}, err) // in JSON: nothing else was asked for
	return a.whole(nil)
}

// streamed is the answer to a watch, with nothing in it but an error, or nothing
// at all.
func streamed(err error) *http.Response {
	var body []byte
	if err != nil {
		status, _ := jsonFormat{}.object(statusKind, statusOf(err)) // it has nothing that JSON cannot say
		body, _ = jsonFormat{}.event(string(watch.Error), status)
	}
	a := newAnswer()
	write(a, mediaJSON, http.StatusOK, body)
	return a.whole(nil)
}
