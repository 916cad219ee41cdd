// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"

	"github.com/typedinformer/typedinformer/internal/decode"
)

// clientGo decodes as client-go's clients do.
var clientGo = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(schema.GroupVersion{Group: "example.com", Version: "v1"}, &typed{}, &open{})
	return json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{})
}()

// object is a pointer to a T.
type object[T any] interface {
	*T
	runtime.Object
}

// sameAsClientGo decodes a document into a T in both ways.
func sameAsClientGo[T any, P object[T]](t *testing.T, document string) {
	t.Helper()
	want, got := P(new(T)), P(new(T))
	_, _, wantErr := clientGo.Decode([]byte(document), nil, want)
	given := []byte(document)
	err := decode.JSON(given, got)
	for i := range given {
		given[i] = 'x' // nothing may refer to it
	}
	if (wantErr == nil) != (err == nil) {
		t.Fatalf("decoding %.300s: %v; client-go says %v", document, err, wantErr)
	}
	if err != nil {
		return
	}
	if !reflect.DeepEqual(want, got) {
		t.Fatalf("decoding %.300s (-client-go +got):\n%s", document, cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })))
	}
}

func TestJSON(t *testing.T) {
	for group, documents := range typedDocuments {
		for i, document := range documents {
			t.Run(fmt.Sprintf("%s/%d", group, i), func(t *testing.T) { sameAsClientGo[typed](t, document) })
		}
	}
	for group, documents := range openDocuments {
		for i, document := range documents {
			t.Run(fmt.Sprintf("%s/%d", group, i), func(t *testing.T) { sameAsClientGo[open](t, document) })
		}
	}
}

// members makes a document of one member, for each of the values.
func members(name string, values ...string) (documents []string) {
	for _, value := range values {
		documents = append(documents, fmt.Sprintf(`{"text":"before",%q:%s,"int":7}`, name, value))
	}
	return documents
}

// ofEach makes a document of one member, for each of the names.
func ofEach(value string, names ...string) (documents []string) {
	for _, name := range names {
		documents = append(documents, members(name, value)...)
	}
	return documents
}

func nesting(brackets string, n int) string {
	return strings.Repeat(brackets[:1], n) + strings.Repeat(brackets[1:], n)
}
