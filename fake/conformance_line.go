// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/store"
)

// errCut ends what is on a line that is cut.
var errCut = errors.New("fake: the line was cut")

// line is what the clients of informers talk over. It works as their transports
// do, so that it makes the same bad days with every server.
type line struct {
	board // guards what follows

	requests []Request
	traffic  map[*traffic]struct{} // requests that are not over yet
	holding  bool
	repeats  bool // each event is sent twice
	answers  answers
	listen   func() // called when a list has been read, before its end is handed on; may be nil
}

// answers answers requests in the server's stead, those for which it returns
// something. Nil leaves all of them to the server.
type answers func(Request) (*http.Response, error)

func (a answers) to(request Request) (*http.Response, error) {
	if a == nil {
		return nil, nil
	}
	return a(request)
}

// traffic is one request that is under way.
type traffic struct {
	*line
	verb   string
	ctx    context.Context
	cancel context.CancelCauseFunc
	body   io.ReadCloser
}

// wire is the transport of one client of the line.
type wire struct {
	*line
	next http.RoundTripper
}

// RoundTrip implements [net/http.RoundTripper].
func (w wire) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(request.Context())
	t := &traffic{line: w.line, ctx: ctx, cancel: cancel}
	asked := w.take(t, request)
	t.verb = asked.Verb
	response, err := t.answer(w.next, request, asked)
	if err != nil {
		t.over()
		return nil, err
	}
	t.body = response.Body
	if asked.Verb == verbWatch {
		t.body = &repeater{ReadCloser: response.Body, on: w.repeating}
	}
	response.Request, response.Body = request, t
	return response, nil
}

func (t *traffic) answer(server http.RoundTripper, request *http.Request, asked Request) (*http.Response, error) {
	answers, err := t.admit(t.ctx)
	if err != nil {
		closeBody(request)
		return nil, t.failure(err)
	}
	response, err := answers.to(asked)
	if response != nil || err != nil {
		closeBody(request)
		return response, err
	}
	if response, err = server.RoundTrip(request.WithContext(t.ctx)); err != nil {
		return nil, t.failure(err)
	}
	return response, nil
}

// take writes a request down.
func (l *line) take(t *traffic, request *http.Request) Request {
	asked := requestOf(request)
	asked.Time = time.Now()
	l.change(func() {
		l.requests = append(l.requests, asked)
		if l.traffic == nil {
			l.traffic = map[*traffic]struct{}{}
		}
		l.traffic[t] = struct{}{}
	})
	return asked
}

// admit waits until the line is not held up.
func (l *line) admit(ctx context.Context) (answers answers, err error) {
	err = l.await(ctx, func() bool {
		answers = l.answers
		return !l.holding
	})
	return answers, err
}

// failure is what a client sees of an error.
func (t *traffic) failure(err error) error {
	if context.Cause(t.ctx) == errCut {
		return io.ErrUnexpectedEOF
	}
	return err
}

// over is the end of the request, however it came.
func (t *traffic) over() {
	t.cancel(nil)
	t.change(func() { delete(t.traffic, t) })
}

// Read implements [io.Reader].
func (t *traffic) Read(p []byte) (int, error) {
	n, err := t.body.Read(p)
	if t.endsList(p[:n], err) {
		t.heard()
	}
	if context.Cause(t.ctx) == errCut {
		// What was read after the cut may be news that a server sent which knows
		// nothing of it.
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

// endsList says whether the last of a list has been read: of a plain one the end
// of the body, of a streaming one a certain bookmark.
func (t *traffic) endsList(read []byte, err error) bool {
	return t.verb == verbList && err == io.EOF || bytes.Contains(read, []byte(metav1.InitialEventsAnnotationKey))
}

func (t *traffic) heard() {
	var listen func()
	t.read(func() { listen = t.listen })
	if listen != nil {
		listen()
	}
}

// Close implements [io.Closer].
func (t *traffic) Close() error {
	err := t.body.Close()
	t.over()
	return err
}

// cut ends everything that is under way, as a broken network does: nothing that
// is written from now on will be read. What is asked after that is served.
func (l *line) cut() { l.end(false) }

// hold cuts the line, and keeps what is asked after that waiting until release.
func (l *line) hold() { l.end(true) }

func (l *line) end(hold bool) {
	l.change(func() {
		l.holding = hold
		for t := range l.traffic {
			t.cancel(errCut)
		}
	})
}

func (l *line) release() { l.change(func() { l.holding = false }) }

// answer has requests answered in the server's stead, from now on.
func (l *line) answer(f answers) { l.change(func() { l.answers = f }) }

// repeat has each event from now on sent twice.
func (l *line) repeat() { l.change(func() { l.repeats = true }) }

func (l *line) repeating() (on bool) {
	l.board.read(func() { on = l.repeats })
	return on
}

// asked returns the requests so far.
func (l *line) asked() (requests []Request) {
	l.board.read(func() { requests = slices.Clone(l.requests) })
	return requests
}

// requestOf reads a request as a server does. What it cannot read is empty: the
// server will say so.
func requestOf(r *http.Request) Request {
	version, parts, _ := cutVersion(r.URL.Path)
	c := call{verb: strings.ToLower(r.Method), query: r.URL.Query()}
	if inNamespace(parts) {
		c.key.Namespace, parts = parts[1], parts[2:]
	}
	if len(parts) > 0 {
		c.resource = version.WithResource(parts[0])
	}
	if len(parts) > 1 {
		c.key = store.Key{Namespace: c.key.Namespace, Name: parts[1]}
	}
	_ = metav1.Convert_url_Values_To_v1_ListOptions(&c.query, &c.options, nil)
	if r.Method == http.MethodGet && c.key.Name == "" {
		c.verb = verbList
		if c.options.Watch {
			c.verb = verbWatch
		}
	}
	return c.request()
}
