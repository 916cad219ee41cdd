// SPDX-License-Identifier: Apache-2.0

package frames_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/typedinformer/typedinformer/internal/frames"
)

func TestJSONList(t *testing.T) {
	const enough = 1000
	longText := `"` + strings.Repeat("x", enough) + `"`
	long := `{"a":` + longText + `}`
	tests := []struct {
		name string
		body string
		want []string
		of   frames.Envelope
	}{
		{
			name: "as servers write it",
			body: `{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"a":1},{"b":{"c":[]}}]}` + "\n",
			want: []string{`{"a":1}`, `{"b":{"c":[]}}`},
			of:   frames.Envelope{Kind: "PodList", APIVersion: "v1", Metadata: []byte(`{"resourceVersion":"7"}`)},
		},
		{
			name: "members after the items",
			body: `{"items":[{}],"metadata":{"continue":"}]"},"kind":"List","apiVersion":"v2"}`,
			want: []string{`{}`},
			of:   frames.Envelope{Kind: "List", APIVersion: "v2", Metadata: []byte(`{"continue":"}]"}`)},
		},
		{
			name: "white space",
			body: " \n{ \"items\"\t:\r[ {\"a\" : 1} ,\n [ ] ] , \"kind\" : \"List\" } \n",
			want: []string{`{"a" : 1}`, `[ ]`},
			of:   frames.Envelope{Kind: "List"},
		},
		{
			name: "brackets in strings",
			body: `{"items":[{"}]":"\"}"},{"\\":"]"}]}`,
			want: []string{`{"}]":"\"}"}`, `{"\\":"]"}`},
		},
		{
			name: "escaped names",
			body: `{"\u006bind":"\u004cist","\u0069tem\u0073":[{}],"meta\u0064ata":{}}`,
			want: []string{`{}`},
			of:   frames.Envelope{Kind: "List", Metadata: []byte(`{}`)},
		},
		{name: "no items", body: `{"items":[]}`},
		{name: "null for items", body: `{"items":null}`},
		{name: "no items, but a list", body: `{"kind":"PodList"}`, of: frames.Envelope{Kind: "PodList"}},
		{name: "items of no object", body: `{"items":[null,-1.5e3,"a,b]",true,[1,{}]]}`, want: []string{`null`, `-1.5e3`, `"a,b]"`, `true`, `[1,{}]`}},
		{name: "case counts", body: `{"Items":[1],"items":[2]}`, want: []string{`2`}},
		{name: "members of members", body: `{"metadata":{"items":[1]},"items":[{"items":[2]}]}`, want: []string{`{"items":[2]}`}, of: frames.Envelope{Metadata: []byte(`{"items":[1]}`)}},
		{name: "unknown members", body: `{"a":1,"b":null,"c":"","d":[{}],"items":[3],"e":true}`, want: []string{`3`}},
		{name: "items with nothing wrong but what is within", body: `{"items":[{1},{"a":tru},{},[}]}`, want: []string{`{1}`, `{"a":tru}`, `{}`, `[}`}},
		{name: "an item as long as the limit", body: `{"items":["` + strings.Repeat("x", enough-2) + `"]}`, want: []string{`"` + strings.Repeat("x", enough-2) + `"`}},
		{name: "items that are too long", body: `{"items":[1,` + long + `,2,` + longText + `,3]}`, want: []string{`1`, long[:enough], `2`, longText[:enough], `3`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			checkList(t, jsonList, []byte(test.body), enough, test.want, test.of)
			checkAgainstReference(t, []byte(test.body), enough)
		})
	}
}

func TestNoJSONList(t *testing.T) {
	tests := []struct{ body, want string }{
		{"", "unexpected EOF"},
		{" \n", "unexpected EOF"},
		{"<html><body>502 Bad Gateway</body></html>", `frames: byte 0: want a list, which is a JSON object, got "<html><body>502 Bad Gateway</body></html"`},
		{`[{"items":[]}]`, `frames: byte 0: want a list, which is a JSON object, got "[{\"items\":[]}]"`},
		{"k8s\x00", `frames: byte 0: want a list, which is a JSON object, got "k8s\x00"`},
		{`{}`, `frames: byte 2: want a list with the member "items", got one of kind ""`},
		{`{"kind":"Status","status":"Failure"}`, `frames: byte 36: want a list with the member "items", got one of kind "Status"`},
		{`{"items":{}}`, `frames: byte 9: want an array of items, got "{}"`},
		{`{"items":}`, `frames: byte 9: want an array of items, got "}"`},
		{`{"items":[],"items":[]}`, `frames: byte 20: want one member "items" in the list, not two, got "[]}"`},
		{`{"items":null,"items":[]}`, `frames: byte 22: want one member "items" in the list, not two, got "[]}"`},
		{`{"items":[]} {}`, `frames: byte 13: want the end of the body, got "{}"`},
		{`{"items":[1 2]}`, `frames: byte 12: want "," or "]" after an item, got "2]}"`},
		{`{"items":[,]}`, `frames: byte 10: want an item, got ",]}"`},
		{`{"items":[1,]}`, `frames: byte 12: want an item, got ""`},
		{`{"items":[tru]}`, `frames: byte 10: want an item, got "tru"`},
		{`{"items":[1}`, `frames: byte 11: want "," or "]" after an item, got "}"`},
		{`{"items":[]]`, `frames: byte 11: want "," or "}", got "]"`},
		{`{"items":[],}`, `frames: byte 12: want the name of a member of the list, got "}"`},
		{`{,"items":[]}`, `frames: byte 1: want a member of the list, got ",\"items\":[]}"`},
		{`{items:[]}`, `frames: byte 1: want the name of a member of the list, got "items:[]}"`},
		{`{"\x":1}`, `frames: byte 1: want the name of a member of the list, got "\"\\x\""`},
		{`{"items" []}`, `frames: byte 9: want ":" after the name of a member, got "[]}"`},
		{`{"kind":7}`, `frames: byte 8: want a string, got "7"`},
		{`{"metadata":{1}}`, `frames: byte 12: want JSON for the member "metadata" of the list, got "{1}"`},
		{`{"a":}`, `frames: byte 5: want the member "a" of the list, got "}"`},
	}
	for _, test := range tests {
		t.Run(test.body, func(t *testing.T) {
			checkRefused(t, jsonList, []byte(test.body), 1000, test.want)
			checkAgainstReference(t, []byte(test.body), 1000)
		})
	}
}

func TestMembersOfAJSONListAreLimited(t *testing.T) {
	long := strings.Repeat("x", 20_000)
	for _, body := range []string{
		`{"metadata":{"continue":"` + long + `"},"items":[]}`,
		`{"` + long + `":1,"items":[]}`,
		`{"items":{"` + long + `":1}}`,
		`{"items":"` + long + `"}`,
	} {
		got := cut(t, jsonList, []byte(body), 1000)
		var exceeded *frames.LimitError
		if !errors.As(got.Err, &exceeded) {
			t.Errorf("%.20s…: %v; want an error that says it is too long", body, got.Err)
		}
	}
	for _, body := range []string{
		`{"items":["` + "\x01" + long + `"]}`,
		`{"items":[` + long + `]}`,
		`{"items":{"` + long + `":1}}`,
		`{"metadata":{"` + long + `":}}`,
		`{"` + "\x01" + long + `":1}`,
		`{"kind":["` + long + `"]}`,
		long,
	} {
		if got := cut(t, jsonList, []byte(body), 1<<20); got.Err == io.EOF || len(got.Err.Error()) > 500 {
			t.Errorf("%.20q…: %.1000v", body, got.Err)
		}
	}
}

// Whatever is cut off, it is not the end of the list.
func TestTruncatedJSONList(t *testing.T) {
	const body = `{"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"a":"b\"}"},null,-1.5],"apiVersion":"v1","x":[tr` + `ue]}`
	for length := range len(body) {
		got := cut(t, jsonList, []byte(body[:length]), 1000)
		if got.Err != io.ErrUnexpectedEOF {
			t.Errorf("after %q: %v", body[:length], got.Err)
		}
	}
	if got := cut(t, jsonList, []byte(body), 1000); got.Err != io.EOF || len(got.Pieces) != 3 {
		t.Errorf("the whole list: %v", got)
	}
}

// FuzzJSONList compares the items with what encoding/json's tokenizer finds.
func FuzzJSONList(f *testing.F) {
	for _, body := range []string{
		`{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"a":1},{"b":{"c":[]}}]}`,
		"{ \"items\"\t:\r[ {\"a\" : 1} ,\n [ ] ] , \"kind\" : \"List\" } \n",
		`{"\u0069tems":[{"}]":"\"}"},{"\\":"]"}],"metadata":{}}`, `{"items":null}`, `{"items":[null,-1.5e3,"a,b]",tru]}`,
		`{}`, `{"items":[1],"items":[2]}`, `{"kind":"List","kind":null}`, `{"items":[{1},{"a":tru},[}],{}]}`, `{"items":[1,]}`, `{"items":[]}x`, `<html>`, `{"a":1,}`,
	} {
		f.Add([]byte(body), uint16(4))
		f.Add([]byte(body), uint16(1000))
	}
	f.Fuzz(func(t *testing.T, body []byte, limit uint16) { checkAgainstReference(t, body, int64(limit)) })
}

// checkAgainstReference compares with the reference as far as that goes.
func checkAgainstReference(t *testing.T, body []byte, limit int64) {
	t.Helper()
	got := cut(t, jsonList, body, limit)
	want, inItem := referenceOfJSONList(body, limit)
	if want.Err == io.EOF {
		if diff := differences(want, got); diff != "" {
			t.Fatalf("(-want +got):\n%s\nof %q", diff, body)
		}
		return
	}
	if rest := behind(t, want, got, body); len(rest) > 0 {
		if !inItem || rest[0].TooLong == nil && json.Valid([]byte(rest[0].Text)) {
			t.Fatalf("also %+v, want %v, of %q", rest, want.Err, body)
		}
	} else if got.Err == io.EOF {
		t.Fatalf("no error, want %v, of %q", want.Err, body)
	}
}

// referenceOfJSONList goes through a list with a decoder. inItem says that the
// error is one of an item.
func referenceOfJSONList(body []byte, limit int64) (want outcome, inItem bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return outcome{Err: fmt.Errorf("no object: %v, %v", token, err)}, false
	}
	items := false
	for decoder.More() {
		before := decoder.InputOffset()
		name, err := decoder.Token()
		quote := before + int64(bytes.IndexByte(body[before:], '"'))
		if err == nil && decoder.InputOffset()-quote > limit {
			err = errors.New("a name that is too long")
		}
		if err == nil && name == "items" {
			if items {
				err = errors.New("items again")
			} else {
				inItem, err = want.addItems(decoder, body, limit)
			}
			items = true
		} else if err == nil {
			err = want.addMember(decoder, name.(string), limit)
		}
		if err != nil {
			want.Err = fmt.Errorf("in the list: %w", err) // the decoder has io.EOF for what is cut
			return want, inItem
		}
	}
	if _, err := decoder.Token(); err != nil {
		want.Err = fmt.Errorf("at the end of the list: %w", err)
		return want, false
	}
	_, want.Err = decoder.Token()
	switch {
	case want.Err == nil:
		want.Err = errors.New("something after the list")
	case want.Err == io.EOF && !items && !strings.HasSuffix(want.Envelope.Kind, "List"):
		want.Err = errors.New("no list")
	}
	return want, false
}

func (o *outcome) addMember(decoder *json.Decoder, name string, limit int64) error {
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if int64(len(value)) > limit {
		return errors.New("a member that is too long")
	}
	switch name {
	case "kind":
		return json.Unmarshal(value, &o.Envelope.Kind)
	case "apiVersion":
		return json.Unmarshal(value, &o.Envelope.APIVersion)
	case "metadata":
		o.Envelope.Metadata = value
	}
	return nil
}

func (o *outcome) addItems(decoder *json.Decoder, body []byte, limit int64) (inItem bool, err error) {
	token, err := decoder.Token()
	if err != nil || token == nil && limit >= int64(len("null")) {
		return false, err
	}
	if token != json.Delim('[') {
		return false, errors.New("no array, or one that is too long")
	}
	for decoder.More() {
		var item json.RawMessage
		if err := decoder.Decode(&item); err != nil {
			return true, err
		}
		// A number or a literal is what stands up to the next comma, bracket or space.
		if behind := body[decoder.InputOffset():]; !strings.Contains(`{["`, string(item[:1])) &&
			(len(behind) == 0 || !strings.Contains(",]} \n\r\t", string(behind[:1]))) {
			return true, errors.New("something behind a literal")
		}
		o.addPiece(item, decoder.InputOffset()-int64(len(item)), frames.LimitError{Kind: frames.JSON, Limit: limit})
	}
	_, err = decoder.Token()
	return false, err
}

func (o *outcome) addPiece(text []byte, offset int64, exceeded frames.LimitError) {
	p := piece{Text: string(text), Offset: offset}
	if exceeded.Offset = offset; int64(len(text)) > exceeded.Limit {
		p.Text, p.TooLong = p.Text[:min(exceeded.Limit, frames.KeptOfTooLong)], &exceeded
	}
	o.Pieces = append(o.Pieces, p)
}
