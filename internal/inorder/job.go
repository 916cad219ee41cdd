// SPDX-License-Identifier: Apache-2.0

package inorder

import (
	"cmp"
	"context"
	"io"
	"runtime"
)

// A Job is work on the pieces of one stream. P is what goes with the bytes of a
// piece, R what becomes of it.
type Job[P, R any] struct {
	// Next returns the next piece, whose bytes it may use again when it is called
	// the next time. It is called by one goroutine. After an error it is not
	// called again; io.EOF is the proper end.
	Next func() ([]byte, P, error)
	// Stop makes a running Next return. It is called once, when the results are
	// no longer read, or there are no more.
	Stop func()
	// Work makes a result of a piece. It is called by several goroutines at once,
	// and must not keep the bytes.
	Work func(bytes []byte, piece P) R
	// Workers is how many goroutines work at once, that of Run included. Zero
	// means GOMAXPROCS.
	Workers int
}

// Run does the job and calls yield with each result, in order, until that
// returns false or ctx ends. What yield is given is valid until it returns. Run
// returns the error of Next, or that of ctx; nil if Next came to the proper end
// or yield returned false. All that it has started has ended then.
func Run[P, R any](ctx context.Context, job Job[P, R], yield func(result *R) bool) error {
	r := &run[P, R]{
		job:     job,
		workers: cmp.Or(max(job.Workers, 0), runtime.GOMAXPROCS(0)),
		wake:    make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
	}
	defer r.stop()
	r.group.Go(r.pump)
	err := r.read(ctx, yield)
	if err == io.EOF || err == errLeft {
		return nil
	}
	return err
}
