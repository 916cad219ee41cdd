// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/typedinformer/typedinformer/internal/decode"
)

// FuzzJSON compares with the decoder that client-go has below. It is of use with
// GOEXPERIMENT=jsonv2; without, JSON is that decoder.
func FuzzJSON(f *testing.F) {
	for _, documents := range typedDocuments {
		for _, document := range documents {
			if len(document) < 10_000 {
				f.Add([]byte(document))
			}
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var want, got typed
		wantErr, err := utiljson.Unmarshal(document, &want), decode.JSON(document, &got)
		if (wantErr == nil) != (err == nil) {
			t.Fatalf("%v; client-go says %v", err, wantErr)
		}
		if err == nil && !reflect.DeepEqual(want, got) {
			t.Fatalf("(-client-go +got):\n%s", cmp.Diff(want, got, cmp.Exporter(func(reflect.Type) bool { return true })))
		}
	})
}
