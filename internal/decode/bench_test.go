// SPDX-License-Identifier: Apache-2.0

package decode_test

import (
	"os"
	"testing"

	utiljson "k8s.io/apimachinery/pkg/util/json"

	"github.com/typedinformer/typedinformer/internal/decode"
)

// BenchmarkJSON decodes a pod of 6.7 KB into all of it. With GOEXPERIMENT=jsonv2,
// ours is encoding/json/v2.
func BenchmarkJSON(b *testing.B) {
	document, err := os.ReadFile("../project/testdata/pod.json")
	if err != nil {
		b.Fatal(err)
	}
	for _, decoder := range []struct {
		name   string
		decode func([]byte, any) error
	}{{"ours", decode.JSON}, {"apimachinery", utiljson.Unmarshal}} {
		b.Run("decoder="+decoder.name, func(b *testing.B) {
			b.SetBytes(int64(len(document)))
			b.ReportAllocs()
			for b.Loop() {
				var p pod
				if err := decoder.decode(document, &p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
