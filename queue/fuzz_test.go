// SPDX-License-Identifier: Apache-2.0

package queue_test

import "testing"

// Whatever is pushed, and in whatever batches it is taken: a consumer of the
// compressed deltas ends with the same cache, and hears of the same deletes.
func FuzzCompress(f *testing.F) {
	f.Add([]byte{0, 4, 8, 12, 16, 20, 24}, uint8(7))
	f.Add([]byte{8, 0, 8, 0, 12, 0}, uint8(3))
	f.Add([]byte{4, 248, 4, 8, 220, 0}, uint8(6))
	f.Fuzz(func(t *testing.T, program []byte, size uint8) {
		checkCompress(t, program, 1+int(size))
	})
}
