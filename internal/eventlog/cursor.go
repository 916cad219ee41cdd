// SPDX-License-Identifier: Apache-2.0

package eventlog

import "sync/atomic"

// Cursor is the place of one reader in a [Log]. It belongs to one goroutine, or
// to several that take turns; only Position may be called by others.
//
//	for {
//		if events := cursor.Next(); len(events) > 0 {
//			… // read some of them
//			cursor.Advance(n)
//			continue
//		}
//		select {
//		case <-cursor.Ready():
//		case <-ctx.Done():
//			return
//		}
//	}
type Cursor[E any] struct {
	log      *Log[E]
	chunk    *chunk[E] // while parked, guarded by log.mu
	at       int       // while parked, guarded by log.mu
	position atomic.Uint64
	wake     chan struct{}
	waiting  bool // Ready was called since the last Next
}

// Next returns events that come next, as many as lie together; none if all have
// been read. They are the log's: read them and advance.
func (c *Cursor[E]) Next() []E {
	if c.waiting {
		c.unpark()
	}
	return c.Peek()
}

// Peek is Next for a goroutine that reads in the place of the cursor's own, which
// may be waiting on Ready at that time and is still woken: the two take turns in
// their calls by a lock of theirs. There must be something to read, by Position
// and [Log.End].
func (c *Cursor[E]) Peek() []E {
	for {
		if filled := int(c.chunk.filled.Load()); c.at < filled {
			return c.chunk.events[c.at:filled:filled]
		}
		// Only a chunk that has been read to its end is left: next may be set
		// between looking at filled and at it.
		if c.at < len(c.chunk.events) || c.chunk.next.Load() == nil {
			return nil
		}
		c.chunk, c.at = c.chunk.next.Load(), 0
	}
}

// behind reports whether there is something to read.
func (c *Cursor[E]) behind() bool {
	return c.at < int(c.chunk.filled.Load()) || c.at == len(c.chunk.events) && c.chunk.next.Load() != nil
}

// Advance moves the cursor past n events that Next returned.
func (c *Cursor[E]) Advance(n int) {
	c.at += n
	c.position.Store(c.position.Load() + uint64(n))
}

// Position returns the number of events before the cursor, counted from the
// first one of the log. Safe at any time.
func (c *Cursor[E]) Position() uint64 { return c.position.Load() }

// Ready returns a channel that receives once there is something to read. Next
// must be called before the next Ready, also if the caller stopped waiting for
// another reason.
func (c *Cursor[E]) Ready() <-chan struct{} {
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	c.waiting = true
	if c.behind() {
		c.wake <- struct{}{} // published since the caller looked
		return c.wake
	}
	l.parked = append(l.parked, c)
	l.forget()
	return c.wake
}

// unpark undoes Ready, whether it was answered or not.
func (c *Cursor[E]) unpark() {
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	c.leaveParked()
	c.waiting = false
	select {
	case <-c.wake:
	default:
	}
}

func (c *Cursor[E]) leaveParked() {
	parked := c.log.parked
	for i, other := range parked {
		if other == c {
			last := len(parked) - 1
			parked[i], parked[last] = parked[last], nil
			c.log.parked = parked[:last]
			return
		}
	}
}

// Leave ends the reading: what the cursor has not read no longer counts. The
// cursor must not be used after that; what Next has returned may be.
func (c *Cursor[E]) Leave() {
	l := c.log
	l.mu.Lock()
	defer l.mu.Unlock()
	c.leaveParked()
	l.readers--
	l.left = true
	c.chunk = nil
	l.forget()
}
