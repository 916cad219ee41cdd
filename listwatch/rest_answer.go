// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/url"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// answer is what came back for a request.
type answer struct {
	io.ReadCloser
	note
	verb     string
	resource schema.GroupVersionResource
	url      *url.URL
}

// list returns what cuts the answer into items.
func (a *answer) list(limit int64) (frames.ListSplitter, error) {
	switch a.encoding() {
	case inJSON:
		return frames.NewJSONList(a, limit), nil
	case inProtobuf:
		return frames.NewProtobufList(a, limit), nil
	case inCBOR:
		return frames.NewCBORList(a, limit), nil
	}
	return nil, a.foreign()
}

// frames returns what cuts the answer into the frames of a watch.
func (a *answer) frames(limit int64) (frames.Splitter, error) {
	switch a.encoding() {
	case inJSON:
		return frames.NewJSONFrames(a, limit), nil
	case inProtobuf:
		return frames.NewProtobufFrames(a, limit), nil
	case inCBOR:
		return frames.NewCBORFrames(a, limit), nil
	}
	return nil, a.foreign()
}

// encoding is how an answer is encoded.
type encoding uint8

const (
	inNone encoding = iota // that is known
	inJSON
	inProtobuf
	inCBOR
)

// encoding reads the media type. As in client-go, none means JSON.
func (a *answer) encoding() encoding {
	if a.contentType == "" {
		return inJSON
	}
	mediaType, _, _ := mime.ParseMediaType(a.contentType) // empty if it is none
	switch mediaType {
	case runtime.ContentTypeJSON:
		return inJSON
	case runtime.ContentTypeProtobuf:
		return inProtobuf
	case runtime.ContentTypeCBOR, runtime.ContentTypeCBORSequence:
		return inCBOR
	}
	return inNone
}

// foreign is the error for an answer that no API server gives.
func (a *answer) foreign() error {
	begin, _ := io.ReadAll(io.LimitReader(a, mostNoted)) // as much as there is
	a.begin = begin
	a.Close()
	return a.failed(fmt.Errorf("an answer of type %q, which is none that was asked for", a.contentType))
}

// failed is the error of a request that has no answer, or a bad one.
func (a *answer) failed(err error) error {
	return &RequestError{
		Verb: a.verb, Resource: a.resource, URL: a.url.String(),
		Status: a.status, Body: string(a.begin), Err: err,
	}
}

// broken is the error of an answer that does not come to its proper end.
func (a *answer) broken(err error) error {
	var tooLong *frames.LimitError
	if errors.As(err, &tooLong) {
		err = a.limited(tooLong)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("listwatch: %s %s: %w", a.verb, a.resource.GroupResource(), err)
	}
	return a.failed(fmt.Errorf("read the answer: %w", err))
}

// ended is the error that a server ends a watch with.
func (a *answer) ended(err error) error { return a.failed(err) }

// limited says of what request a limit was exceeded, and how to raise it.
func (a *answer) limited(tooLong *frames.LimitError) *LimitError {
	return &LimitError{
		Request: "GET " + a.url.Path, What: tooLong.Kind.String(),
		Offset: tooLong.Offset, Length: tooLong.Length, Limit: tooLong.Limit, Field: fieldObject,
	}
}
