// SPDX-License-Identifier: Apache-2.0

package stack_test

import (
	"runtime/debug"
	"testing"
	"unsafe"

	"github.com/typedinformer/typedinformer/internal/stack"
)

// A stack that grows is copied to another place.
func TestAReservedStackDoesNotGrow(t *testing.T) {
	for _, test := range []struct {
		name    string
		reserve func()
		deep    func() // needs more than half of 4 KB, or of 8 KB
		moves   bool
	}{
		{"nothing", func() {}, deepIn4K, true},
		{"4 KB", stack.Reserve4K, deepIn4K, false},
		{"4 KB, and more is needed", stack.Reserve4K, deepIn8K, true},
		{"8 KB", stack.Reserve8K, deepIn8K, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			// A collection may give stacks back.
			defer debug.SetGCPercent(debug.SetGCPercent(-1))
			moved := make(chan bool)
			go func() {
				var here byte
				test.reserve()
				before := uintptr(unsafe.Pointer(&here))
				test.deep()
				moved <- uintptr(unsafe.Pointer(&here)) != before
			}()
			if got := <-moved; got != test.moves {
				t.Errorf("the stack was moved: %v, want %v", got, test.moves)
			}
		})
	}
}

//go:noinline
func deepIn4K() { var room [2 << 10]byte; touch(room[:]) }

//go:noinline
func deepIn8K() { var room [5 << 10]byte; touch(room[:]) }

//go:noinline
func touch([]byte) {}
