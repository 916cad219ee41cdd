// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// message is a protobuf frame with a message of that length.
func message(length int) string {
	return string([]byte{byte(length >> 24), byte(length >> 16), byte(length >> 8), byte(length)}) + strings.Repeat("m", length)
}

func TestReader(t *testing.T) {
	long := strings.Repeat("x", 100)
	tests := []struct {
		name   string
		kind   frames.Kind
		stream string
		want   string // what passes a limit of 10 bytes
		err    *frames.LimitError
	}{
		{name: "nothing", kind: frames.JSON},
		{name: "objects", kind: frames.JSON, stream: "{\"a\":\"b\"}\n{\"c\":10}\n{}{}{}{}{}{} []\n"},
		{name: "cut in a frame", kind: frames.JSON, stream: `{"a":1}{"b"`},
		{name: "as long as the limit", kind: frames.JSON, stream: `{"a":1234}{"a":1234}`},
		{name: "brackets in strings", kind: frames.JSON, stream: `{"}{":1}{"\"}":2}["\\"]["]"]`},
		{name: "brackets that close nothing", kind: frames.JSON, stream: `}]{}}]{}}]{}`},
		{
			name: "one byte too long", kind: frames.JSON, stream: `{"a":1}{"a":12345}{}`,
			want: `{"a":1}{"a":12345`,
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10, Offset: 7},
		},
		{
			name: "white space counts", kind: frames.JSON, stream: "{}\n       {}\n        {}",
			want: "{}\n       {}\n        {",
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10, Offset: 12},
		},
		{
			name: "an escaped quote ends no string", kind: frames.JSON, stream: `{"\"}{}{}{}{}{}`,
			want: `{"\"}{}{}{`,
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10},
		},
		{
			name: "objects in an array", kind: frames.JSON, stream: `[{},{},{},{},{}]`,
			want: `[{},{},{},`,
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10},
		},
		{
			name: "objects in a string", kind: frames.JSON, stream: `"{}{}{}{}{}{}"`,
			want: `"{}{}{}{}{`,
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10},
		},
		{
			name: "no JSON", kind: frames.JSON, stream: "{}" + long,
			want: "{}xxxxxxxxxx",
			err:  &frames.LimitError{Kind: frames.JSON, Limit: 10, Offset: 2},
		},
		{name: "messages", kind: frames.Protobuf, stream: message(3) + message(0) + message(10) + message(10)},
		{name: "cut in a length", kind: frames.Protobuf, stream: message(3) + "\x00\x00"},
		{name: "cut in a message", kind: frames.Protobuf, stream: message(10)[:8]},
		{
			name: "message too long", kind: frames.Protobuf, stream: message(3) + message(11),
			want: message(3) + "\x00\x00\x00\x0b",
			err:  &frames.LimitError{Kind: frames.Protobuf, Limit: 10, Offset: 7, Length: 11},
		},
		{
			name: "greatest length", kind: frames.Protobuf, stream: "\xff\xff\xff\xff" + long,
			want: "\xff\xff\xff\xff",
			err:  &frames.LimitError{Kind: frames.Protobuf, Limit: 10, Length: 1<<32 - 1},
		},
		{name: "body", kind: frames.Whole, stream: `{}{}{}{}{}`},
		{
			name: "body too long", kind: frames.Whole, stream: `{}{}{}{}{}{}`,
			want: `{}{}{}{}{}`,
			err:  &frames.LimitError{Kind: frames.Whole, Limit: 10},
		},
	}
	for _, test := range tests {
		for name, chunked := range map[string]func(io.Reader) io.Reader{
			"one byte at a time":    iotest.OneByteReader,
			"half of what is asked": iotest.HalfReader,
			"data with the end":     iotest.DataErrReader,
			"all at once":           func(r io.Reader) io.Reader { return r },
		} {
			t.Run(test.name+"/"+name, func(t *testing.T) {
				want := test.want
				if test.err == nil {
					want = test.stream
				}
				reader := frames.NewReader(chunked(strings.NewReader(test.stream)), test.kind, 10)
				got, err := io.ReadAll(reader)
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Errorf("passed on (-want +got):\n%s", diff)
				}
				var exceeded *frames.LimitError
				if errors.As(err, &exceeded); err != nil && exceeded == nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.err, exceeded); diff != "" {
					t.Errorf("error (-want +got):\n%s", diff)
				}
				if n, again := reader.Read(make([]byte, 10)); err != nil && (n != 0 || again != err) {
					t.Errorf("the next Read returned %d, %v; want the same error and nothing more", n, again)
				}
			})
		}
	}
}

func TestReaderPassesErrorsOfTheBodyOn(t *testing.T) {
	broken := errors.New("broken")
	body := io.MultiReader(strings.NewReader(`{"a":`), iotest.ErrReader(broken))
	got, err := io.ReadAll(frames.NewReader(body, frames.JSON, 10))
	if string(got) != `{"a":` || err != broken {
		t.Errorf("read %q, %v; want all of it and the error of the body", got, err)
	}
}

func TestReaderWithoutALimitAboveZero(t *testing.T) {
	for _, limit := range []int64{0, -1} {
		got, err := io.ReadAll(frames.NewReader(strings.NewReader("{}"), frames.JSON, limit))
		var exceeded *frames.LimitError
		if len(got) != 0 || !errors.As(err, &exceeded) || exceeded.Limit != 0 {
			t.Errorf("limit %d: %q passed, %v; want nothing and an error that says so", limit, got, err)
		}
	}
}

func TestLimitErrorText(t *testing.T) {
	const advice = "is longer than the limit of 10 bytes; give NewReader a larger limit if this is meant to pass"
	for want, err := range map[string]*frames.LimitError{
		"frames: a JSON frame, at byte 7, " + advice:                   {Kind: frames.JSON, Limit: 10, Offset: 7},
		"frames: a protobuf frame of 4096 bytes, at byte 0, " + advice: {Kind: frames.Protobuf, Limit: 10, Length: 4096},
		"frames: a body, at byte 0, " + advice:                         {Kind: frames.Whole, Limit: 10},
	} {
		if got := err.Error(); got != want {
			t.Errorf("text = %s\nwant %s", got, want)
		}
	}
}

func TestReaderAllocatesNothingPerRead(t *testing.T) {
	for _, kind := range []frames.Kind{frames.Whole, frames.JSON, frames.Protobuf} {
		reader := frames.NewReader(&repeated{stream: streams[kind]}, kind, 1<<62)
		buffer := make([]byte, 4096)
		allocs := testing.AllocsPerRun(100, func() {
			if n, err := reader.Read(buffer); n == 0 || err != nil {
				t.Fatal(n, err)
			}
		})
		if allocs != 0 {
			t.Errorf("%v: %v allocations per Read", kind, allocs)
		}
	}
}

// streams are watches of some events, of the shape and length of pods.
var streams = map[frames.Kind]string{
	frames.Whole:    strings.Repeat("x", 3000),
	frames.JSON:     podEvent("web-0") + podEvent("web-1") + podEvent("web-2"),
	frames.Protobuf: message(1500) + message(1600),
}

func podEvent(name string) string {
	var fields strings.Builder
	for i := range 40 {
		fmt.Fprintf(&fields, `{"name":"container-%d","image":"registry.example.com/shop/%s@sha256:0123456789abcdef","args":["--level=%d","-c","echo \"hi\""]},`, i, name, i)
	}
	return `{"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"` + name + `","resourceVersion":"12345"},"spec":{"containers":[` + fields.String() + `{}]}}}` + "\n"
}

// repeated is a stream that begins again where it ends.
type repeated struct {
	stream string
	at     int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.stream[r.at:])
	r.at = (r.at + n) % len(r.stream)
	return n, nil
}

// What following the frames adds to each byte; "body" only counts.
func BenchmarkReader(b *testing.B) {
	for _, kind := range []frames.Kind{frames.Whole, frames.JSON, frames.Protobuf} {
		b.Run("kind="+strings.ReplaceAll(kind.String(), " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			buffer := make([]byte, 32<<10)
			reader := frames.NewReader(&repeated{stream: strings.Repeat(streams[kind], 100)}, kind, 1<<62)
			b.SetBytes(int64(len(buffer)))
			for b.Loop() {
				if _, err := io.ReadFull(reader, buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
