// SPDX-License-Identifier: Apache-2.0

package inorder_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/typedinformer/typedinformer/internal/inorder"
)

// What it takes to hand a piece over and back, beside a plain loop that does the
// same work: next to none, and some microseconds.
func BenchmarkRun(b *testing.B) {
	const size = 1000
	for _, rounds := range []int{0, 10} {
		work := func(bytes []byte, _ struct{}) (total int) {
			for range rounds {
				for _, c := range bytes {
					total += int(c)
				}
			}
			return total
		}
		b.Run(fmt.Sprintf("loop/rounds=%d", rounds), func(b *testing.B) {
			b.ReportAllocs()
			buffer, total := make([]byte, size), 0
			for b.Loop() {
				total += work(buffer, struct{}{})
			}
		})
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("workers=%d/rounds=%d", workers, rounds), func(b *testing.B) {
				b.ReportAllocs()
				buffer, left := make([]byte, size), b.N
				err := inorder.Run(b.Context(), inorder.Job[struct{}, int]{
					Next: func() ([]byte, struct{}, error) {
						if left--; left < 0 {
							return nil, struct{}{}, io.EOF
						}
						return buffer, struct{}{}, nil
					},
					Stop: func() {}, Work: work, Workers: workers,
				}, func(*int) bool { return true })
				if err != nil {
					b.Fatal(err)
				}
			})
		}
	}
}
