// SPDX-License-Identifier: Apache-2.0

package inorder

import "context"

const (
	// fullBatch is how many bytes are worth handing over to another goroutine.
	// Decoding them takes some hundred times as long as that.
	fullBatch = 16 << 10
	// mostPieces confines what goes with them, where pieces are a few bytes or none.
	mostPieces = 512
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
	done    bool // the results are there
	next    *batch[P, R]
}

type piece[P any] struct {
	end  int // in the bytes of the batch
	with P
}

func (b *batch[P, R]) full() bool { return len(b.bytes) >= fullBatch || len(b.pieces) >= mostPieces }

func (b *batch[P, R]) add(bytes []byte, with P) {
	b.bytes = append(b.bytes, bytes...)
	b.pieces = append(b.pieces, piece[P]{len(b.bytes), with})
}

// work makes the results, as far as it comes before ctx ends.
func (b *batch[P, R]) work(ctx context.Context, with func([]byte, P) R) {
	start := 0
	for _, piece := range b.pieces {
		if ctx.Err() != nil {
			return
		}
		b.results = append(b.results, with(b.bytes[start:piece.end:piece.end], piece.with))
		start = piece.end
	}
}

// handOn calls yield with the results.
func (b *batch[P, R]) handOn(ctx context.Context, yield func(*R) bool) error {
	for i := range b.results {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !yield(&b.results[i]) {
			return errLeft
		}
	}
	return nil
}

// reset makes the batch ready to be used again, and keeps nothing alive.
func (b *batch[P, R]) reset() {
	clear(b.pieces)
	clear(b.results)
	*b = batch[P, R]{bytes: b.bytes[:0], pieces: b.pieces[:0], results: b.results[:0]}
}
