// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/serializer/cbor/direct"

	"github.com/typedinformer/typedinformer/internal/frames"
)

func encodeCBOR(t testing.TB, value any) []byte {
	t.Helper()
	data, err := direct.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// decodeCBOR is nil for what is no CBOR.
func decodeCBOR(data []byte) (value any) {
	if direct.Unmarshal(data, &value) != nil {
		return nil
	}
	return value
}

func TestCBORList(t *testing.T) {
	items := []any{
		map[string]any{"metadata": map[string]any{"name": "a"}, "data": []any{int64(1), -5.5, nil, true, strings.Repeat("x", 300)}},
		map[string]any{"metadata": map[string]any{"name": "b"}, "empty": map[string]any{}, "none": []any{}},
	}
	list := encodeCBOR(t, map[string]any{
		"kind": "PodList", "apiVersion": "v1", "metadata": map[string]any{"resourceVersion": "7"}, "items": items,
	})
	tagged := append([]byte{0xd9, 0xd9, 0xf7}, list...)
	// The same with lengths that are not said: {_ "items": [_ item, item]}.
	unsaid := bytes.Join([][]byte{{0xbf}, encodeCBOR(t, "items"), {0x9f}, encodeCBOR(t, items[0]), encodeCBOR(t, items[1]), {0xff, 0xff}}, nil)
	for name, body := range map[string][]byte{"as servers send it": list, "with a tag": tagged, "without lengths": unsaid} {
		for _, reader := range []io.Reader{bytes.NewReader(body), iotest.OneByteReader(bytes.NewReader(body)), iotest.DataErrReader(bytes.NewReader(body))} {
			splitter := frames.NewCBORList(reader, 1<<20)
			var got []any
			for {
				piece, err := splitter.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if !bytes.Equal(body[piece.Offset:][:len(piece.Bytes)], piece.Bytes) {
					t.Errorf("%s: a piece is not at byte %d", name, piece.Offset)
				}
				got = append(got, decodeCBOR(piece.Bytes))
			}
			if diff := cmp.Diff(items, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if e := splitter.Envelope(); name != "without lengths" && (e.Kind != "PodList" || e.APIVersion != "v1" || decodeCBOR(e.Metadata) == nil) {
				t.Errorf("%s: %+v", name, e)
			}
		}
	}
	for cut := range tagged {
		splitter := frames.NewCBORList(bytes.NewReader(tagged[:cut]), 1<<20)
		err := error(nil)
		for err == nil {
			_, err = splitter.Next()
		}
		if err == io.EOF {
			t.Errorf("cut at byte %d it is taken for complete", cut)
		}
	}
}

func TestCBORListLeavesOutWhatIsTooLong(t *testing.T) {
	long, short := map[string]any{"long": strings.Repeat("x", 1<<20)}, map[string]any{"short": "x"}
	splitter := frames.NewCBORList(bytes.NewReader(encodeCBOR(t, map[string]any{"items": []any{long, short}})), 1<<10)
	first, err := splitter.Next()
	if err != nil || first.TooLong == nil || first.TooLong.Limit != 1<<10 || len(first.Bytes) == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	if second, err := splitter.Next(); err != nil || decodeCBOR(second.Bytes) == nil {
		t.Errorf("%+v, %v", second, err)
	}
	if _, err := splitter.Next(); err != io.EOF {
		t.Errorf("error = %v, want EOF", err)
	}
}

func TestCBORListThatIsNone(t *testing.T) {
	item := string(encodeCBOR(t, map[string]any{}))
	items := string(encodeCBOR(t, "items"))
	for name, body := range map[string]string{
		"nothing": "", "a page": "<html>", "a number": "\x01", "an array": "\x81\x01",
		"items that are none":       "\xa1" + items + "\x01",
		"items twice":               "\xa2" + items + "\x81" + item + items + "\x81" + item,
		"more behind":               "\xa1" + items + "\x81" + item + "x",
		"a break that ends nothing": "\xa1" + items + "\x81\xff",
		"a length beyond measure":   "\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
		"a name that is a number":   "\xa1\x01\x01",
	} {
		splitter := frames.NewCBORList(strings.NewReader(body), 1<<20)
		err := error(nil)
		for err == nil {
			_, err = splitter.Next()
		}
		var syntax *frames.SyntaxError
		if err == io.EOF || !errors.As(err, &syntax) && err != io.ErrUnexpectedEOF {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

// Whatever comes in is cut where the decoder finds the ends, or not at all.
func FuzzCBORFrames(f *testing.F) {
	f.Add([]byte("\xa1\x41a\x01\x80\xf6"), uint8(1))
	f.Add([]byte("\x9f\x01\xff\x5f\x41a\xff\xc1\x01\xfb\x00\x00\x00\x00\x00\x00\x00\x00"), uint8(3))
	f.Add([]byte("\xbf\x41a\xa0\xff\x1f"), uint8(9))
	f.Fuzz(func(t *testing.T, stream []byte, size uint8) {
		got := cutCBOR(stream, bytes.NewReader(stream))
		if again := cutCBOR(stream, iotest.OneByteReader(bytes.NewReader(stream))); got != again {
			t.Fatalf("%q is cut into\n%s, byte by byte into\n%s", stream, got, again)
		}
	})
}

func cutCBOR(stream []byte, reader io.Reader) (text string) {
	splitter := frames.NewCBORFrames(reader, 1<<10)
	end := int64(0)
	for {
		piece, err := splitter.Next()
		if err != nil {
			return text + fmt.Sprintf("%v", err)
		}
		if piece.Offset != end {
			return text + "a gap"
		}
		end += int64(len(piece.Bytes))
		if piece.TooLong != nil {
			return text + fmt.Sprintf("%d: too long", piece.Offset)
		}
		// A value has no proper beginning that is one, and is one with nothing more.
		for cut := range piece.Bytes {
			if decodeCBOR(piece.Bytes[:cut]) != nil {
				return text + fmt.Sprintf("%d: %q is a value already at %d", piece.Offset, piece.Bytes, cut)
			}
		}
		text += fmt.Sprintf("%d: %q\n", piece.Offset, piece.Bytes)
	}
}
