// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"

	"k8s.io/client-go/rest"
)

// RESTConfig is the configuration of a client that calls the server in the same
// process, without a socket:
//
//	clientset := kubernetes.NewForConfigOrDie(server.RESTConfig())
//
// So clients and informers work in a bubble of testing/synctest. A request is
// served in the goroutine that makes it. A watch has one goroutine of its own,
// which hands over each event as it is read and ends with the request's context,
// or before Close of the body, which is Stop of a client's watch, returns.
//
// There is no client-side rate limit. Every call returns a new configuration,
// which belongs to the caller.
func (s *APIServer) RESTConfig() *rest.Config {
	return &rest.Config{Host: "http://fake", QPS: -1, Transport: &transport{s.Handler()}}
}

// transport calls a handler as a connection would.
type transport struct{ handler http.Handler }

// RoundTrip implements [net/http.RoundTripper].
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if err := ctx.Err(); err != nil {
		closeBody(request)
		return nil, context.Cause(ctx)
	}
	// Whatever might be a watch is taken for one: it differs in nothing else.
	if request.URL.Query().Has("watch") {
		return t.follow(request)
	}
	answer := newAnswer()
	err := serve(t.handler, answer, request, ctx)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause // nobody would wait for the answer any longer
	}
	if answer.refused != nil {
		return nil, answer.refused
	}
	if err != nil && !answer.flushed {
		return nil, io.EOF // as a client sees a connection that was closed without an answer
	}
	if err != nil {
		body := io.MultiReader(bytes.NewReader(answer.body), failing{err})
		return answer.response(request, io.NopCloser(body), -1), nil
	}
	return answer.whole(request), nil
}

// follow serves a watch in a goroutine of its own.
func (t *transport) follow(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(request.Context())
	e := &exchange{answer: newAnswer(), ctx: ctx, cancel: cancel,
		begun: make(chan struct{}), chunks: make(chan []byte), done: make(chan struct{})}
	go e.run(t.handler, request)
	select {
	case <-e.begun:
	case <-e.done:
	}
	if e.flushed {
		return e.response(request, &streamBody{exchange: e}, -1), nil
	}
	// It was over before it began: an error, mostly.
	if e.refused != nil {
		return nil, e.refused
	}
	if cause := context.Cause(request.Context()); cause != nil {
		return nil, cause
	}
	if cause := context.Cause(ctx); !errors.Is(cause, errEnded) {
		return nil, io.EOF
	}
	return e.whole(request), nil
}

// serve calls the handler, and returns an error if it broke off the answer.
func serve(handler http.Handler, w http.ResponseWriter, request *http.Request, ctx context.Context) (err error) {
	defer closeBody(request)
	defer func() {
		switch broken := recover(); broken {
		case nil:
		case http.ErrAbortHandler:
			err = io.ErrUnexpectedEOF
		default:
			panic(broken) // a mistake here, not one of the client
		}
	}()
	received := request.Clone(ctx)
	received.Host = cmp.Or(received.Host, received.URL.Host)
	received.RequestURI = request.URL.RequestURI()
	received.RemoteAddr = "127.0.0.1:0"
	if received.Body == nil {
		received.Body = http.NoBody
	}
	handler.ServeHTTP(w, received)
	return nil
}

func closeBody(request *http.Request) {
	if request.Body != nil {
		_ = request.Body.Close() // what it holds is the client's, and so is this error
	}
}

// failing is a reader of nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
