// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/internal/frames"
)

type marshaler interface{ Marshal() ([]byte, error) }

func marshal(t testing.TB, message marshaler) []byte {
	t.Helper()
	data, err := message.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// wrap is a list as a server sends it.
func wrap(t testing.TB, kind string, message []byte) []byte {
	t.Helper()
	unknown := &runtime.Unknown{TypeMeta: runtime.TypeMeta{APIVersion: "v1", Kind: kind}, Raw: message}
	return append([]byte(frames.ProtobufMagic), marshal(t, unknown)...)
}

func objects(names ...string) *metav1.PartialObjectMetadataList {
	list := &metav1.PartialObjectMetadataList{ListMeta: metav1.ListMeta{ResourceVersion: "7", Continue: "more"}}
	for _, name := range names {
		list.Items = append(list.Items, metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "web"}}})
	}
	return list
}

// field is a field with bytes, however many.
func field(number int, value ...[]byte) []byte {
	all := bytes.Join(value, nil)
	return append(binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(all))), all...)
}

func TestProtobufList(t *testing.T) {
	const enough = 1000
	item := func(name string) []byte { return marshal(t, &objects(name).Items[0]) }
	huge := item(strings.Repeat("x", 5000))
	listMeta := marshal(t, &metav1.ListMeta{ResourceVersion: "7"})
	typeMeta := field(1, field(1, []byte("v1")), field(2, []byte("PodList")))
	tests := []struct {
		name string
		body []byte
		want []string
		of   frames.Envelope
	}{
		{
			name: "as servers write it",
			body: wrap(t, "PodList", marshal(t, objects("a", "b"))),
			want: []string{string(item("a")), string(item("b"))},
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1", Metadata: marshal(t, &objects().ListMeta)},
		},
		{
			name: "no items",
			body: wrap(t, "PodList", field(1, listMeta)),
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1", Metadata: listMeta},
		},
		{
			name: "nothing at all",
			body: wrap(t, "PodList", []byte{}),
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1"},
		},
		{
			name: "items of nothing",
			body: wrap(t, "PodList", bytes.Repeat(field(2), 3)),
			want: []string{"", "", ""},
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1"},
		},
		{
			name: "metadata behind the items, and unknown fields of all kinds",
			body: bytes.Join([][]byte{
				[]byte(frames.ProtobufMagic), {0x28, 0xff, 0x7f}, field(9, []byte("x")), typeMeta, {0x31, 1, 2, 3, 4, 5, 6, 7, 8},
				field(2, field(2, item("a")), field(7, []byte("y")), []byte{0x1d, 1, 2, 3, 4}, field(1, listMeta), []byte{0x18, 1}),
				{0x3d, 1, 2, 3, 4}, field(3), field(4),
			}, nil),
			want: []string{string(item("a"))},
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1", Metadata: listMeta},
		},
		{
			name: "the kind in two parts, one behind the list",
			body: bytes.Join([][]byte{[]byte(frames.ProtobufMagic), field(1, field(2, []byte("PodList"))), field(2), field(1, field(1, []byte("v1")))}, nil),
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1"},
		},
		{
			name: "items that are too long",
			body: wrap(t, "PodList", bytes.Join([][]byte{field(2, huge), field(2, item("b")), field(2, huge)}, nil)),
			want: []string{string(huge[:enough]), string(item("b")), string(huge[:enough])},
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkList(t, protobufList, test.body, enough, test.want, test.of)
			checkProtobufList(t, test.body, enough)
		})
	}
}

func TestNoProtobufList(t *testing.T) {
	raw := func(message []byte) []byte { return wrap(t, "PodList", message) }
	begin := raw(nil)
	begin = begin[:len(begin)-len("\x1a\x00\x22\x00")]
	with := func(more ...[]byte) []byte { return append(bytes.Clone(begin), bytes.Join(more, nil)...) }
	tests := []struct {
		name, body, want string
	}{
		{"nothing", "", `frames: byte 0: want the four bytes that a list in protobuf begins with, got ""`},
		{"HTML", "<html>", `frames: byte 0: want the four bytes that a list in protobuf begins with, got "<htm"`},
		{"JSON", `{"items":[]}`, `frames: byte 0: want the four bytes that a list in protobuf begins with, got "{\"it"`},
		{"magic alone", frames.ProtobufMagic, "unexpected EOF"},
		{"no list in it", string(begin), "unexpected EOF"},
		{"a status", string(wrap(t, "Status", marshal(t, &metav1.Status{Status: "Failure"}))), `frames: byte 18: want a list, got one of kind "Status"`},
		{"an unknown kind", string(append([]byte(frames.ProtobufMagic), field(2, []byte{})...)), `frames: byte 4: want a list, got one of kind ""`},
		{"a kind that is none", string(append([]byte(frames.ProtobufMagic), field(1, []byte("<html>"))...)), `frames: byte 4: want the kind of a list, got "<html>"`},
		{"two lists", string(with(field(2), field(2))), `frames: byte 21: want one list in the body, got another one`},
		{"metadata twice", string(with(field(2, field(1), field(1)))), `frames: byte 23: want one metadata in the list, got another one`},
		{"an item that is a number", string(with(field(2, []byte{0x10, 1}))), `frames: byte 21: want a field of a list in protobuf, got number 2 of wire type 0`},
		{"a list that is a number", string(with([]byte{0x10, 1})), `frames: byte 19: want a field of a list in protobuf, got number 2 of wire type 0`},
		{"field zero", string(with(field(2, field(0)))), `frames: byte 21: want a field of a list in protobuf, got number 0 of wire type 2`},
		{"field number too high", string(with([]byte{0x82, 0x80, 0x80, 0x80, 0x10, 0})), `frames: byte 19: want a field of a list in protobuf, got number 536870912 of wire type 2`},
		{"a group", string(with([]byte{0x3b, 0x3c})), `frames: byte 19: want a field of a list in protobuf, got number 7 of wire type 3`},
		{"an item that goes beyond the list", string(with(field(2, []byte{0x12, 5, 0}), field(3), field(4))), `frames: byte 21: want a field that ends within the list, got one of 7 bytes`},
		{"a number that goes beyond the list", string(with(field(2, []byte{0x18, 0x80}), []byte{1})), `frames: byte 21: want a field that ends within the list, got one of 3 bytes`},
		{"a length of 70 bits", string(with(field(2, []byte{0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}))), `frames: byte 22: want a number of 64 bits, got "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"`},
		{"a length that ends before it begins", string(with([]byte{0x12, 0xe3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})), `frames: byte 19: want a length, got 18446744073709551587`},
		{"an unknown field of such a length", string(with([]byte{0x3a, 0xe3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, make([]byte, 1000))), `frames: byte 30: want a length, got 18446744073709551587`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkRefused(t, protobufList, []byte(test.body), 1000, test.want)
			checkProtobufList(t, []byte(test.body), 1000)
		})
	}
}

func TestMembersOfAProtobufListAreLimited(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	list := objects("a")
	list.Continue = long
	for name, body := range map[string][]byte{
		"metadata": wrap(t, "PodList", marshal(t, list)),
		"kind":     wrap(t, long+"List", marshal(t, objects("a"))),
		"unknown":  wrap(t, "PodList", field(7, []byte(long))),
	} {
		var exceeded *frames.LimitError
		if got := cut(t, protobufList, body, 1000); !errors.As(got.Err, &exceeded) || exceeded.Length < int64(len(long)) {
			t.Errorf("%s: %v; want an error that says it is too long", name, got.Err)
		}
	}
}

// Whatever of the list is cut off, it is not the end of it. What stands behind it
// in the body is of no matter.
func TestTruncatedProtobufList(t *testing.T) {
	body := wrap(t, "PodList", marshal(t, objects("a", "b")))
	whole := len(body) - len("\x1a\x00\x22\x00")
	for length := range body {
		got := cut(t, protobufList, body[:length], 1000)
		if ended := got.Err == io.EOF; ended != (length >= whole && (length-whole)%2 == 0) {
			t.Errorf("after %d of %d bytes: %v", length, len(body), got.Err)
		}
	}
}

// FuzzProtobufList compares the items with what the generated code decodes of
// the list as a whole.
func FuzzProtobufList(f *testing.F) {
	list := wrap(f, "PodList", marshal(f, objects("a", "b")))
	f.Add(list, uint16(1000))
	f.Add(list, uint16(20))
	f.Add(list[:len(list)-10], uint16(1000))
	f.Add(wrap(f, "Status", marshal(f, &metav1.Status{Status: "Failure"})), uint16(1000))
	f.Add(wrap(f, "List", bytes.Join([][]byte{field(2), field(1), {0x18, 1}, {0x1d, 1, 2, 3, 4}, {0x2b, 0x2c}, {0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}}, nil)), uint16(1000))
	f.Add(append(wrap(f, "List", field(2)), wrap(f, "List", field(2))[4:]...), uint16(1000))
	f.Fuzz(func(t *testing.T, body []byte, limit uint16) { checkProtobufList(t, body, int64(limit)) })
}

func checkProtobufList(t *testing.T, body []byte, limit int64) {
	t.Helper()
	got := cut(t, protobufList, body, limit)
	var want metav1.PartialObjectMetadataList
	kind, usual, err := referenceOfProtobufList(body, &want)
	if err != nil {
		if got.Err == io.EOF && checkDecoded(body, got, nil) == nil {
			t.Fatalf("no error, want %v, of %q", err, body)
		}
		return
	}
	if got.Err != io.EOF {
		var syntax *frames.SyntaxError
		var exceeded *frames.LimitError
		if !errors.As(got.Err, &exceeded) && !(errors.As(got.Err, &syntax) && stricter(syntax)) && kind != "" && usual {
			t.Fatalf("%v, and yet it can be decoded: %q", got.Err, body)
		}
		return
	}
	if err := checkDecoded(body, got, &want); err != nil {
		t.Fatalf("%v, of %q", err, body)
	}
	if got.Envelope.Kind != kind {
		t.Fatalf("kind %q, want %q, of %q", got.Envelope.Kind, kind, body)
	}
}

// stricter reports whether an error is about what the generated code takes,
// though no server sends it.
func stricter(err *frames.SyntaxError) bool {
	switch err.Want {
	case "a list", "one list in the body", "one metadata in the list", "a number of 64 bits":
		return true
	}
	return err.Want == "a field of a list in protobuf" // its number is too high, or it is a group
}

// referenceOfProtobufList decodes a list. It is usual if there is nothing around
// it but what a server sends: of two lists, the generated code sees the last one.
func referenceOfProtobufList(body []byte, list *metav1.PartialObjectMetadataList) (kind string, usual bool, err error) {
	wrapped, found := bytes.CutPrefix(body, []byte(frames.ProtobufMagic))
	if !found {
		return "", false, errors.New("no magic")
	}
	var unknown runtime.Unknown
	if err := unknown.Unmarshal(wrapped); err != nil {
		return "", false, err
	}
	if unknown.Raw == nil {
		return "", false, io.ErrUnexpectedEOF
	}
	return unknown.Kind, unknown.Size() == len(wrapped), list.Unmarshal(unknown.Raw)
}

// checkDecoded decodes all that was cut out, and compares it with what is wanted,
// if that is known.
func checkDecoded(body []byte, got outcome, want *metav1.PartialObjectMetadataList) error {
	var list metav1.PartialObjectMetadataList
	if err := list.ListMeta.Unmarshal(got.Envelope.Metadata); err != nil {
		return err
	}
	for _, p := range got.Pieces {
		text := []byte(p.Text)
		if p.TooLong != nil {
			text = body[p.Offset:][:p.TooLong.Length]
		}
		var item metav1.PartialObjectMetadata
		if err := item.Unmarshal(text); err != nil {
			return err
		}
		list.Items = append(list.Items, item)
	}
	if want == nil {
		return nil
	}
	if diff := cmp.Diff(want, &list, cmpopts.EquateEmpty()); diff != "" {
		return fmt.Errorf("(-want +got):\n%s", diff)
	}
	return nil
}
