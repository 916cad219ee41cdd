// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// MaxFrame is the highest that [Limits].Frame can be, and its default: 16 MiB.
// Client-go makes nothing of a longer frame (apimachinery, serializer/streaming).
// No object comes near it, since etcd takes requests of up to 1.5 MiB unless told
// otherwise, and bookmarks and the rows of tables are small.
const MaxFrame = 16 << 20

// Limits say how much a server, or a proxy before it, can make a client keep in
// memory at once. All are in bytes, as they are on the wire once that has been
// decompressed; decoded it takes several times as much. The zero Limits confine
// watches only.
type Limits struct {
	// Frame is the longest frame of a watch, which is one event, the white
	// space before it included. What a server says in place of a watch, an
	// error, may not be longer either. Zero means [MaxFrame], and so does more
	// than that.
	//
	// A watch in CBOR, which client-go asks for only with a feature gate that
	// is off by default, is not confined: its frames cannot be told apart yet.
	Frame int64
	// Body is the longest body of every other answer: a page of a list, an
	// object, an error, but also a log that is followed. Zero means no limit,
	// since a list without pages may be as large as the cluster.
	Body int64
}

// LimitReads returns a copy of config with which clients read no more than the
// limits allow. Without it client-go reads a frame of a watch in JSON to its
// end, however long it is, and so it does with the body of a list:
//
//	config = listwatch.LimitReads(config, listwatch.Limits{})
//	clientset, err := kubernetes.NewForConfig(config)
//
// A list or a watch that comes to a limit ends with an error that names the
// limit; for sources of this package it is a [*LimitError]. The events before
// the frame that is too long are not lost.
//
// It costs a request a few allocations, a read none, and a watch in JSON a look
// at each byte, at some hundred times the rate at which client-go decodes it.
func LimitReads(config *rest.Config, limits Limits) *rest.Config {
	if limits.Frame <= 0 || limits.Frame > MaxFrame {
		limits.Frame = MaxFrame
	}
	result := rest.CopyConfig(config)
	result.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return &limitedTransport{next: next, limits: limits}
	})
	return result
}

// LimitError says that a server sent more than the [Limits] allow.
type LimitError struct {
	// Request is what was asked: "GET" and a path.
	Request string
	// What was too long: "JSON frame", "protobuf frame" or "body".
	What string
	// Offset is how many bytes of the answer came before it.
	Offset int64
	// Length is how long it is in bytes, if the server said so; else zero.
	Length int64
	// Limit is the limit in bytes, and Field the field of Limits that sets it.
	Limit int64
	Field string
}

func (e *LimitError) Error() string {
	length := ""
	if e.Length > 0 {
		length = fmt.Sprintf(" of %d bytes", e.Length)
	}
	return fmt.Sprintf("listwatch: %s: a %s%s, at byte %d of the answer, is longer than the limit of %d bytes; %s",
		e.Request, e.What, length, e.Offset, e.Limit, e.advice())
}

func (e *LimitError) advice() string {
	switch {
	case e.Field == fieldBody:
		return "raise Limits.Body, or list in smaller pages"
	case e.Field == fieldObject && e.Limit < MaxFrame:
		return "raise RESTOptions.MaxObject if objects may be as large as that"
	case e.Limit == MaxFrame:
		return "no higher limit is possible, so make the object smaller, or leave it out by a selector"
	}
	return "raise Limits.Frame if objects may be as large as that"
}

// The fields that a LimitError names.
const (
	fieldFrame = "Frame"
	fieldBody  = "Body"
	// of RESTOptions
	fieldObject = "MaxObject"
)

// limitedTransport confines the bodies of answers.
type limitedTransport struct {
	next   http.RoundTripper
	limits Limits
}

// WrappedRoundTripper lets client-go find the transport below.
func (t *limitedTransport) WrappedRoundTripper() http.RoundTripper { return t.next }

// RoundTrip implements [http.RoundTripper].
func (t *limitedTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(request)
	if err != nil || response.Body == nil {
		return response, err
	}
	switch {
	case response.StatusCode == http.StatusSwitchingProtocols && request.Header.Get("Upgrade") != "":
		// As was asked for, the body is a connection now, to write to as well.
	case !isWatch(request):
		if t.limits.Body > 0 {
			confine(request, response, frames.Whole, t.limits.Body, fieldBody)
		}
	case response.StatusCode != http.StatusOK:
		confine(request, response, frames.Whole, t.limits.Frame, fieldFrame)
	default:
		if kind, known := kindOf(response); known {
			confine(request, response, kind, t.limits.Frame, fieldFrame)
		}
	}
	return response, nil
}

// isWatch reads the parameter as a server does (apimachinery, runtime/conversion).
func isWatch(request *http.Request) bool {
	values, ok := request.URL.Query()["watch"]
	return ok && values[0] != "0" && !strings.EqualFold(values[0], "false")
}

// kindOf says what frames the stream has, by the media type that client-go
// chooses its decoder by. It takes JSON where there is none. Types that are not
// named here it does not read, unless it was made with a decoder for anything,
// which is hardly one for something else than JSON.
func kindOf(response *http.Response) (kind frames.Kind, known bool) {
	mediaType, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")) // empty if it is none
	switch mediaType {
	case runtime.ContentTypeCBOR, runtime.ContentTypeCBORSequence:
		return frames.Whole, false
	case runtime.ContentTypeProtobuf:
		return frames.Protobuf, true
	}
	return frames.JSON, true
}

func confine(request *http.Request, response *http.Response, kind frames.Kind, limit int64, field string) {
	response.Body = &limitedBody{
		Closer:  response.Body,
		reader:  frames.NewReader(response.Body, kind, limit),
		request: request,
		field:   field,
	}
}

// limitedBody is a body that ends at a limit.
type limitedBody struct {
	io.Closer
	reader  *frames.Reader
	request *http.Request
	field   string
}

func (b *limitedBody) Read(p []byte) (int, error) {
	n, err := b.reader.Read(p)
	if err != nil && err != io.EOF {
		err = b.explain(err)
	}
	return n, err
}

// explain says of what request a limit was exceeded, and how to raise it.
func (b *limitedBody) explain(err error) error {
	var exceeded *frames.LimitError
	if !errors.As(err, &exceeded) {
		return err
	}
	limit := &LimitError{
		Request: b.request.Method + " " + b.request.URL.Path,
		What:    exceeded.Kind.String(),
		Offset:  exceeded.Offset,
		Length:  exceeded.Length,
		Limit:   exceeded.Limit,
		Field:   b.field,
	}
	if report, ok := b.request.Context().Value(reportKey{}).(*limitReport); ok {
		report.Store(limit)
	}
	return limit
}

// limitReport is how a transport tells a source what it ended a watch with:
// client-go makes text of it. It travels in the context of the request.
type limitReport struct{ atomic.Pointer[LimitError] }

type reportKey struct{}

func withLimitReport(ctx context.Context) (context.Context, *limitReport) {
	report := new(limitReport)
	return context.WithValue(ctx, reportKey{}, report), report
}

// error is what a watch ends with where client-go says err.
func (r *limitReport) error(err error) error {
	if limit := r.Load(); limit != nil {
		return &limitedWatchError{limit, err}
	}
	return err
}

// limitedWatchError has the text of the limit, and is the error of client-go as
// well: the two may be about different things, if the server sent an error and
// then a frame that is too long.
type limitedWatchError struct {
	*LimitError
	err error
}

func (e *limitedWatchError) Unwrap() []error { return []error{e.LimitError, e.err} }
