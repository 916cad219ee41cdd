// SPDX-License-Identifier: Apache-2.0

package eventlog

import (
	"sync"
	"sync/atomic"
)

// Log is the log. The zero Log is empty and ready.
type Log[E any] struct {
	// These are the writer's alone.
	tail   *chunk[E]   // where the next event goes
	filled int         // events in tail, staged ones included
	staged int         // events not yet published
	full   []*chunk[E] // chunks before tail that staged events have filled

	end atomic.Uint64 // events published

	mu      sync.Mutex   // guards what follows, and resetting tail
	writing bool         // events are staged: tail must not be reset
	readers int          // cursors that have joined and not left
	left    bool         // one that has left may still read what is in tail
	parked  []*Cursor[E] // those that wait for the next event
}

// A chunk is filled from the front. Chunks start small, so that an informer
// that sees little costs little.
type chunk[E any] struct {
	events []E
	filled atomic.Uint32 // events that readers may read
	next   atomic.Pointer[chunk[E]]
}

const (
	firstChunk = 16
	lastChunk  = 256 // events: 14 KB of them, where doubling further saves nothing
)

// Stage adds an event that readers will see with the next Publish.
func (l *Log[E]) Stage(event E) {
	if l.staged == 0 {
		l.begin()
	}
	if l.filled == len(l.tail.events) {
		l.extend()
	}
	l.tail.events[l.filled] = event
	l.filled++
	l.staged++
}

func (l *Log[E]) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = true
	l.origin()
}

// origin makes sure that there is a tail, for the first event or cursor. It has no
// room: many an informer never has an event.
func (l *Log[E]) origin() {
	if l.tail == nil {
		l.tail = new(chunk[E])
	}
}

func (l *Log[E]) extend() {
	l.full = append(l.full, l.tail)
	l.tail = &chunk[E]{events: make([]E, max(firstChunk, min(2*len(l.tail.events), lastChunk)))}
	l.filled = 0
}

// Publish shows all staged events to the readers at once and wakes those that
// wait.
func (l *Log[E]) Publish() {
	if l.staged == 0 {
		return
	}
	next := l.tail
	next.filled.Store(uint32(l.filled))
	for i := len(l.full) - 1; i >= 0; i-- {
		l.full[i].filled.Store(uint32(len(l.full[i].events)))
		l.full[i].next.Store(next)
		next = l.full[i]
	}
	clear(l.full)
	l.full = l.full[:0]
	l.end.Add(uint64(l.staged))
	l.staged = 0
	l.wake()
}

func (l *Log[E]) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = false
	for i, cursor := range l.parked {
		cursor.wake <- struct{}{} // has room: a cursor is parked once
		l.parked[i] = nil
	}
	l.parked = l.parked[:0]
}

// End returns the number of events published so far. Safe at any time.
func (l *Log[E]) End() uint64 { return l.end.Load() }

// Join returns a cursor that will read what is staged from now on.
func (l *Log[E]) Join() *Cursor[E] {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.origin()
	l.readers++
	cursor := &Cursor[E]{log: l, chunk: l.tail, at: l.filled, wake: make(chan struct{}, 1)}
	cursor.position.Store(l.end.Load())
	return cursor
}

// Readers returns the number of cursors that have joined and not left. Without
// any there is no need to stage. Safe at any time.
func (l *Log[E]) Readers() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.readers
}

// forget empties the tail if nobody has anything left to read in it, so that an
// idle log keeps no object alive. mu is held.
func (l *Log[E]) forget() {
	if l.writing || l.tail == nil || len(l.parked) != l.readers {
		return
	}
	if l.left && l.filled > 0 {
		l.tail = &chunk[E]{events: make([]E, len(l.tail.events))}
	} else {
		clear(l.tail.events[:l.filled])
		l.tail.filled.Store(0)
	}
	l.filled, l.left = 0, false
	for _, cursor := range l.parked {
		cursor.chunk, cursor.at = l.tail, 0
	}
}
