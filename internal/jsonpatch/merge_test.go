// SPDX-License-Identifier: Apache-2.0

package jsonpatch_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/jsonpatch"
)

// The first fifteen are the test cases of RFC 7386, appendix A.
func TestMerge(t *testing.T) {
	tests := []struct{ document, patch, want string }{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"a":"foo"}`, `"bar"`, `"bar"`},
		{`{"e":null}`, `{"a":1}`, `{"a":1,"e":null}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
		{`{"n":9007199254740993}`, `{"m":1.10}`, `{"m":1.10,"n":9007199254740993}`},
		{`{"a":"<&>"}`, `{}`, `{"a":"<&>"}`},
	}
	for _, test := range tests {
		got, err := jsonpatch.Merge([]byte(test.document), []byte(test.patch))
		if diff := cmp.Diff(test.want, string(got)); diff != "" || err != nil {
			t.Errorf("Merge(%s, %s), error %v (-want +got):\n%s", test.document, test.patch, err, diff)
		}
	}
}

func TestMergeErrors(t *testing.T) {
	for _, patch := range []string{``, `{`, `{}{}`, `{"a":}`, `nil`} {
		if _, err := jsonpatch.Merge([]byte(`{}`), []byte(patch)); !errors.Is(err, jsonpatch.ErrMalformed) {
			t.Errorf("patch %q: %v, want ErrMalformed", patch, err)
		}
	}
	if _, err := jsonpatch.Merge([]byte(`{`), []byte(`{}`)); err == nil || errors.Is(err, jsonpatch.ErrMalformed) {
		t.Errorf("a broken document: %v, want an error that does not blame the patch", err)
	}
}
