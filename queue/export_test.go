// SPDX-License-Identifier: Apache-2.0

package queue

// Room returns for how many objects the queue holds memory: nothing that a user
// sees tells a leak from none.
func (q *FIFO[T]) Room() int { return len(q.line.spots) - 1 }

// Room returns for how many deltas the queue holds memory.
func (q *DeltaFIFO[T]) Room() int { return cap(q.pending) + cap(q.taken) }

// KeptDeltas is the most that is kept after a burst.
const KeptDeltas = keptDeltas

// WakeUps returns how many times the consumer was told of deltas and has not
// heard it yet. One too many stops the queue, but hardly ever.
func (q *DeltaFIFO[T]) WakeUps() int { return len(q.ready) }
