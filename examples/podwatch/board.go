// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"sync"
)

// recentLines is how many of the latest events are shown.
const recentLines = 12

// board notes what the informer tells its handler. It is written by the handler's
// goroutine, and read by the one that prints.
type board struct {
	server string

	mu     sync.Mutex // guards all below
	counts counts
	recent []string // the latest events, the oldest first
	missed int      // events since the last look that are not among recent
}

type counts struct{ adds, updates, deletes int }

func (c counts) total() int { return c.adds + c.updates + c.deletes }

// added notes a pod that has come. Those that were there from the start are in the
// table, and no news.
func (b *board) added(pod seen, initial bool) {
	if !initial {
		b.note(&b.counts.adds, "+", pod, describe(pod))
	}
}

// updated notes what has changed about a pod.
func (b *board) updated(old, pod seen) {
	b.note(&b.counts.updates, "~", pod, describe(old)+" → "+describe(pod))
}

// deleted notes a pod that is gone.
func (b *board) deleted(last seen, final bool) {
	how := describe(last)
	if !final {
		how = "last seen " + how
	}
	b.note(&b.counts.deletes, "-", last, how)
}

func describe(pod seen) string {
	if pod.node == "" {
		return pod.phase
	}
	return fmt.Sprintf("%s on %s", pod.phase, pod.node)
}

func (b *board) note(count *int, sign string, pod seen, what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*count++
	b.recent = append(b.recent, fmt.Sprintf("%s %s/%s  %s", sign, pod.namespace, pod.name, what))
	if len(b.recent) > recentLines {
		b.recent = b.recent[1:]
		b.missed++
	}
}

// look returns what there is to show. With take, events are shown once.
func (b *board) look(take bool) (c counts, recent []string, missed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	recent, missed = append(recent, b.recent...), b.missed
	b.missed = 0
	if take {
		b.recent = nil
	}
	return b.counts, recent, missed
}
