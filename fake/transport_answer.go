// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// answer is what a handler writes, until somebody takes it.
type answer struct {
	header  http.Header // the handler's; sent as it was at WriteHeader
	sent    http.Header
	code    int
	body    []byte // what was not handed over yet
	flushed bool   // the head has gone out
	refused error  // why there is no connection
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(code int) {
	if a.code == 0 {
		a.code, a.sent = code, a.header.Clone()
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.body = append(a.body, p...)
	return len(p), nil
}

func (a *answer) refuse(err error) { a.refused = err }

// FlushError is looked for by [net/http.ResponseController].
func (a *answer) FlushError() error {
	a.WriteHeader(http.StatusOK)
	a.flushed = true
	return nil
}

// whole makes of it what a client gets when nothing is to follow.
func (a *answer) whole(request *http.Request) *http.Response {
	return a.response(request, io.NopCloser(bytes.NewReader(a.body)), int64(len(a.body)))
}

// response makes of it what a client gets. The length is -1 if it is not known.
func (a *answer) response(request *http.Request, body io.ReadCloser, length int64) *http.Response {
	a.WriteHeader(http.StatusOK) // a handler that wrote nothing
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", a.code, http.StatusText(a.code)),
		StatusCode:    a.code,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.sent,
		Body:          body,
		ContentLength: length,
		Request:       request,
	}
}
