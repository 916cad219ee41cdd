// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"sync/atomic"
	"time"
)

// lag knows since when a handler may have missed something. A time for each
// event, or each batch, would cost all handlers; so a handler sets a mark at the
// end of the log, and when it has been through that it is known to have seen
// what was published before the mark was set.
type lag struct {
	origin time.Time
	// since is when all that had been published by then was delivered, in time
	// after origin, or 0 if nothing is pending.
	since atomic.Int64

	// What follows is the handler's goroutine's alone.
	mark   uint64 // a position in the log
	marked time.Duration
	set    bool
}

func newLag() lag { return lag{origin: time.Now()} }

func (l *lag) clock() time.Duration { return time.Since(l.origin) + 1 } // never 0

// busy notes that there is something to deliver, with the log ending at end.
func (l *lag) busy(end uint64) {
	if l.set {
		return
	}
	l.mark, l.marked, l.set = end, l.clock(), true
	if l.since.Load() == 0 {
		l.since.Store(int64(l.marked))
	}
}

// through notes that all before a position of the log was delivered.
func (l *lag) through(position uint64) {
	if l.set && position >= l.mark {
		l.since.Store(int64(l.marked))
		l.set = false
	}
}

// level notes that nothing is pending.
func (l *lag) level() {
	l.since.Store(0)
	l.set = false
}

// read returns how old what is pending may be. Safe at any time.
func (l *lag) read() time.Duration {
	since := l.since.Load()
	if since == 0 {
		return 0
	}
	return l.clock() - time.Duration(since)
}
