// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/project"
)

func TestLeaveOut(t *testing.T) {
	for _, test := range []struct{ document, want string }{
		{`{"a":{"b":1}}`, `{"a":{}}`},
		{`{"a":{"b":1,"c":2}}`, `{"a":{"c":2}}`},
		{`{"x":[{}],"a":{"c":2,"b":[{"b":"}"}]},"d":1}`, `{"x":[{}],"a":{"c":2},"d":1}`},
		{` { "a" : { "c" : 2 , "b" : 1 , "d" : 3 } } `, ` { "a" : { "c" : 2 , "d" : 3 } } `},
		{` { "a" : { "b" : 1 , "d" : 3 } } `, ` { "a" : { "d" : 3 } } `},
		{`{"a":{"\u0062":1}}`, `{"a":{}}`},
		{`{"b":{"b":1},"a":{"B":1}}`, `{"b":{"b":1},"a":{"B":1}}`},
		{`{"a":[{"b":1}]}`, `{"a":[{"b":1}]}`},
		{`{"a":null}`, `{"a":null}`},
		{`{"a":{"b":1}`, `{"a":{}`},            // the rest is the decoder's
		{`{"a":{"b":tru}}`, `{"a":{"b":tru}}`}, // what would go is looked at
		{`{"x":1 "a":{"b":1}}`, `{"x":1 "a":{"b":1}}`},
		{`{"a"`, `{"a"`},
		{`[]`, `[]`},
		{``, ``},
	} {
		if got := string(project.LeaveOut([]byte("before"), []byte(test.document), "a", "b")); got != "before"+test.want {
			t.Errorf("%s: %s, want %s", test.document, got, test.want)
		}
	}
}

// Of any JSON, what is left is the same without that member; what is no JSON does
// not become JSON.
func FuzzLeaveOut(f *testing.F) {
	f.Add([]byte(`{"x":"y","a":{"c":[1,2,{}],"b":{"d":1},"e":null},"z":1e3}`))
	f.Add([]byte(`{"a":{"b":1}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		got := project.LeaveOut(nil, document, "a", "b")
		if json.Valid(got) != json.Valid(document) {
			t.Fatalf("%q became %q, and only one of them is JSON", document, got)
		}
		want, twice := parse(document)
		if want == nil || twice {
			return // the last of two of a name counts, and the first is left out
		}
		if object, ok := want["a"].(map[string]any); ok {
			delete(object, "b")
		}
		after, _ := parse(got)
		if diff := cmp.Diff(want, after); diff != "" {
			t.Errorf("%q became %q (-want +got):\n%s", document, got, diff)
		}
	})
}

// parse returns an object, or nil, and whether "a" or "b" may be in it twice.
func parse(document []byte) (object map[string]any, twice bool) {
	if json.Unmarshal(document, &object) != nil {
		return nil, false
	}
	for _, name := range []string{"a", "b"} {
		twice = twice || bytes.Count(document, []byte(`"`+name+`"`)) > 1
	}
	return object, twice || bytes.Contains(document, []byte(`\`))
}
