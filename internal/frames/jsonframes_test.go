// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/frames"
)

func TestJSONFrames(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 10_000) + `"}`
	tests := []struct {
		name string
		body string
		want []string
		err  string // empty for io.EOF
	}{
		{name: "nothing"},
		{name: "white space", body: " \r\n\t"},
		{name: "as servers write it", body: "{\"a\":1}\n{\"b\":[{}]}\n", want: []string{`{"a":1}`, `{"b":[{}]}`}},
		{name: "with nothing between", body: `{}{"a":"}"}{"\"":{}}`, want: []string{`{}`, `{"a":"}"}`, `{"\"":{}}`}},
		{name: "too long", body: `{}` + long + `{"b":1}`, want: []string{`{}`, long[:frames.KeptOfTooLong], `{"b":1}`}},
		{name: "with nothing wrong but what is within", body: `{1}{tru}{"a"}`, want: []string{`{1}`, `{tru}`, `{"a"}`}},
		{name: "an array", body: `{}[]`, want: []string{`{}`}, err: `frames: byte 2: want a JSON object, got "[]"`},
		{name: "a comma", body: `{},{}`, want: []string{`{}`}, err: `frames: byte 2: want a JSON object, got ",{}"`},
		{name: "HTML", body: "\n<html>" + long, err: `frames: byte 1: want a JSON object, got "<html>{\"a\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxx"`},
		{name: "cut", body: `{}{"a":"b`, want: []string{`{}`}, err: "unexpected EOF"},
		{name: "cut where it is too long", body: long[:9000], err: "unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := cut(t, jsonFrames, []byte(test.body), 8000)
			if diff := cmp.Diff(test.want, texts(got.Pieces)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if want := (map[bool]string{true: "EOF", false: test.err})[test.err == ""]; got.Err.Error() != want {
				t.Errorf("error = %v\nwant    %s", got.Err, want)
			}
			checkJSONFrames(t, []byte(test.body), 8000)
		})
	}
}

func TestTruncatedJSONFrames(t *testing.T) {
	const body = `{"a":"b\"}","c":[{}]}`
	for length := 1; length < len(body); length++ {
		if got := cut(t, jsonFrames, []byte(body[:length]), 1000); got.Err != io.ErrUnexpectedEOF {
			t.Errorf("after %q: %v", body[:length], got.Err)
		}
	}
}

// FuzzJSONFrames compares the frames with what encoding/json's decoder reads.
func FuzzJSONFrames(f *testing.F) {
	for _, body := range []string{
		"{\"a\":1}\n{\"b\":[{}]}\n", `{}{"a":"}"}{"\"":{}}`, `{1}{}`, `{}[]`, `{"a":"b`, `{]`, `1`, "\"\\", `{"\\":"\\"} {}`, ` `,
	} {
		f.Add([]byte(body), uint16(4))
		f.Add([]byte(body), uint16(1000))
	}
	f.Fuzz(func(t *testing.T, body []byte, limit uint16) { checkJSONFrames(t, body, int64(limit)) })
}

func checkJSONFrames(t *testing.T, body []byte, limit int64) {
	t.Helper()
	got := cut(t, jsonFrames, body, limit)
	want := referenceOfJSONFrames(body, limit)
	rest := behind(t, want, got, body)
	switch {
	case want.Err == io.EOF && (len(rest) > 0 || got.Err != io.EOF):
		t.Fatalf("also %+v and %v, of %q", rest, got.Err, body)
	case want.Err == io.EOF:
	case len(rest) > 0 && rest[0].TooLong == nil && json.Valid([]byte(rest[0].Text)):
		t.Fatalf("also %+v, want %v, of %q", rest, want.Err, body)
	case len(rest) == 0 && got.Err == io.EOF:
		t.Fatalf("no error, want %v, of %q", want.Err, body)
	}
}

func referenceOfJSONFrames(body []byte, limit int64) (want outcome) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	for {
		var frame json.RawMessage
		if want.Err = decoder.Decode(&frame); want.Err != nil {
			return want
		}
		if frame[0] != '{' {
			want.Err = errors.New("no object")
			return want
		}
		want.addPiece(frame, decoder.InputOffset()-int64(len(frame)), frames.LimitError{Kind: frames.JSON, Limit: limit})
	}
}
