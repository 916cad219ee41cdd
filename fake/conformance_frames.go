// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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

// refused is the answer of a server that says no.
func refusedResponse(err *apierrors.StatusError) *http.Response {
	header := http.Header{"Content-Type": {"application/json"}}
	if details := err.ErrStatus.Details; details != nil && details.RetryAfterSeconds > 0 {
		header.Set("Retry-After", strconv.Itoa(int(details.RetryAfterSeconds)))
	}
	return answerJSON(int(err.ErrStatus.Code), header, statusJSON(err))
}

// streamed is the answer to a watch, with nothing in it but an error, or nothing
// at all.
func streamed(err *apierrors.StatusError) *http.Response {
	var body []byte
	if err != nil {
		body = append(append([]byte(`{"type":"`+string(watch.Error)+`","object":`), statusJSON(err)...), "}\n"...)
	}
	return answerJSON(http.StatusOK, http.Header{"Content-Type": {"application/json"}}, body)
}

func answerJSON(code int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		Status:        http.StatusText(code),
		StatusCode:    code,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          io.NopCloser(bytes.NewReader(body)),
		ContentLength: int64(len(body)),
	}
}

func statusJSON(err *apierrors.StatusError) []byte {
	status := err.Status()
	status.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	text, _ := json.Marshal(status) // a Status has nothing that JSON cannot say
	return text
}
