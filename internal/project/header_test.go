// SPDX-License-Identifier: Apache-2.0

package project_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/project"
)

func TestReadHeader(t *testing.T) {
	tests := []struct {
		name, document string
		want           *headerText // nil if there is none
	}{
		{"a pod", string(aPod), &headerText{"team-000", "checkout-000-7d4b9c6f5d-0d889", "3f1c9e52-8a7b-4f60-9d2e-000000000007", "48000007"}},
		{"only a name", `{"metadata":{"name":"n"}}`, &headerText{Name: "n"}},
		{"broken behind the metadata", `{"kind":"K","metadata":{"name":"n"}oops`, &headerText{Name: "n"}},
		{"white space", "\n{ \"metadata\" :\t{ \"name\" : \"n\" , \"uid\" : \"u\" } }", &headerText{Name: "n", UID: "u"}},
		{"escapes", `{"meta\u0064ata":{"n\u0061me":"n\u00e9\n","uid":"u"}}`, &headerText{Name: "né\n", UID: "u"}},
		{"a surrogate without the other", `{"metadata":{"name":"\ud800x"}}`, &headerText{Name: "\ufffdx"}},
		{"invalid UTF-8", "{\"metadata\":{\"name\":\"n\xff\"}}", &headerText{Name: "n\ufffd"}},
		{"twice in the metadata", `{"metadata":{"name":"a","uid":"u","name":"b"}}`, &headerText{Name: "b", UID: "u"}},
		{"null after a name", `{"metadata":{"name":"a","name":null}}`, &headerText{Name: "a"}},
		{"a number after a version", `{"metadata":{"name":"a","resourceVersion":"1","resourceVersion":2}}`, &headerText{Name: "a"}},
		{"metadata twice", `{"metadata":{"name":"a"},"metadata":{"name":"b"}}`, &headerText{Name: "a"}},
		{"names further below", `{"spec":{"metadata":{"name":"x"}},"metadata":{"labels":{"name":"y"},"name":"n"}}`, &headerText{Name: "n"}},

		{"no name", `{"metadata":{"namespace":"x"}}`, nil},
		{"an empty name", `{"metadata":{"name":""}}`, nil},
		{"no metadata", `{"kind":"K"}`, nil},
		{"no members", `{}`, nil},
		{"metadata of another kind", `{"metadata":[{"name":"n"}]}`, nil},
		{"metadata that are null", `{"metadata":null}`, nil},
		{"metadata of another case", `{"Metadata":{"name":"n"}}`, nil},
		{"another document", `["metadata",{"name":"n"}]`, nil},
		{"no document", ``, nil},
		{"broken before the metadata", `{"kind":K,"metadata":{"name":"n"}}`, nil},
		{"broken in the metadata", `{"metadata":{"name":"n","labels":{"a"}}}`, nil},
		{"ends in the metadata", `{"metadata":{"name":"n"`, nil},
		{"ends in a name", `{"metadata":{"name`, nil},
		{"ends behind metadata", `{"metadata":`, nil},
		{"no comma", `{"kind":1 "metadata":{"name":"n"}}`, nil},
		{"no colon", `{"metadata"{"name":"n"}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := project.ReadHeader([]byte(test.document))
			if ok != (test.want != nil) {
				t.Fatalf("%v, of the header %s", ok, got)
			}
			if ok {
				if diff := cmp.Diff(*test.want, textOf(got)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// headerText is a header that can be compared and printed.
type headerText struct{ Namespace, Name, UID, Version string }

func textOf(h project.Header) headerText {
	return headerText{string(h.Namespace), string(h.Name), string(h.UID), string(h.Version)}
}

func TestReadHeaderAllocatesNothing(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := project.ReadHeader(aPod); !ok {
			t.Error("no header")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
