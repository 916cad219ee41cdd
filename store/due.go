// SPDX-License-Identifier: Apache-2.0

package store

import (
	"container/heap"
	"time"
)

// due says when the object of a key is to be looked at.
type due struct {
	at  time.Time
	key Key
}

// dueQueue is a queue of those, the earliest first. It keeps an entry for each
// write, not for each key: looking in vain is cheaper than finding the old one.
type dueQueue struct{ heap dueHeap }

func (q *dueQueue) push(d due) { heap.Push(&q.heap, d) }
func (q *dueQueue) pop()       { heap.Pop(&q.heap) }

func (q *dueQueue) peek() (due, bool) {
	if len(q.heap) == 0 {
		return due{}, false
	}
	return q.heap[0], true
}

// dueHeap implements [heap.Interface], whose any is the price of using it.
type dueHeap []due

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h dueHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap) Push(d any)        { *h = append(*h, d.(due)) }

func (h *dueHeap) Pop() any {
	last := len(*h) - 1
	d := (*h)[last]
	(*h)[last] = due{}
	*h = (*h)[:last]
	return d
}
