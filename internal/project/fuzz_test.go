// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/typedinformer/typedinformer/internal/project"
)

// tagged has all that a plan tells apart, with a name for each field, so that
// nothing is renamed and the decoder has the last word on the document.
type tagged struct {
	Text     string            `json:"text"`
	Nested   *nested           `json:"nested"`
	List     []nested          `json:"list"`
	Fixed    [2]nested         `json:"fixed"`
	ByName   map[string]nested `json:"byName"`
	ByNumber map[int]*nested   `json:"byNumber"`
	Any      any               `json:"any"`
	Raw      json.RawMessage   `json:"raw"`
	Bytes    []byte            `json:"bytes"`
	Quoted   int               `json:"quoted,string"`
	Skipped  int               `json:"-"`
	embedded
	*Pointed
}

type nested struct {
	A    int      `json:"a"`
	B    string   `json:"b"`
	Next *nested  `json:"next"`
	More []nested `json:"more"`
}

type embedded struct {
	Inner string `json:"inner"`
	Text  int    `json:"text"` // hidden
}

type Pointed struct {
	Deep nested `json:"deep"`
}

func planFor[T any](tb testing.TB) *project.Plan {
	tb.Helper()
	plan, err := project.For(reflect.TypeFor[T]())
	if err != nil {
		tb.Fatal(err)
	}
	return plan
}

var fuzzed = []string{
	`{"text":"t","nested":{"a":1,"b":"b","next":{"a":2,"x":[1,{"a":2}]},"x":0},"x":{"text":1}}`,
	`{"list":[{"a":1,"y":2},{"y":2},null,[]],"fixed":[{"a":1},{"a":2},{"a":3}],"byName":{"n":{"a":1,"y":2},"y":{"y":{}}},"byNumber":{"1":{"y":1,"a":3}}}`,
	`{"any":{"a":[1,2.5,1e3,"\ud83d\ude00"]},"raw":[1, {"a" : 2}],"bytes":"AQI=","quoted":"7","inner":"i","deep":{"a":1,"z":2}}`,
	" {\t\"\\u0074ext\" :\r\n\"\\u0041\" , \"x\":1 } ",
	`{"x":1,"y":2}`, `{"x":1,"text":"a","y":2}`, `{"text":"a","x":1}`, `{"text":"a","text":"b"}`, `{"x":1,"text":"a","y":2,"inner":"b","z":3}`,
	`{"nested":"a"}`, `{"list":{"a":1}}`, `{"byName":[1]}`, `null`, `[]`, `"x"`, `-0.5e+7`, `{}`, ``, `{`, `{"text"`, `{"text":}`, `{"x":01}`, `{"x":"\x"}`, `{"x":1,}`, `{,}`, `[1,]`,
	"{\"x\":\"\x01\"}", "{\"text\":\"\xff\"}", "{\"\xff\":1}", `{"x":tru}`, `{"x":1}}`, `{"x":"\u12g4"}`, `{"x":[[[[{}]]]]}`,
	`{"metadata":{"name":"a","namespace":"b","uid":"c","resourceVersion":"d"}}`,
	`{"kind":"K","metadata":{"name":"a","name":null,"namespace":"\u0062","managedFields":[{}],"uid":5},"spec":{`,
	string(aPod),
}

func FuzzAppend(f *testing.F) {
	for _, document := range fuzzed {
		f.Add([]byte(document))
	}
	plan := planFor[tagged](f)
	f.Fuzz(func(t *testing.T, document []byte) {
		before := bytes.Clone(document)
		got, err := plan.Append([]byte("x"), document)
		if !bytes.Equal(before, document) {
			t.Fatalf("the document was changed to %s", document)
		}
		if valid := json.Valid(document); valid != (err == nil) {
			t.Fatalf("%v, but json.Valid says %v", err, valid)
		}
		if err != nil {
			if string(got) != "x" {
				t.Fatalf("an error and %s", got)
			}
			return
		}
		got = got[1:]
		if !json.Valid(got) || len(got) > len(document) {
			t.Fatalf("got %s", got)
		}
		sameDecoded[tagged](t, document, got)
	})
}

// sameDecoded decodes both documents, and compares what is there then.
func sameDecoded[T any](t *testing.T, whole, reduced []byte) {
	t.Helper()
	var fromWhole, fromReduced T
	wholeErr := utiljson.Unmarshal(whole, &fromWhole)
	reducedErr := utiljson.Unmarshal(reduced, &fromReduced)
	if (wholeErr == nil) != (reducedErr == nil) {
		t.Fatalf("the error is %v, and of %s %v", wholeErr, reduced, reducedErr)
	}
	if diff := cmp.Diff(fromWhole, fromReduced, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
		t.Fatalf("decoded from %s (-whole +reduced):\n%s", reduced, diff)
	}
}

func FuzzWithout(f *testing.F) {
	for _, document := range fuzzed {
		f.Add([]byte(document))
	}
	plan := all.Without("metadata", "managedFields")
	f.Fuzz(func(t *testing.T, document []byte) {
		got, err := plan.Append(nil, document)
		if valid := json.Valid(document); valid != (err == nil) {
			t.Fatalf("%v, but json.Valid says %v", err, valid)
		}
		if err != nil {
			return
		}
		var whole, reduced any
		if utiljson.Unmarshal(document, &whole) != nil {
			return // a number that is too large
		}
		if err := utiljson.Unmarshal(got, &reduced); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if object, ok := whole.(map[string]any); ok {
			if metadata, ok := object["metadata"].(map[string]any); ok {
				delete(metadata, "managedFields")
			}
		}
		if diff := cmp.Diff(whole, reduced); diff != "" {
			t.Fatalf("decoded from %s (-want +got):\n%s", got, diff)
		}
	})
}

func FuzzReadHeader(f *testing.F) {
	for _, document := range fuzzed {
		f.Add([]byte(document))
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		got, ok := project.ReadHeader(document)
		want, wantOK := decodedHeader(document)
		if !wantOK { // the document is broken, but may be so behind the metadata
			return
		}
		if ok != (want.Name != "") {
			t.Fatalf("%v, but decoded it has the name %q", ok, want.Name)
		}
		if diff := cmp.Diff(want, textOf(got)); ok && diff != "" {
			t.Fatalf("(-decoded +got):\n%s", diff)
		}
	})
}

// decodedHeader reads the first metadata, as a decoder does. It is false if the
// document cannot be decoded, or has something else than strings there.
func decodedHeader(document []byte) (h headerText, ok bool) {
	if !json.Valid(document) {
		return h, false
	}
	metadata := json.RawMessage("null")
	decoder := json.NewDecoder(bytes.NewReader(document))
	if open, _ := decoder.Token(); open != json.Delim('{') {
		return h, true
	}
	for decoder.More() {
		name, _ := decoder.Token()
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return h, false
		}
		if name == "metadata" {
			metadata = value
			break
		}
	}
	var decoded struct {
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
		UID       string `json:"uid"`
		Version   string `json:"resourceVersion"`
	}
	err := utiljson.Unmarshal(metadata, &decoded)
	return headerText(decoded), err == nil || metadata[0] != '{'
}
