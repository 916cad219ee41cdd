// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/frames"
)

// body is one that a splitter of that kind cuts into the pieces.
type body struct {
	maker maker
	of    func(t testing.TB, pieces []string) []byte
}

var bodies = map[string]body{
	"JSON frames": {jsonFrames, func(_ testing.TB, pieces []string) []byte { return []byte(strings.Join(pieces, "\n")) }},
	"JSON list": {jsonList, func(_ testing.TB, pieces []string) []byte {
		return []byte(`{"kind":"List","items":[` + strings.Join(pieces, ",\n") + `],"metadata":{}}`)
	}},
	"protobuf frames": {protobufFrames, func(_ testing.TB, pieces []string) []byte {
		var all bytes.Buffer
		for _, piece := range pieces {
			all.WriteString(message(len(piece))[:4] + piece)
		}
		return all.Bytes()
	}},
	"protobuf list": {protobufList, func(t testing.TB, pieces []string) []byte {
		var all bytes.Buffer
		for _, piece := range pieces {
			all.Write(field(2, []byte(piece)))
		}
		return wrap(t, "List", all.Bytes())
	}},
}

// ofLength is a JSON object of that many bytes, which are not all the same.
func ofLength(length int) string {
	text := strings.Repeat(fmt.Sprintf("%d}", length), length/2)
	return `{"a":"` + text[:length-len(`{"a":""}`)] + `"}`
}

// Wherever pieces of any length lie across the reads, they stay what they are,
// and the memory is what the limit allows (see cut).
func TestPiecesOfAllLengths(t *testing.T) {
	const limit = 50_000
	random := rand.New(rand.NewPCG(1, 2))
	var pieces, want []string
	for range 60 {
		piece := ofLength(8 + random.IntN(1<<random.IntN(17)))
		pieces = append(pieces, piece)
		if len(piece) > limit {
			piece = piece[:frames.KeptOfTooLong]
		}
		want = append(want, piece)
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			got := cut(t, body.maker, body.of(t, pieces), limit)
			if diff := cmp.Diff(want, texts(got.Pieces)); diff != "" || got.Err != io.EOF {
				t.Errorf("%v (-want +got):\n%.1000s", got.Err, diff)
			}
		})
	}
}

// What is skipped is not held.
func TestMemoryForAPieceThatIsFarTooLong(t *testing.T) {
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			data := body.of(t, []string{`{}`, ofLength(1 << 20), `{"b":1}`})
			got := cutOnce(t, body.maker(bytes.NewReader(data), 1000), data, 1000)
			if len(got.Pieces) != 3 || got.Pieces[1].TooLong == nil || got.Pieces[2].Text != `{"b":1}` || got.Err != io.EOF {
				t.Errorf("%.1000v", got)
			}
		})
	}
}

// A piece is there before anything is read that comes behind it: a watch may be
// quiet for minutes.
func TestAPieceIsNotKeptBack(t *testing.T) {
	broken := errors.New("broken")
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			data := body.of(t, []string{`{"a":1}`, `{"b":[]}`})
			end := bytes.Index(data, []byte(`{"b":[]}`)) + len(`{"b":[]}`)
			s := body.maker(io.MultiReader(bytes.NewReader(data[:end]), iotest.ErrReader(broken)), 1000)
			for _, want := range []string{`{"a":1}`, `{"b":[]}`} {
				if got, err := s.Next(); string(got.Bytes) != want || err != nil {
					t.Errorf("got %q, %v; want %q", got.Bytes, err, want)
				}
			}
			for range 2 {
				if _, err := s.Next(); err != broken {
					t.Errorf("error = %v, want that of the body", err)
				}
			}
		})
	}
}

func TestABodyThatStandsStill(t *testing.T) {
	for name, body := range bodies {
		if _, err := body.maker(idle{}, 1000).Next(); err != io.ErrNoProgress {
			t.Errorf("%s: %v, want %v", name, err, io.ErrNoProgress)
		}
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

func TestWithoutALimitAboveZero(t *testing.T) {
	for name, body := range bodies {
		for _, limit := range []int64{0, -1} {
			data := body.of(t, []string{`{"a":1}`})
			piece, err := body.maker(bytes.NewReader(data), limit).Next()
			exceeded := piece.TooLong
			if err != nil && !errors.As(err, &exceeded) || exceeded == nil || exceeded.Limit != 0 || len(piece.Bytes) > 0 {
				t.Errorf("%s, limit %d: %q, %v", name, limit, piece.Bytes, err)
			}
		}
	}
}

func TestSplittersAllocateNothingPerPiece(t *testing.T) {
	pieces := make([]string, 600)
	for i := range pieces {
		pieces[i] = ofLength(3000 + i%100)
	}
	for name, body := range bodies {
		s := body.maker(bytes.NewReader(body.of(t, pieces)), 1<<20)
		next := func() {
			if _, err := s.Next(); err != nil {
				t.Fatal(err)
			}
		}
		for range 100 {
			next()
		}
		if allocs := testing.AllocsPerRun(400, next); allocs != 0 {
			t.Errorf("%s: %v allocations per piece", name, allocs)
		}
	}
}

// How fast pieces of the shape and length of pods are cut out; beside it, what
// reading them with encoding/json takes.
func BenchmarkSplitter(b *testing.B) {
	pieces := make([]string, 500)
	for i := range pieces {
		pieces[i] = strings.TrimSpace(podEvent(fmt.Sprintf("web-%d", i)))
	}
	for name, body := range bodies {
		data := body.of(b, pieces)
		b.Run("kind="+strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				s := body.maker(bytes.NewReader(data), 1<<20)
				for range pieces {
					if _, err := s.Next(); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
	b.Run("kind=decoder-of-encoding-json", func(b *testing.B) {
		data := bodies["JSON frames"].of(b, pieces)
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			decoder := json.NewDecoder(bytes.NewReader(data))
			var frame json.RawMessage
			for range pieces {
				if err := decoder.Decode(&frame); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
