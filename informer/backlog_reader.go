// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"sync"
	"sync/atomic"

	"github.com/typedinformer/typedinformer/internal/eventlog"
	"github.com/typedinformer/typedinformer/store"
)

// reader is what a handler or a loop has not been through: the table, if it was
// too far behind, and then what is behind its cursor in the log.
//
//	log ──┬──────────── cursor ──▶ take
//	      └─ fold ─▶ table ──────▶
//
// One goroutine takes. Whoever is stuck cannot merge what it misses, so the
// informer's loop does, once a batch, and only for readers that are past their
// limit (see enforce). A goroutine of its own for that would be one for each
// such reader, and would have to be waited for to say that the limit holds.
type reader[T any] struct {
	backlog Backlog
	apart   bool             // see HandlerOptions.RecreateAsDeleteAdd
	repeats bool             // repeated events are of use
	batch   int              // how many events are taken at a time
	merged  int              // how many keys are taken at a time from the table
	exceeds func(behind int) // of one that is to be disconnected

	begin   chan store.Snapshot[T] // receives the state that comes before the log
	drained chan struct{}          // closed by drain
	log     *eventlog.Log[Event[T]]
	taken   atomic.Int64 // events that were taken and not yet returned from

	mu      sync.Mutex                 // guards what follows; taken after informer.mu and before that of the log
	cursor  *eventlog.Cursor[Event[T]] // nil before the begin and after the end
	waiting pending[T]                 // comes before what is behind the cursor
	end     uint64                     // position that the cursor had when it left
	begun   bool                       // open was called
}

// Events of the log are taken by the chunk, unless there is a limit that has to
// be kept: what is taken is not merged any more.
const (
	chunkAtATime = 1 << 10 // more than there are in a chunk
	someAtATime  = 16
)

func newReader[T any](inf *Informer[T], backlog Backlog) *reader[T] {
	r := &reader[T]{
		backlog: backlog,
		batch:   chunkAtATime,
		merged:  1,
		begin:   make(chan store.Snapshot[T], 1),
		drained: make(chan struct{}),
		log:     &inf.log,
	}
	if backlog.kind == coalesce {
		r.batch = max(1, min(backlog.limit, someAtATime))
	}
	return r
}

// takeMore is for a reader that deals with all that it takes at once.
func (r *reader[T]) takeMore() { r.batch, r.merged = chunkAtATime, chunkAtATime }

// open is called where the state and the cursor are taken, with informer.mu held.
func (r *reader[T]) open(start point[T]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cursor, r.begun = start.cursor, true
	r.waiting.table.apart = r.apart
	r.begin <- start.state
}

// take returns what comes next, nothing if there is nothing, and the position in
// the log up to which all has been delivered when that has. inRow says that the
// events lie before that one by one.
func (r *reader[T]) take() (events []Event[T], through uint64, inRow bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if events = r.waiting.take(r.merged); events == nil && r.cursor != nil {
		events = r.cursor.Next()
		events = events[:min(len(events), r.batch)]
		r.cursor.Advance(len(events))
		inRow = !r.apart
		if r.apart {
			events = keepApart(events)
		}
	}
	r.taken.Add(int64(len(events)))
	return events, r.through(), inRow
}

// through returns the position up to which everything was taken. mu is held.
func (r *reader[T]) through() uint64 {
	first := r.waiting.table.first
	switch {
	case first != nil:
		return first.position
	case r.cursor != nil:
		return r.cursor.Position()
	}
	return r.end - min(r.end, uint64(r.waiting.len()))
}

// position is through, before there is anything else to take.
func (r *reader[T]) position() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.through()
}

// returned notes that n events that were taken have been dealt with.
func (r *reader[T]) returned(n int) { r.taken.Add(-int64(n)) }

// ready returns a channel that receives once there may be something to take.
func (r *reader[T]) ready() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cursor != nil && r.waiting.len() == 0 {
		return r.cursor.Ready()
	}
	now := make(chan struct{}) // merged, or ended, since the last take
	close(now)
	return now
}

// behind returns by how many changes the reader is behind. mu is held.
func (r *reader[T]) behind() int {
	n := r.waiting.len() + int(r.taken.Load())
	if r.cursor != nil {
		n += int(r.log.End() - r.cursor.Position())
	}
	return n
}

// numbers returns by how many changes the reader is behind, and how many were
// merged into others.
func (r *reader[T]) numbers() (behind int, merged uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.behind(), r.waiting.table.merged
}

// enforce sees to the limit, after a batch was published. informer.mu is held.
func (r *reader[T]) enforce() {
	if behind := r.overLimit(); behind > 0 {
		r.exceeds(behind)
	}
}

// overLimit merges if it is time, or leaves the log and returns how far behind
// the reader was.
func (r *reader[T]) overLimit() (behind int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cursor == nil {
		return 0
	}
	behind = r.behind()
	if behind <= r.backlog.limit {
		return 0
	}
	if r.backlog.kind == coalesce {
		r.fold()
		return 0
	}
	r.leave()
	return behind
}

// fold moves what is in the log into the table. mu is held. The reader may be
// waiting for the batch that is being folded; it has been woken, and finds the
// table.
func (r *reader[T]) fold() {
	for r.cursor.Position() < r.log.End() {
		events, position := r.cursor.Peek(), r.cursor.Position()
		for i := range events {
			if !events[i].repeated || r.repeats {
				r.waiting.table.add(&events[i], position+uint64(i))
			}
		}
		r.cursor.Advance(len(events))
	}
}

// split takes all there is to take now, for a reader that has something to do
// right behind it: what is published later is not among it, nor merged with it.
func (r *reader[T]) split() *pending[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	first := r.waiting
	r.waiting = pending[T]{table: table[T]{apart: r.apart, merged: first.table.merged}}
	if r.cursor != nil {
		first.rest = r.unread()
	}
	r.taken.Add(int64(first.len()))
	return &first
}

// unread moves the cursor to the end of the log and returns what it has passed:
// the log's own slices, so that hardly anything is copied. mu is held, and
// informer.mu, so that nothing is published meanwhile.
func (r *reader[T]) unread() (rest [][]Event[T]) {
	for r.cursor.Position() < r.log.End() {
		events := r.cursor.Peek()
		r.cursor.Advance(len(events))
		if r.apart {
			events = keepApart(events)
		}
		rest = append(rest, events)
	}
	return rest
}

// drain ends the reading with what is there now, which is kept. It reports
// whether the reader has begun.
func (r *reader[T]) drain() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cursor != nil {
		waiting := pending[T]{table: r.waiting.table, rest: r.unread()}
		r.leave()
		r.waiting = waiting
		close(r.drained)
	}
	return r.begun
}

// empty reports whether there is nothing left after a drain.
func (r *reader[T]) empty() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return closed(r.drained) && r.waiting.len() == 0
}

// close ends the reading: nothing is kept for the reader any more, whatever it
// is doing.
func (r *reader[T]) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leave()
}

// leave is close with mu held.
func (r *reader[T]) leave() {
	if r.cursor != nil {
		r.end = r.cursor.Position()
		r.cursor.Leave()
		r.cursor = nil
	}
	r.waiting = pending[T]{table: table[T]{merged: r.waiting.table.merged}}
}

// pending is what has left the log, but not been taken.
type pending[T any] struct {
	table table[T]     // comes first
	rest  [][]Event[T] // slices of the log
}

// take removes what comes next and returns it: of the table, no more than some
// keys.
func (p *pending[T]) take(keys int) (events []Event[T]) {
	if p.table.first != nil {
		return p.table.take(keys)
	}
	if len(p.rest) > 0 {
		events, p.rest = p.rest[0], p.rest[1:]
	}
	return events
}

func (p *pending[T]) len() int {
	n := p.table.length
	for _, events := range p.rest {
		n += len(events)
	}
	return n
}
