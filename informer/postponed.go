// SPDX-License-Identifier: Apache-2.0

package informer

import "sync"

// postponed holds back the errors of index functions while a batch is being
// applied, since informer.mu is held then and OnError may call the informer.
// Errors at other times, from adding an index, pass at once.
type postponed struct {
	report func(error)

	mu      sync.Mutex // guards what follows; taken last
	holding bool
	held    []error
}

func (p *postponed) add(err error) {
	p.mu.Lock()
	holding := p.holding
	if holding {
		p.held = append(p.held, err)
	}
	p.mu.Unlock()
	if !holding {
		p.report(err)
	}
}

func (p *postponed) hold() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holding = true
}

// release reports what was held back.
func (p *postponed) release() {
	p.mu.Lock()
	held := p.held
	p.holding, p.held = false, nil
	p.mu.Unlock()
	for _, err := range held {
		p.report(err)
	}
}
