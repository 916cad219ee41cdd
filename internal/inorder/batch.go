// SPDX-License-Identifier: Apache-2.0

package inorder

const (
	// fullBatch is how many bytes are worth handing over to another goroutine.
	// Decoding them takes some hundred times as long as that.
	fullBatch = 16 << 10
	// mostBatches is how many there may be for each worker: one that it is working
	// on, one that follows, and one that waits for its turn to be handed on.
	mostBatches = 3
	// mostBytes confines them, for each worker, where pieces are large.
	mostBytes = 1 << 20
	// A batch with more room than that is not used again: large pieces are rare.
	largestKept = 4 * fullBatch
)

// batch is a number of pieces that one goroutine works on.
type batch[P, R any] struct {
	bytes   []byte
	pieces  []piece[P]
	results []R
	taken   bool // by a goroutine; nothing is added any more
	done    bool // the results are there
	next    *batch[P, R]
}

type piece[P any] struct {
	end  int // in the bytes of the batch
	with P
}

func (b *batch[P, R]) full() bool { return len(b.bytes) >= fullBatch }

func (b *batch[P, R]) add(bytes []byte, with P) {
	b.bytes = append(b.bytes, bytes...)
	b.pieces = append(b.pieces, piece[P]{len(b.bytes), with})
}

// work makes the results.
func (b *batch[P, R]) work(with func([]byte, P) R) {
	start := 0
	for _, piece := range b.pieces {
		b.results = append(b.results, with(b.bytes[start:piece.end:piece.end], piece.with))
		start = piece.end
	}
}

// reset makes the batch ready to be used again, and keeps nothing alive.
func (b *batch[P, R]) reset() {
	clear(b.pieces)
	clear(b.results)
	*b = batch[P, R]{bytes: b.bytes[:0], pieces: b.pieces[:0], results: b.results[:0]}
}
