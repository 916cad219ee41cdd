// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// FuzzReader compares what passes a Reader with what a slow reference lets pass,
// for any stream, limit, and length of the pieces that it is read in.
func FuzzReader(f *testing.F) {
	for _, stream := range []string{
		`{"a":"b"}` + "\n" + `{"c":[1,2,{}]}`, `{"\"}{":"\\"}`, `[[{}]]"}{"{}`, `}{]{`, `1 2 "x" {}`, `{"a":1}{"a":`, "\"\\",
	} {
		f.Add([]byte(stream), uint8(frames.JSON), uint16(8), uint8(3))
		f.Add([]byte(stream), uint8(frames.Whole), uint16(8), uint8(3))
	}
	f.Add([]byte(message(3)+message(0)+message(9)), uint8(frames.Protobuf), uint16(8), uint8(3))
	f.Add([]byte("\xff\xff\xff\xff...."), uint8(frames.Protobuf), uint16(8), uint8(1))
	f.Fuzz(func(t *testing.T, stream []byte, kind uint8, limit uint16, piece uint8) {
		k, l, p := frames.Kind(kind%3), int64(limit)+1, int(piece)+1
		var whole []byte
		var wholeErr *frames.LimitError
		for _, size := range []int{p, len(stream) + 1} {
			got, err := readPieces(t, frames.NewReader(bytes.NewReader(stream), k, l), size)
			if !bytes.HasPrefix(stream, got) || err == nil && len(got) != len(stream) {
				t.Fatalf("in pieces of %d: passed %q, %v", size, got, err)
			}
			if whole == nil {
				whole, wholeErr = got, err
			}
			if diff := cmp.Diff(wholeErr, err); diff != "" || !bytes.Equal(whole, got) {
				t.Fatalf("in pieces of %d bytes: %q, %v; in pieces of %d: %q, %v", p, whole, wholeErr, size, got, err)
			}
		}
		switch k {
		case frames.Whole:
			checkPassed(t, stream, whole, wholeErr, l, nil, true)
		case frames.JSON:
			ends, sound := jsonEnds(stream)
			checkPassed(t, stream, whole, wholeErr, l, ends, sound)
			checkHeld(t, stream, l)
		case frames.Protobuf:
			checkMessages(t, stream, whole, wholeErr, l)
		}
	})
}

// readPieces reads all there is, with a buffer of that size.
func readPieces(t *testing.T, reader io.Reader, size int) (all []byte, exceeded *frames.LimitError) {
	buffer := make([]byte, size)
	all = []byte{}
	for {
		n, err := reader.Read(buffer)
		all = append(all, buffer[:n]...)
		if err == io.EOF || errors.As(err, &exceeded) {
			return all, exceeded
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// jsonEnds returns where encoding/json's Decoder sees objects and arrays end,
// and whether it found the whole stream sound. A value that is cut is sound.
func jsonEnds(stream []byte) (ends []int64, sound bool) {
	decoder := json.NewDecoder(bytes.NewReader(stream))
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return ends, err == io.EOF || err == io.ErrUnexpectedEOF
		}
		if value[0] == '{' || value[0] == '[' {
			ends = append(ends, decoder.InputOffset())
		}
	}
}

// checkPassed compares with frames that end at ends. Where the stream is not
// sound, nothing is known of the frames after the last one.
func checkPassed(t *testing.T, stream, got []byte, err *frames.LimitError, limit int64, ends []int64, sound bool) {
	t.Helper()
	begin := int64(0)
	for _, end := range append(ends, int64(len(stream))) {
		if known := sound || end != int64(len(stream)); known && end-begin > limit {
			if int64(len(got)) != begin+limit || err == nil || err.Offset != begin || err.Limit != limit {
				t.Fatalf("passed %d bytes of %q, %v; want %d of the frame at %d", len(got), stream, err, limit, begin)
			}
			return
		}
		if err != nil && err.Offset < end && end-begin <= limit {
			t.Fatalf("%v: no frame in %q is longer up to %d", err, stream, end)
		}
		begin = end
	}
}

// checkHeld checks what all of this is for: how much of the stream a decoder
// has to hold before it has a value or an error.
func checkHeld(t *testing.T, stream []byte, limit int64) {
	t.Helper()
	counted := &counter{r: iotest.OneByteReader(frames.NewReader(bytes.NewReader(stream), frames.JSON, limit))}
	decoder := json.NewDecoder(counted)
	for {
		begin := decoder.InputOffset()
		var value json.RawMessage
		err := decoder.Decode(&value)
		if held := counted.n - begin; held > limit+1 { // it may have to see what comes after a number
			t.Fatalf("the decoder held %d bytes of %q at %d, %v", held, stream, begin, err)
		}
		if err != nil {
			return
		}
	}
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func checkMessages(t *testing.T, stream, got []byte, err *frames.LimitError, limit int64) {
	t.Helper()
	at := int64(0)
	for rest := stream; len(rest) >= 4; rest = stream[at:] {
		length := int64(binary.BigEndian.Uint32(rest))
		if length > limit {
			if int64(len(got)) != at+4 || err == nil || err.Offset != at || err.Length != length {
				t.Fatalf("passed %d bytes of %q, %v; want none of the message of %d bytes at %d", len(got), stream, err, length, at)
			}
			return
		}
		at += 4 + min(length, int64(len(rest)-4))
	}
	if err != nil {
		t.Fatalf("%v: no message in %q is longer", err, stream)
	}
}
