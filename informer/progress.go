// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"sync"
	"sync/atomic"
)

// progress is how far a handler has come: it has returned from all events before
// a position in the log. As long as nobody waits for that, it costs the handler's
// goroutine an atomic read an event, and a write for those that it takes together.
type progress struct {
	position atomic.Uint64
	// awaited says that somebody waits. The handler's goroutine then notes its
	// position after each event, and not only after all that it has taken.
	awaited atomic.Bool

	mu     sync.Mutex // guards stones
	stones milestones[uint64]
}

// note says that the handler has returned from all events before a position.
func (p *progress) note(position uint64) {
	p.position.Store(position)
	if p.awaited.Load() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.stones.pass(position, position)
		p.awaited.Store(p.stones.any())
	}
}

// wait returns where the handler has returned from all events before a position.
// How far it has come is read after those who move on have been told to say so.
func (p *progress) wait(position uint64) *milestone[uint64] {
	p.mu.Lock()
	defer p.mu.Unlock()
	stone := p.stones.wait(position)
	p.awaited.Store(true)
	p.stones.pass(p.position.Load(), position)
	p.awaited.Store(p.stones.any())
	return stone
}

func (p *progress) leave(stone *milestone[uint64]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stones.leave(stone)
	p.awaited.Store(p.stones.any())
}
