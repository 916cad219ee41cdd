// SPDX-License-Identifier: Apache-2.0

package jsonpatch_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/jsonpatch"
)

// The names with A. are the test cases of RFC 6902, appendix A. Want says what
// comes out or, with a !, what the error says.
func TestApply(t *testing.T) {
	tests := []struct{ name, document, patch, want string }{
		{"A.1 add a member", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux"}]`, `{"baz":"qux","foo":"bar"}`},
		{"A.2 add an element", `{"foo":["bar","baz"]}`, `[{"op":"add","path":"/foo/1","value":"qux"}]`, `{"foo":["bar","qux","baz"]}`},
		{"A.3 remove a member", `{"baz":"qux","foo":"bar"}`, `[{"op":"remove","path":"/baz"}]`, `{"foo":"bar"}`},
		{"A.4 remove an element", `{"foo":["bar","qux","baz"]}`, `[{"op":"remove","path":"/foo/1"}]`, `{"foo":["bar","baz"]}`},
		{"A.5 replace a value", `{"baz":"qux","foo":"bar"}`, `[{"op":"replace","path":"/baz","value":"boo"}]`, `{"baz":"boo","foo":"bar"}`},
		{"A.6 move a value", `{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}`, `[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]`, `{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}`},
		{"A.7 move an element", `{"foo":["all","grass","cows","eat"]}`, `[{"op":"move","from":"/foo/1","path":"/foo/3"}]`, `{"foo":["all","cows","eat","grass"]}`},
		{"A.8 test", `{"baz":"qux","foo":["a",2,"c"]}`, `[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]`, `{"baz":"qux","foo":["a",2,"c"]}`},
		{"A.9 test that fails", `{"baz":"qux"}`, `[{"op":"test","path":"/baz","value":"bar"}]`, `!operation 0 (test "/baz"): the value is not`},
		{"A.10 add a nested member", `{"foo":"bar"}`, `[{"op":"add","path":"/child","value":{"grandchild":{}}}]`, `{"child":{"grandchild":{}},"foo":"bar"}`},
		{"A.11 ignore what is not known", `{"foo":"bar"}`, `[{"op":"add","path":"/baz","value":"qux","xyz":123}]`, `{"baz":"qux","foo":"bar"}`},
		{"A.12 add to what there is not", `{"foo":"bar"}`, `[{"op":"add","path":"/baz/bat","value":"qux"}]`, `!operation 0 (add "/baz/bat"): there is no member "baz"`},
		{"A.14 escapes", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":10},{"op":"test","path":"/~1","value":9}]`, `{"/":9,"~1":10}`},
		{"A.15 strings are no numbers", `{"/":9,"~1":10}`, `[{"op":"test","path":"/~01","value":"10"}]`, `!operation 0 (test "/~01")`},
		{"A.16 add an array", `{"foo":["bar"]}`, `[{"op":"add","path":"/foo/-","value":["abc","def"]}]`, `{"foo":["bar",["abc","def"]]}`},

		{"nothing", `{"n":1.10}`, `[]`, `{"n":1.10}`},
		{"add over a member", `{"a":1}`, `[{"op":"add","path":"/a","value":null}]`, `{"a":null}`},
		{"add the whole document", `{"a":1}`, `[{"op":"add","path":"","value":[1]}]`, `[1]`},
		{"replace the whole document", `{"a":1}`, `[{"op":"replace","path":"","value":{}},{"op":"add","path":"/b","value":2}]`, `{"b":2}`},
		{"add behind the last", `{"a":[1]}`, `[{"op":"add","path":"/a/1","value":2}]`, `{"a":[1,2]}`},
		{"add further behind", `{"a":[1]}`, `[{"op":"add","path":"/a/2","value":2}]`, `!index 2 is beyond the end of an array of 1`},
		{"nested arrays", `[[1],[2]]`, `[{"op":"add","path":"/0/-","value":3},{"op":"remove","path":"/1/0"}]`, `[[1,3],[]]`},
		{"the empty name", `{"":{"":1}}`, `[{"op":"replace","path":"//","value":2}]`, `{"":{"":2}}`},
		{"replace an element", `[1,2]`, `[{"op":"replace","path":"/1","value":3}]`, `[1,3]`},
		{"copy is a copy", `{"a":{"b":[1]}}`, `[{"op":"copy","from":"/a","path":"/c"},{"op":"add","path":"/c/b/-","value":2}]`, `{"a":{"b":[1]},"c":{"b":[1,2]}}`},
		{"copy into itself", `{"a":1}`, `[{"op":"copy","from":"","path":"/b"}]`, `{"a":1,"b":{"a":1}}`},
		{"move to the same place", `{"a":1}`, `[{"op":"move","from":"/a","path":"/a"}]`, `{"a":1}`},
		{"test objects and arrays", `{"a":{"x":[1,{"y":null}],"z":true}}`, `[{"op":"test","path":"/a","value":{"z":true,"x":[1.0,{"y":null}]}}]`, `{"a":{"x":[1,{"y":null}],"z":true}}`},
		{"test with a member too few", `{"a":{"x":1,"y":2}}`, `[{"op":"test","path":"/a","value":{"x":1}}]`, `!is not the one`},
		{"test with another member", `{"a":{"x":null}}`, `[{"op":"test","path":"/a","value":{"y":null}}]`, `!is not the one`},
		{"test with another element", `{"a":[1,2]}`, `[{"op":"test","path":"/a","value":[2,1]}]`, `!is not the one`},
		{"test an array for an object", `{"a":[]}`, `[{"op":"test","path":"/a","value":{}}]`, `!is not the one`},
		{"test null", `{"a":null}`, `[{"op":"test","path":"/a","value":null}]`, `{"a":null}`},

		{"the number of the operation", `{}`, `[{"op":"add","path":"/a","value":1},{"op":"remove","path":"/b"}]`, `!operation 1 (remove "/b"): there is no member "b"`},
		{"remove what there is not", `[1]`, `[{"op":"remove","path":"/1"}]`, `!index 1 is beyond`},
		{"remove behind the last", `[1]`, `[{"op":"remove","path":"/-"}]`, `!behind the last element`},
		{"remove everything", `{}`, `[{"op":"remove","path":""}]`, `!cannot be removed`},
		{"replace what there is not", `{}`, `[{"op":"replace","path":"/a","value":1}]`, `!no member "a"`},
		{"into a string", `{"a":"b"}`, `[{"op":"add","path":"/a/b","value":1}]`, `!neither an object nor an array`},
		{"through a string", `{"a":"b"}`, `[{"op":"add","path":"/a/b/c","value":1}]`, `!neither an object nor an array`},
		{"leading zero", `[1,2]`, `[{"op":"remove","path":"/01"}]`, `!"01" is not the index`},
		{"sign", `[1,2]`, `[{"op":"remove","path":"/+1"}]`, `!"+1" is not the index`},
		{"huge index", `[1,2]`, `[{"op":"remove","path":"/99999999999999999999"}]`, `!is not the index`},
		{"move into itself", `{"a":{"b":1}}`, `[{"op":"move","from":"/a","path":"/a/c"}]`, `!into itself`},
		{"move everything", `{"a":1}`, `[{"op":"move","from":"","path":"/a"}]`, `!into itself`},
		{"copy what there is not", `{}`, `[{"op":"copy","from":"/a","path":"/b"}]`, `!from "/a": there is no member "a"`},
		{"no slash", `{"a":1}`, `[{"op":"remove","path":"a"}]`, `!begins with a slash`},
		{"no slash in from", `{"a":1}`, `[{"op":"copy","path":"/b","from":"a"}]`, `!from "a": a path begins`},
		{"broken escape", `{"a":1}`, `[{"op":"remove","path":"/~2"}]`, `!~ is written ~0`},
		{"escape cut off", `{"a":1}`, `[{"op":"remove","path":"/a~"}]`, `!~ is written ~0`},
		{"unknown operation", `{}`, `[{"op":"swap","path":"/a"}]`, `!no such operation`},
		{"names have a case", `{}`, `[{"OP":"remove","path":"/a"}]`, `!no "op"`},
		{"no path", `{}`, `[{"op":"remove"}]`, `!no "path"`},
		{"path is no string", `{}`, `[{"op":"remove","path":1}]`, `!no "path"`},
		{"no value", `{}`, `[{"op":"add","path":"/a"}]`, `!no "value"`},
		{"no from", `{}`, `[{"op":"move","path":"/a"}]`, `!no "from"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := jsonpatch.Apply([]byte(test.document), []byte(test.patch))
			if says, fails := strings.CutPrefix(test.want, "!"); fails {
				var failed *jsonpatch.OperationError
				if !errors.As(err, &failed) || !strings.Contains(err.Error(), says) {
					t.Errorf("got %s, error %v; want one of an operation that says %q", got, err, says)
				}
				return
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" || err != nil {
				t.Errorf("error %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestApplyMalformed(t *testing.T) {
	// The last but one is A.13 of the RFC in spirit: what is not JSON is no patch.
	for _, patch := range []string{``, `{}`, `null`, `[1]`, `[[]]`, `[{"op":"add"`, `[]]`} {
		if _, err := jsonpatch.Apply([]byte(`{}`), []byte(patch)); !errors.Is(err, jsonpatch.ErrMalformed) {
			t.Errorf("patch %q: %v, want ErrMalformed", patch, err)
		}
	}
	if _, err := jsonpatch.Apply([]byte(`{`), []byte(`[]`)); err == nil || errors.Is(err, jsonpatch.ErrMalformed) {
		t.Errorf("a broken document: %v, want an error that does not blame the patch", err)
	}
}

func TestApplyIsBounded(t *testing.T) {
	operation := `{"op":"copy","from":"","path":"/-"}`
	many := func(count int) []byte { return []byte("[" + operation + strings.Repeat(","+operation, count-1) + "]") }
	// Each copy doubles the document.
	if _, err := jsonpatch.Apply([]byte(`["x"]`), many(64)); !errors.Is(err, jsonpatch.ErrTooLarge) {
		t.Errorf("a document doubled 64 times: %v, want ErrTooLarge", err)
	}
	if _, err := jsonpatch.Apply([]byte(`["x"]`), many(10)); err != nil {
		t.Errorf("a document doubled 10 times: %v", err)
	}
	long := `{"op":"copy","from":"/` + strings.Repeat("x", 1<<20) + `","path":"/a"}`
	names := `{"` + strings.Repeat("x", 1<<20) + `":{"` + strings.Repeat("y", 1<<20) + `":1}}`
	if _, err := jsonpatch.Apply([]byte(names), []byte("["+strings.Repeat(long+",", 4)+long+"]")); !errors.Is(err, jsonpatch.ErrTooLarge) {
		t.Errorf("long names copied five times: %v, want ErrTooLarge", err)
	}
	if _, err := jsonpatch.Apply([]byte(`{}`), many(jsonpatch.MaxOperations+1)); !errors.Is(err, jsonpatch.ErrTooLarge) {
		t.Errorf("too many operations: %v, want ErrTooLarge", err)
	}
}

func TestNumbersAreComparedByValue(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"1", "1", true}, {"1", "1.0", true}, {"1", "10e-1", true}, {"1", "0.1E+1", true}, {"100", "1e2", true},
		{"0", "-0", true}, {"0", "0e9", true}, {"0.00", "0", true}, {"-1", "1", false}, {"-1.50", "-15e-1", true},
		{"1", "10", false}, {"9007199254740993", "9007199254740992", false},
		{"1e1000000000", "1e1000000001", false}, {"1e1000000000", "10e999999999", true},
		{"1e99999999999999999999", "1e99999999999999999999", true}, {"1e99999999999999999999", "1", false},
		{"1", "1e99999999999999999999", false}, {"1", `"1"`, false},
	}
	for _, test := range tests {
		_, err := jsonpatch.Apply([]byte(test.a), []byte(`[{"op":"test","path":"","value":`+test.b+`}]`))
		if got := err == nil; got != test.want {
			t.Errorf("%s and %s: same %t, want %t", test.a, test.b, got, test.want)
		}
	}
}
