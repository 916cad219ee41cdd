// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// A tally waits until each of its counters has had as many calls as expected.
type tally struct {
	counters []*counter
	expected int           // calls of each; written while no call is under way
	behind   atomic.Int32  // counters that have not had them yet
	complete chan struct{} // closed when none is behind
	heard    func()        // if not nil, called first in each call
}

// A counter counts the calls of one handler, which are one at a time.
type counter struct {
	tally                  *tally
	calls                  int                   // since the last expect
	adds, updates, deletes int                   // in all
	failure                atomic.Pointer[error] // what its informer has reported last; nil for nothing
}

func newTally(handlers int) *tally {
	t := &tally{}
	for range handlers {
		t.counters = append(t.counters, &counter{tally: t})
	}
	return t
}

// expect is called before what causes the calls.
func (t *tally) expect(calls int) {
	t.expected = calls
	t.behind.Store(int32(len(t.counters)))
	t.complete = make(chan struct{})
}

// tooLong is when wait gives up: many times what the slowest needs.
const tooLong = 3 * time.Minute

// wait returns when every counter has had the expected calls.
func (t *tally) wait(tb testing.TB) {
	tb.Helper()
	select {
	case <-t.complete:
	case <-time.After(tooLong):
		tb.Fatalf("%d of %d handlers have not had %d calls after %v%s", t.behind.Load(), len(t.counters), t.expected, tooLong, t.failures())
	}
}

// failures says what the informers have reported last.
func (t *tally) failures() (all string) {
	for _, c := range t.counters {
		if failure := c.failure.Load(); failure != nil {
			all += "\nreported: " + (*failure).Error()
		}
	}
	return all
}

func TestFailuresOfATally(t *testing.T) {
	tally, failure := newTally(3), errors.New("out of cheese")
	if got := tally.failures(); got != "" {
		t.Errorf("failures = %q, want none", got)
	}
	tally.counters[1].failure.Store(&failure)
	if got, want := tally.failures(), "\nreported: out of cheese"; got != want {
		t.Errorf("failures = %q, want %q", got, want)
	}
}

func (c *counter) add()    { c.adds++; c.call() }
func (c *counter) update() { c.updates++; c.call() }
func (c *counter) remove() { c.deletes++; c.call() }

func (c *counter) call() {
	if c.tally.heard != nil {
		c.tally.heard()
	}
	if c.calls++; c.calls == c.tally.expected {
		c.calls = 0
		if c.tally.behind.Add(-1) == 0 {
			close(c.tally.complete)
		}
	}
}
