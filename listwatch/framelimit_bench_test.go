// SPDX-License-Identifier: Apache-2.0

package listwatch_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/typedinformer/typedinformer/listwatch"
)

// A watch in JSON through client-go's dynamic client, with and without limits.
func BenchmarkLimitReads(b *testing.B) {
	var body strings.Builder
	for i := range 1000 {
		fields := strings.Repeat(fmt.Sprintf(`{"name":"part-%d","colour":"red","holes":[1,2,3]},`, i), 50)
		fmt.Fprintf(&body, `{"type":"MODIFIED","object":{"apiVersion":"toys.example.com/v1","kind":"Toy","metadata":{"name":"toy-%d"},"parts":[%s{}]}}`+"\n", i, fields)
	}
	config := configOf(&answer{status: 200, contentType: mediaJSON, body: body.String()})
	for name, config := range map[string]*rest.Config{
		"limits=none": config,
		"limits=set":  listwatch.LimitReads(config, listwatch.Limits{}),
	} {
		b.Run(name, func(b *testing.B) {
			source := dynamicSource(b, config)
			b.SetBytes(int64(body.Len()))
			for b.Loop() {
				if got, err := names(b, source); len(got) != 1000 || err != nil {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}
