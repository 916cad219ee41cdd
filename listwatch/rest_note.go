// SPDX-License-Identifier: Apache-2.0

package listwatch

import (
	"context"
	"io"
	"net/http"
)

// note is what a transport tells of an answer, since client-go hands out the
// body alone. It travels in the context of the request.
type note struct {
	status      int
	contentType string
	// begin is how the answer begins if it is an error.
	begin []byte
}

// mostNoted is how many bytes of an answer an error shows.
const mostNoted = 200

type noteKey struct{}

func withNote(ctx context.Context, n *note) context.Context {
	return context.WithValue(ctx, noteKey{}, n)
}

// noting is the transport that does so.
type noting struct{ next http.RoundTripper }

// WrappedRoundTripper lets client-go find the transport below.
func (t noting) WrappedRoundTripper() http.RoundTripper { return t.next }

// RoundTrip implements [http.RoundTripper].
func (t noting) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(request)
	if err != nil {
		return response, err
	}
	if n, ok := request.Context().Value(noteKey{}).(*note); ok {
		*n = note{status: response.StatusCode, contentType: response.Header.Get("Content-Type")}
		if response.StatusCode >= http.StatusBadRequest && response.Body != nil {
			response.Body = &notedBody{response.Body, n}
		}
	}
	return response, nil
}

// notedBody notes how an answer begins.
type notedBody struct {
	io.ReadCloser
	note *note
}

func (b *notedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.note.begin = append(b.note.begin, p[:min(n, mostNoted-len(b.note.begin))]...)
	return n, err
}
