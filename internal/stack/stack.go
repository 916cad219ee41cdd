// SPDX-License-Identifier: Apache-2.0

// Package stack spares goroutines the growing of their stacks.
//
// A goroutine begins with 2 KB. When a call does not fit, the runtime makes the
// stack twice as large and copies it, for which it has to look up each frame. That
// comes about where calls are nested most: some twenty frames, and twice, in a
// goroutine that applies a list. One that asks for the room when it begins has
// three. It was a tenth of what starting and ending an informer of a hundred
// objects costs (BenchmarkChurn in internal/bench).
//
// A goroutine asks for what it is sure to need, and no more. The runtime takes
// back what has not been of use by its next garbage collection.
package stack

// Reserve4K makes the stack of the calling goroutine 4 KB at least.
//
//go:noinline
func Reserve4K() {
	var room [2 << 10]byte // what half of the stack has no room for
	use(room[:])
}

// Reserve8K makes the stack of the calling goroutine 8 KB at least.
//
//go:noinline
func Reserve8K() {
	var room [4 << 10]byte
	use(room[:])
}

// use keeps the compiler from leaving the room out.
//
//go:noinline
func use([]byte) {}
