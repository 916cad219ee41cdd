// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/typedinformer/typedinformer/internal/frames"
)

func TestProtobufFrames(t *testing.T) {
	m := func(length int) string { return strings.Repeat("m", length) }
	tests := []struct {
		name string
		body string
		want []string
		err  error
	}{
		{name: "nothing", err: io.EOF},
		{name: "messages", body: message(3) + message(0) + message(1000), want: []string{m(3), "", m(1000)}, err: io.EOF},
		{name: "too long", body: message(1) + message(9000) + message(2), want: []string{m(1), m(1000), m(2)}, err: io.EOF},
		{name: "cut in a length", body: message(3) + "\x00\x00", want: []string{m(3)}, err: io.ErrUnexpectedEOF},
		{name: "cut behind a length", body: message(3)[:4], err: io.ErrUnexpectedEOF},
		{name: "cut in a message", body: message(3)[:6], err: io.ErrUnexpectedEOF},
		{name: "cut where it is too long", body: message(9000)[:8000], err: io.ErrUnexpectedEOF},
		{name: "HTML", body: "<html>", err: io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := cut(t, protobufFrames, []byte(test.body), 1000)
			if diff := cmp.Diff(test.want, texts(got.Pieces)); diff != "" || got.Err != test.err {
				t.Errorf("%v, want %v (-want +got):\n%s", got.Err, test.err, diff)
			}
			checkProtobufFrames(t, []byte(test.body), 1000)
		})
	}
}

// FuzzProtobufFrames compares the frames with what the lengths in the body say.
func FuzzProtobufFrames(f *testing.F) {
	for _, body := range []string{"", message(3) + message(0) + message(9), message(9)[:7], "\xff\xff\xff\xff....", "\x00\x00", message(300)} {
		f.Add([]byte(body), uint16(1000))
		f.Add([]byte(body), uint16(4))
	}
	f.Fuzz(func(t *testing.T, body []byte, limit uint16) { checkProtobufFrames(t, body, int64(limit)) })
}

func checkProtobufFrames(t *testing.T, body []byte, limit int64) {
	t.Helper()
	want := outcome{Err: io.EOF}
	for rest, at := body, int64(0); len(rest) > 0; rest = body[at:] {
		if len(rest) < 4 || int64(len(rest)-4) < int64(binary.BigEndian.Uint32(rest)) {
			want.Err = io.ErrUnexpectedEOF
			break
		}
		length := int64(binary.BigEndian.Uint32(rest))
		want.addPiece(rest[4:4+length], at+4, frames.LimitError{Kind: frames.Protobuf, Limit: limit, Length: length})
		at += 4 + length
	}
	got := cut(t, protobufFrames, body, limit)
	if diff := cmp.Diff(want.Pieces, got.Pieces, cmpopts.EquateEmpty()); diff != "" || got.Err != want.Err {
		t.Fatalf("%v, want %v (-want +got):\n%s\nof %q", got.Err, want.Err, diff, body)
	}
}
