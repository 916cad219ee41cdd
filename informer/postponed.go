// SPDX-License-Identifier: Apache-2.0

package informer

import "sync"

// postponed holds back what is to be told to the user while a batch is being
// applied, since informer.mu is held then, and what is told may call the
// informer. At other times, as when an index is added, it passes at once.
type postponed struct {
	mu      sync.Mutex // guards what follows; taken last
	holding bool
	held    []func()
}

// tell calls f, now or when the batch has been applied.
func (p *postponed) tell(f func()) {
	p.mu.Lock()
	holding := p.holding
	if holding {
		p.held = append(p.held, f)
	}
	p.mu.Unlock()
	if !holding {
		f()
	}
}

func (p *postponed) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding = true
}

// release calls what was held back.
func (p *postponed) release() {
	p.mu.Lock()
	held := p.held
	p.holding, p.held = false, nil
	p.mu.Unlock()
	for _, f := range held {
		f()
	}
}
