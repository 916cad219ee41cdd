// SPDX-License-Identifier: Apache-2.0

package inorder

import (
	"context"
	"errors"
	"sync"
)

// errLeft says that yield has returned false.
var errLeft = errors.New("inorder: the reader has left")

// run is a job that is being done. Its batches are a list in the order of the
// stream: those that are done or taken, then those that nobody works on yet, of
// which the last may still grow.
type run[P, R any] struct {
	job     Job[P, R]
	workers int
	group   sync.WaitGroup

	wake chan struct{} // tells the reader that there is something to do
	room chan struct{} // tells the pump that there is room, or that it is over

	mu      sync.Mutex // guards all below
	first   *batch[P, R]
	last    *batch[P, R]
	todo    *batch[P, R] // the first that nobody has taken
	free    *batch[P, R]
	batches int
	bytes   int
	helpers int   // goroutines that work, beside the reader
	waiting bool  // the reader is
	end     error // what Next has ended with
	stopped bool
}

// pump reads the pieces. It is the one goroutine that calls Next.
func (r *run[P, R]) pump() {
	for {
		bytes, with, err := r.job.Next()
		if err != nil {
			r.finish(err)
			return
		}
		if !r.add(bytes, with) {
			return
		}
	}
}

func (r *run[P, R]) finish(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end = err
	r.wakeReader()
}

// add puts a piece into the last batch. It waits while there is no room, and
// returns false if it is over.
func (r *run[P, R]) add(bytes []byte, with P) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.crowded() && !r.stopped {
		r.mu.Unlock()
		<-r.room
		r.mu.Lock()
	}
	if r.stopped {
		return false
	}
	b := r.open()
	b.add(bytes, with)
	r.bytes += len(bytes)
	if b.full() && r.helpers < r.workers-1 {
		r.helpers++
		r.group.Go(r.help)
	}
	r.wakeReader()
	return true
}

// crowded reports whether there is as much in between as there may be. What was
// begun may be filled.
func (r *run[P, R]) crowded() bool {
	if r.todo != nil && !r.last.full() {
		return false
	}
	return r.batches >= mostBatches*r.workers || r.bytes >= mostBytes*r.workers
}

// open returns the batch to add to.
func (r *run[P, R]) open() *batch[P, R] {
	if r.todo != nil && !r.last.full() {
		return r.last
	}
	b := r.free
	if b == nil {
		b = new(batch[P, R])
	} else {
		r.free, b.next = b.next, nil
	}
	if r.first == nil {
		r.first = b
	} else {
		r.last.next = b
	}
	r.last = b
	if r.todo == nil {
		r.todo = b
	}
	r.batches++
	return b
}

// help works on batches that are full, as long as there are any.
func (r *run[P, R]) help() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.todo != nil && r.todo.full() && !r.stopped {
		b := r.take()
		if b == r.first {
			r.wakeReader()
		}
	}
	r.helpers--
}

// take works on the first batch that nobody works on. mu is not held meanwhile.
func (r *run[P, R]) take() *batch[P, R] {
	b := r.todo
	b.taken, r.todo = true, b.next
	r.mu.Unlock()
	b.work(r.job.Work)
	r.mu.Lock()
	b.done = true
	return b
}

// read hands the results on, and works itself while there are none.
func (r *run[P, R]) read(ctx context.Context, yield func(*R) bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case r.first != nil && r.first.done:
			if err := r.handOn(ctx, yield); err != nil {
				return err
			}
		case r.todo != nil:
			r.take()
		case r.first == nil && r.end != nil:
			return r.end
		default:
			r.wait(ctx)
		}
	}
}

// handOn hands on the results of the first batch. mu is not held meanwhile.
func (r *run[P, R]) handOn(ctx context.Context, yield func(*R) bool) error {
	b := r.first
	r.mu.Unlock()
	err := b.handOn(ctx, yield)
	r.mu.Lock()
	if err != nil {
		return err
	}
	if r.first = b.next; r.first == nil {
		r.last = nil
	}
	r.batches--
	r.bytes -= len(b.bytes)
	if cap(b.bytes) <= largestKept {
		b.reset()
		r.free, b.next = b, r.free
	}
	signal(r.room)
	return nil
}

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

// wait waits for something to do. mu is not held meanwhile.
func (r *run[P, R]) wait(ctx context.Context) {
	r.waiting = true
	r.mu.Unlock()
	select {
	case <-r.wake:
	case <-ctx.Done():
	}
	r.mu.Lock()
	r.waiting = false
}

// wakeReader wakes the reader if it waits. mu is held.
func (r *run[P, R]) wakeReader() {
	if r.waiting {
		signal(r.wake)
	}
}

// signal leaves a signal, if none is there.
func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default:
	}
}

// stop ends all goroutines.
func (r *run[P, R]) stop() {
	r.mu.Lock()
	r.stopped = true
	r.mu.Unlock()
	signal(r.room)
	r.job.Stop()
	r.group.Wait()
}
