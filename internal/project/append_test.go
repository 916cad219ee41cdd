// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/typedinformer/typedinformer/internal/project"
)

//lint:file-ignore U1000,SA5008 Fields and tags that no decoder takes notice of are what is tested.

// untagged has no json names at all.
type untagged struct {
	Metadata struct{ Name, UID string }
	Spec     struct {
		NodeName string
		Ports    []struct{ Number int }
		ByName   map[string]struct{ Phase string }
		Next     *untagged
		Labels   map[string]string
	}
	hidden int
	promoted
}

type promoted struct{ Extra, hidden int }

// mixed has fields that only some of the rules apply to.
type mixed struct {
	Exact     int `json:"exact"`
	Untagged  int `json:",omitempty"`
	Refused   int `json:"re\"fused"` // no name, for encoding/json
	NotTaken  int `json:"-"`
	Dash      int `json:"-,"`
	promoted  `json:"named"`
	Promoted2 `json:",inline"`
	Number
	Kelvin int
	unseen
}

type (
	Promoted2 struct {
		Inlined int `json:"inlined"`
		Exact   int `json:"exact"` // hidden
	}
	Number int
	unseen int
)

// kubernetes has fields of types that decode themselves, and of some that do not.
type kubernetes struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Port              intstr.IntOrString     `json:"port"`
	Template          runtime.RawExtension   `json:"template"`
	Selector          *metav1.LabelSelector  `json:"selector"`
	Free              map[string]any         `json:"free"`
	Owners            [][]map[string]*nested `json:"owners"`
}

// tagFirst has two names that are embedded as deep, of which one is tagged.
type tagFirst struct {
	promotedName
	taggedName
}

type (
	promotedName struct{ Name string }
	taggedName   struct {
		Tagged string `json:"Name"`
	}
)

func TestAppend(t *testing.T) {
	tests := []struct {
		name           string
		typ            reflect.Type
		document, want string
	}{
		{"nothing is taken", reflect.TypeFor[tagged](), `{"x":1,"y":[{"text":1}],"z":null}`, `{}`},
		{"the first is taken", reflect.TypeFor[tagged](), `{"text":"a","y":1,"z":2}`, `{"text":"a"}`},
		{"the last is taken", reflect.TypeFor[tagged](), `{"x":1,"y":1,"text":"a"}`, `{"text":"a"}`},
		{"the middle is taken", reflect.TypeFor[tagged](), `{"x":1,"text":"a","y":1}`, `{"text":"a"}`},
		{"every second is taken", reflect.TypeFor[tagged](), `{"text":"a","x":1,"any":{"x":1},"y":1,"raw":[]}`, `{"text":"a","any":{"x":1},"raw":[]}`},
		{"white space", reflect.TypeFor[tagged](), "\n{ \"x\" :\t1 , \"text\" : \"a\" , \"y\" : 1 , \"any\" : [ ] , \"z\" : 2 }\r\n", "\n{ \"text\" : \"a\" , \"any\" : [ ] }\r\n"},
		{"only white space is left", reflect.TypeFor[tagged](), `{ "x" : 1 , "y" : 2 }`, `{ }`},
		{"nested", reflect.TypeFor[tagged](), `{"nested":{"x":{},"a":1,"next":{"y":1,"next":null,"b":"c"},"more":[{"x":1},{"a":1,"x":1}]}}`, `{"nested":{"a":1,"next":{"next":null,"b":"c"},"more":[{},{"a":1}]}}`},
		{"lists and maps", reflect.TypeFor[tagged](), `{"list":[{"x":1},{"b":"c"}],"fixed":[{"x":1}],"byName":{"x":{"x":1},"y":{"a":1}},"byNumber":{"1":{"x":1}}}`, `{"list":[{},{"b":"c"}],"fixed":[{}],"byName":{"x":{},"y":{"a":1}},"byNumber":{"1":{}}}`},
		{"another kind passes", reflect.TypeFor[tagged](), `{"nested":["x",{"x":1}],"list":{"x":1},"byName":[{"x":1}],"fixed":"x","deep":null}`, `{"nested":["x",{"x":1}],"list":{"x":1},"byName":[{"x":1}],"fixed":"x","deep":null}`},
		{"another kind of document", reflect.TypeFor[tagged](), ` [{"x":1}] `, ` [{"x":1}] `},
		{"names have a case", reflect.TypeFor[tagged](), `{"Text":"a","TEXT":"b","text":"c"}`, `{"text":"c"}`},
		{"members twice", reflect.TypeFor[tagged](), `{"text":"a","x":1,"text":"b","x":2}`, `{"text":"a","text":"b"}`},
		{"escaped names", reflect.TypeFor[tagged](), `{"te\u0078t":"a","\u0078":1,"\"":2}`, `{"te\u0078t":"a"}`},
		{"embedded", reflect.TypeFor[tagged](), `{"inner":"i","Pointed":{},"embedded":{},"deep":{"x":1}}`, `{"inner":"i","deep":{}}`},

		{"renamed", reflect.TypeFor[untagged](), `{"metadata":{"name":"n","uid":"u","x":1},"SPEC":{"nodeName":"m"},"x":1}`, `{"Metadata":{"Name":"n","UID":"u"},"Spec":{"NodeName":"m"}}`},
		{"renamed with an escape", reflect.TypeFor[untagged](), `{"s\u0070ec":{"x":1,"n\u006fdeName":"m"}}`, `{"Spec":{"NodeName":"m"}}`},
		{"the name of the field", reflect.TypeFor[untagged](), `{"Spec":{"NodeName":"m"}}`, `{"Spec":{"NodeName":"m"}}`},
		{"renamed within", reflect.TypeFor[untagged](), `{"spec":{"ports":[{"x":1,"number":1},{"number":2}],"byName":{"a":{"phase":"p"},"Phase":{"x":1}},"labels":{"nodeName":"m"}}}`, `{"Spec":{"Ports":[{"Number":1},{"Number":2}],"ByName":{"a":{"Phase":"p"},"Phase":{}},"Labels":{"nodeName":"m"}}}`},
		{"recursion", reflect.TypeFor[untagged](), `{"spec":{"next":{"spec":{"x":1,"next":{"extra":1}}}}}`, `{"Spec":{"Next":{"Spec":{"Next":{"Extra":1}}}}}`},
		{"not exported", reflect.TypeFor[untagged](), `{"hidden":1,"promoted":{"extra":1},"extra":2}`, `{"Extra":2}`},

		{"tags", reflect.TypeFor[*mixed](), `{"exact":1,"EXACT":2,"untagged":3,"refused":4,"re\"fused":5,"-":6,"notTaken":7,"dash":8}`, `{"exact":1,"Untagged":3,"Refused":4,"-":6}`},
		{"tags of embedded fields", reflect.TypeFor[mixed](), `{"named":{"extra":1},"inlined":2,"promoted2":{},"number":3,"unseen":4}`, `{"named":{"Extra":1},"inlined":2,"Number":3}`},
		{"letters beside ASCII", reflect.TypeFor[mixed](), "{\"\u212Aelvin\":1,\"elvin\":2,\"\\u212aelvin\":3,\"k\u00e9lvin\":4}", `{"Kelvin":1,"Kelvin":3}`},

		{
			"types that decode themselves", reflect.TypeFor[kubernetes](),
			`{"kind":"K","metadata":{"name":"n","creationTimestamp":"2026-03-01T12:00:07Z","x":1,"managedFields":[{"fieldsV1":{"f:a":{}},"x":1}]},"port":"http","template":{"x":{"y":1}},"spec":{}}`,
			`{"kind":"K","metadata":{"name":"n","creationTimestamp":"2026-03-01T12:00:07Z","managedFields":[{"fieldsV1":{"f:a":{}}}]},"port":"http","template":{"x":{"y":1}}}`,
		},
		{
			"maps", reflect.TypeFor[kubernetes](),
			`{"selector":{"matchLabels":{"x":"y"},"x":1},"free":{"x":{"y":1}},"owners":[[{"o":{"a":1,"x":1}}],[]]}`,
			`{"selector":{"matchLabels":{"x":"y"}},"free":{"x":{"y":1}},"owners":[[{"o":{"a":1}}],[]]}`,
		},
		{"a tag before none", reflect.TypeFor[tagFirst](), `{"Name":"n","name":"m"}`, `{"Name":"n"}`},
		{"a map", reflect.TypeFor[map[string]nested](), `{"x":{"x":1,"a":2}}`, `{"x":{"a":2}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			plan, err := project.For(test.typ)
			if err != nil {
				t.Fatal(err)
			}
			got, err := plan.Append([]byte("before "), []byte(test.document))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff("before "+test.want, string(got)); diff != "" {
				t.Errorf("of %s (-want +got):\n%s", test.document, diff)
			}
		})
	}
}

func TestAppendFails(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	tests := []struct {
		name, document string
		offset         int // or -1 for a document that is JSON
	}{
		{"empty", "", 0},
		{"white space", " \n", 2},
		{"another value", `{} {}`, 3},
		{"another bracket", `{"x":[1}`, 7},
		{"no name", `{1:2}`, 1},
		{"no colon", `{"x" 1}`, 5},
		{"no value", `{"x":}`, 5},
		{"no comma", `{"x":1 "y":2}`, 7},
		{"a comma before the end", `{"x":[1,]}`, 8},
		{"a comma before the end of an object", `{"x":1,}`, 7},
		{"only a comma", `{"x":{,}}`, 6},
		{"a control character in what is skipped", "{\"x\":\"0123456789\n\"}", 16},
		{"a control character at the end", "{\"x\":\"\x1f\"}", 6},
		{"a control character in a name", "{\"x\x00yzaaaaaaaaa\":1}", 3},
		{"an unknown escape", `{"x":"\a456789"}`, 7},
		{"an escape that ends", `{"x":"\`, 7},
		{"an escape of too few digits", `{"x":"\u12"}`, 10},
		{"an escape of other letters", `{"x":"\u00g0"}`, 10},
		{"a string that ends", `{"x":"abcdefghijklmnopqrs`, 25},
		{"a literal", `{"x":nil}`, 6},
		{"a literal that ends", `{"x":tr`, 7},
		{"a number with a zero before it", `{"x":01}`, 6},
		{"a number with a plus", `{"x":+1}`, 5},
		{"a number with no digit", `{"x":-}`, 6},
		{"a number with no digit behind its point", `{"x":1.}`, 7},
		{"a number with no exponent", `{"x":1e+}`, 8},
		{"a comment", `{"x":/**/1}`, 5},
		{"a name in quotes of another kind", `{'x':1}`, 1},
		{"a byte order mark", "\ufeff{}", 0},
		{"what is taken", `{"text":"a","nested":{"a":01}}`, 27},
		{"what is taken as it is", `{"any":[{"a":1},]}`, 16},
		{"as deep as can be", `{"x":` + deep(9999) + `}`, -1},
		{"as deep as can be, where it is taken", `{"any":` + deep(9999) + `}`, -1},
		{"more brackets than a word has bits", `{"x":` + strings.Repeat(`{"x":[`, 100) + strings.Repeat(`]}`, 100) + `}`, -1},
		{"more brackets than a word has bits, and a wrong one", `{"x":` + strings.Repeat(`{"x":[`, 100) + strings.Repeat(`]}`, 99) + `]]}`, 5 + 600 + 199},
		{"too deep", `{"x":` + deep(10000) + `}`, 5 + 9999},
		{"too deep where it is taken", `{"any":` + deep(10000) + `}`, 7 + 9999},
		{"too deep in members that are taken", `{"nested":` + strings.Repeat(`{"next":`, 10000), 10 + 8*9999},
		{"invalid UTF-8", "{\"x\":\"\xff\",\"text\":\"\xc3\"}", -1},
	}
	plan := planFor[tagged](t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := plan.Append([]byte("before"), []byte(test.document))
			if valid := json.Valid([]byte(test.document)); valid != (err == nil) || valid != (test.offset < 0) {
				t.Fatalf("%v, and json.Valid says %v", err, valid)
			}
			var syntax *project.SyntaxError
			if err != nil && (!errors.As(err, &syntax) || syntax.Offset != test.offset || string(got) != "before") {
				t.Errorf("%q, %v; want an error at byte %d", got, err, test.offset)
			}
		})
	}
}

func TestSyntaxError(t *testing.T) {
	for document, want := range map[string]string{
		`{"x":+1}`:                  "project: the document is not JSON: '+' is not expected at byte 5",
		`{"x":`:                     "project: the document is not JSON: it ends at byte 5",
		strings.Repeat("[", 10_001): "project: the document is not JSON: more than 10000 objects and arrays are open at byte 10000",
		"<html><body>Bad Gateway":   "project: the document is not JSON: '<' is not expected at byte 0",
	} {
		if _, err := planFor[tagged](t).Append(nil, []byte(document)); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestAppendAllocatesNothing(t *testing.T) {
	plan, buffer := planFor[slimPod](t), make([]byte, 0, len(aPod))
	if n := testing.AllocsPerRun(100, func() {
		if _, err := plan.Append(buffer, aPod); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
