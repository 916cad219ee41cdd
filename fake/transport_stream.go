// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// errEnded and errClosed are the ends that are no failure: of the handler, and
// of the client's interest.
var (
	errEnded  = io.EOF
	errClosed = errors.New("fake: read on a body that was closed")
)

// exchange is a request and its answer while both are under way: the handler
// writes in one goroutine, the client reads in another. The two meet in chunks,
// so that each waits on channels only, and the handler is never ahead of the
// client by more than what it flushed last.
type exchange struct {
	*answer // the handler's until begun or done is closed

	ctx    context.Context // ends with the request's, at Close, and with the handler
	cancel context.CancelCauseFunc
	begun  chan struct{} // closed when the head is complete
	chunks chan []byte
	done   chan struct{} // closed when the handler has ended
}

// run serves the request. It ends at the latest soon after ctx.
func (e *exchange) run(handler http.Handler, request *http.Request) {
	defer close(e.done)
	defer e.cancel(io.ErrUnexpectedEOF) // if the goroutine is ended from within, by a test that fails
	err := serve(handler, e, request, e.ctx)
	if err == nil && e.flushed {
		err = e.FlushError() // what is left
	}
	if err == nil {
		err = errEnded
	}
	e.cancel(err)
}

// FlushError hands over what was written; with nothing written, it sends the
// head.
func (e *exchange) FlushError() error {
	if !e.flushed {
		if err := e.answer.FlushError(); err != nil {
			return err
		}
		close(e.begun)
	}
	if len(e.body) == 0 {
		return context.Cause(e.ctx)
	}
	chunk := e.body
	e.body = nil
	select {
	case e.chunks <- chunk:
		return nil
	case <-e.ctx.Done():
		return context.Cause(e.ctx)
	}
}

// streamBody is the client's end of an exchange. It is for one reader; Close may
// be called at any time.
type streamBody struct {
	exchange *exchange
	rest     []byte // of the last chunk
}

func (b *streamBody) Read(p []byte) (int, error) {
	// The first of the ends is the one to tell: the handler's, which has handed
	// over everything before, the request's, or that of Close.
	ctx := b.exchange.ctx
	if len(b.rest) == 0 && len(p) > 0 {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		select {
		case b.rest = <-b.exchange.chunks:
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		}
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

// Close ends the request. When it returns, nothing of it is left.
func (b *streamBody) Close() error {
	b.exchange.cancel(errClosed)
	<-b.exchange.done
	return nil
}
