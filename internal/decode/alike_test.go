// SPDX-License-Identifier: Apache-2.0

//go:build goexperiment.jsonv2

package decode_test

import (
	"encoding/json"
	"encoding/json/jsontext"
	"errors"
	"reflect"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/typedinformer/typedinformer/internal/decode"
)

// fromDecoder has a method that only v2 calls.
type fromDecoder struct{ Text string }

func (f *fromDecoder) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	f.Text = "v2"
	return decoder.SkipValue()
}

// What v2 would decode differently must not be left to it, and all else must be,
// or the other tests say nothing of it.
func TestAlike(t *testing.T) {
	for _, typ := range []reflect.Type{
		reflect.TypeFor[*typed](), reflect.TypeFor[*pod](), reflect.TypeFor[*metav1.PartialObjectMetadata](), reflect.TypeFor[*unstructured.Unstructured](),
		reflect.TypeFor[struct {
			Any any `json:"-"`
			f   func()
		}](),
	} {
		if !decode.Alike(typ) {
			t.Errorf("%v is not left to v2", typ)
		}
	}
	for _, typ := range []reflect.Type{
		reflect.TypeFor[*open](), reflect.TypeFor[*any](), reflect.TypeFor[*map[string]any](), reflect.TypeFor[*[]anything](),
		reflect.TypeFor[*fromDecoder](), reflect.TypeFor[*json.Number](), reflect.TypeFor[*time.Time](), reflect.TypeFor[*chan int](), reflect.TypeFor[*map[string]complex64](),
		reflect.TypeFor[struct {
			F int `json:"f,string"`
		}](),
		reflect.TypeFor[struct {
			F nested `json:",inline"`
		}](),
		reflect.TypeFor[struct {
			F map[string]string `json:",unknown"`
		}](),
		reflect.TypeFor[struct {
			F string `json:"f,case:ignore"`
		}](),
		reflect.TypeFor[struct {
			F []byte `json:"f,format:hex"`
		}](),
		reflect.TypeFor[struct {
			F string `json:"'f'"`
		}](),
	} {
		if decode.Alike(typ) {
			t.Errorf("%v is left to v2", typ)
		}
	}
}

// These documents show why types are not left to v2. If it decodes one like
// client-go some day, alike can let more types pass.
func TestDifferences(t *testing.T) {
	for _, document := range []string{
		`{"any":1}`, `{"named":1}`,
		`{"quoted":"+7"}`, `{"quotedText":"null"}`, `{"quotedText":"\"\\ud800\""}`,
		`{"goTime":"2026-03-01T12:00:07\u005a"}`,
		`{"ANYCASE":"a"}`, `{"formatted":"0102"}`, `{"other":"b"}`, `{"a":1}`, `{"mistaken":"a"}`,
	} {
		var want, got open
		wantErr, err := utiljson.Unmarshal([]byte(document), &want), decode.V2([]byte(document), &got)
		if (wantErr == nil) == (err == nil) && reflect.DeepEqual(want, got) {
			t.Errorf("%s is decoded alike", document)
		}
	}
	var want, got fromDecoder
	if err := errors.Join(utiljson.Unmarshal([]byte("{}"), &want), decode.V2([]byte("{}"), &got)); err != nil || want == got {
		t.Errorf("a method for v2 makes no difference: %v", err)
	}
}
