// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"testing"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/store"
)

func filled(b *testing.B, objects int) *fake.Source[*Widget] {
	widgets := fake.NewSource[*Widget](fake.Options{})
	for i := range objects {
		must(b)(widgets.Create(widget("shop", fmt.Sprintf("w-%06d", i), i)))
	}
	return widgets
}

// A write with the two copies that it makes; nobody watches.
func BenchmarkUpdate(b *testing.B) {
	for _, objects := range []int{1, 10_000} {
		b.Run(fmt.Sprintf("objects=%d", objects), func(b *testing.B) {
			b.ReportAllocs()
			widgets := filled(b, objects)
			object := widget("shop", "w-000000", 1)
			for b.Loop() {
				must(b)(widgets.Update(object))
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	for _, limit := range []int64{0, 500} {
		b.Run(fmt.Sprintf("objects=10000/limit=%d", limit), func(b *testing.B) {
			b.ReportAllocs()
			widgets := filled(b, 10_000)
			for b.Loop() {
				var options listOptions
				options.Limit = limit
				for {
					page, err := widgets.List(b.Context(), options, func(store.Item[*Widget], error) {})
					if err != nil {
						b.Fatal(err)
					}
					if options.Continue = page.Continue; page.Continue == "" {
						break
					}
				}
			}
		})
	}
}

// One event as a reader gets it that is behind, out of a full history.
func BenchmarkWatch(b *testing.B) {
	b.ReportAllocs()
	widgets := filled(b, 9_000)
	for {
		events := 0
		for range widgets.Watch(b.Context(), watchOptions{Version: "1"}) {
			if !b.Loop() {
				return
			}
			if events++; events == 9_000 {
				break
			}
		}
	}
}
