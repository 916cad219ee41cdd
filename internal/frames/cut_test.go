// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// splitter is any of those under test, which also says what memory it takes.
type splitter interface {
	frames.Splitter
	Held() int
}

// maker makes a splitter of one kind.
type maker func(body io.Reader, limit int64) splitter

func jsonFrames(body io.Reader, limit int64) splitter { return frames.NewJSONFrames(body, limit) }
func jsonList(body io.Reader, limit int64) splitter   { return frames.NewJSONList(body, limit) }
func protobufFrames(body io.Reader, limit int64) splitter {
	return frames.NewProtobufFrames(body, limit)
}
func protobufList(body io.Reader, limit int64) splitter { return frames.NewProtobufList(body, limit) }

// piece is a frames.Piece that lasts.
type piece struct {
	Text    string
	Offset  int64
	TooLong *frames.LimitError
}

// outcome is all that a splitter says of a body.
type outcome struct {
	Pieces   []piece
	Err      error
	Envelope frames.Envelope
}

// ways are how a body may come in.
var ways = map[string]func(io.Reader) io.Reader{
	"all at once":           func(r io.Reader) io.Reader { return r },
	"one byte at a time":    iotest.OneByteReader,
	"three bytes at a time": func(r io.Reader) io.Reader { return &hesitant{r: r, most: 3} },
	"data with the end":     iotest.DataErrReader,
	"reads of nothing":      func(r io.Reader) io.Reader { return &hesitant{r: r, most: 7, idle: true} },
}

// hesitant reads a few bytes at a time, and nothing every other time if it is idle.
type hesitant struct {
	r    io.Reader
	most int
	idle bool
	odd  bool
}

func (h *hesitant) Read(p []byte) (int, error) {
	if h.odd = !h.odd; h.idle && h.odd {
		return 0, nil
	}
	return h.r.Read(p[:min(len(p), h.most)])
}

// cut has a body cut, in all ways that it may come in, and returns what comes of
// it, which is the same for all of them.
func cut(t *testing.T, make maker, body []byte, limit int64) outcome {
	t.Helper()
	want := cutOnce(t, make(bytes.NewReader(body), limit), body, limit)
	for name, way := range ways {
		got := cutOnce(t, make(way(bytes.NewReader(body)), limit), body, limit)
		if diff := differences(want, got); diff != "" {
			t.Fatalf("%s (-all at once +got):\n%s\nof %.1000q", name, diff, body)
		}
	}
	return want
}

func cutOnce(t *testing.T, s splitter, body []byte, limit int64) (got outcome) {
	t.Helper()
	held := max(4*limit, frames.OrdinaryWindow)
	for range len(body) + 1 {
		next, err := s.Next()
		if s.Held() > int(held) {
			t.Fatalf("%d bytes of memory are held for a limit of %d bytes", s.Held(), limit)
		}
		if err != nil {
			got.Err = err
			if list, ok := s.(frames.ListSplitter); ok {
				got.Envelope = *list.Envelope()
			}
			checkError(t, err, body, limit)
			return got
		}
		checkPiece(t, next, body, limit)
		got.Pieces = append(got.Pieces, piece{string(next.Bytes), next.Offset, next.TooLong})
	}
	t.Fatalf("%d bytes are cut into more pieces than that: %.1000q", len(body), body)
	return got
}

// checkPiece compares a piece with the bytes that it says it is.
func checkPiece(t *testing.T, got frames.Piece, body []byte, limit int64) {
	t.Helper()
	if !bytes.HasPrefix(body[got.Offset:], got.Bytes) {
		t.Fatalf("%.1000q is not at byte %d of %.1000q", got.Bytes, got.Offset, body)
	}
	switch {
	case got.TooLong == nil && int64(len(got.Bytes)) > limit:
		t.Fatalf("a piece of %d bytes, with a limit of %d", len(got.Bytes), limit)
	case got.TooLong == nil:
		return
	case int64(len(got.Bytes)) != min(limit, frames.KeptOfTooLong):
		t.Fatalf("%d bytes are left of a piece that is too long, with a limit of %d", len(got.Bytes), limit)
	}
	if want := got.TooLong; want.Limit != limit || want.Offset != got.Offset || want.Length != 0 && want.Length <= limit {
		t.Fatalf("%+v, with a limit of %d", want, limit)
	}
}

// checkError checks what each error has to say, and that none is as long as what
// it is about.
func checkError(t *testing.T, err error, body []byte, limit int64) {
	t.Helper()
	var syntax *frames.SyntaxError
	var tooLong *frames.LimitError
	switch {
	case err == io.EOF, err == io.ErrUnexpectedEOF:
	case errors.As(err, &syntax):
		if syntax.Offset > int64(len(body)) || syntax.Want == "" || len(err.Error()) > 400 {
			t.Fatalf("%.1000v", err)
		}
	case errors.As(err, &tooLong):
		if tooLong.Limit != limit || tooLong.Length != 0 && tooLong.Length <= limit {
			t.Fatal(err)
		}
	default:
		t.Fatalf("%T: %v", err, err)
	}
}

func differences(want, got outcome) string {
	if !sameError(want.Err, got.Err) {
		return fmt.Sprintf("- %v\n+ %v\n", want.Err, got.Err)
	}
	want.Err, got.Err = nil, nil
	return cmp.Diff(want, got)
}

// sameError compares errors. How much a syntax error shows depends on how much
// has come.
func sameError(x, y error) bool {
	var a, b *frames.SyntaxError
	if errors.As(x, &a) && errors.As(y, &b) {
		return a.Offset == b.Offset && a.Want == b.Want
	}
	return x.Error() == y.Error()
}

// texts returns the pieces without where they were.
func texts(pieces []piece) (all []string) {
	for _, p := range pieces {
		all = append(all, p.Text)
	}
	return all
}

// checkList compares the items of a list, and what stands around them.
func checkList(t *testing.T, make maker, body []byte, limit int64, want []string, of frames.Envelope) {
	t.Helper()
	got := cut(t, make, body, limit)
	if diff := cmp.Diff(want, texts(got.Pieces)); diff != "" || got.Err != io.EOF {
		t.Errorf("%v (-want +got):\n%s", got.Err, diff)
	}
	if diff := cmp.Diff(of, got.Envelope); diff != "" {
		t.Errorf("envelope (-want +got):\n%s", diff)
	}
}

// checkRefused compares the error for a body that is no list.
func checkRefused(t *testing.T, make maker, body []byte, limit int64, want string) {
	t.Helper()
	if diff := cmp.Diff(want, cut(t, make, body, limit).Err.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// behind compares the first pieces with all that the reference has, and returns
// those behind them.
func behind(t *testing.T, want, got outcome, body []byte) []piece {
	t.Helper()
	if len(got.Pieces) < len(want.Pieces) {
		t.Fatalf("%d pieces before %v, want %d before %v, of %q", len(got.Pieces), got.Err, len(want.Pieces), want.Err, body)
	}
	if diff := cmp.Diff(want.Pieces, got.Pieces[:len(want.Pieces)], cmpopts.EquateEmpty()); diff != "" {
		t.Fatalf("(-want +got):\n%s\nof %q", diff, body)
	}
	return got.Pieces[len(want.Pieces):]
}
