// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Play starts a script from its beginning, in place of the one that ran before;
// the zero Script ends all faults. What the former script still holds up or
// disturbs comes to an end with it: requests that wait are served without a
// fault, and the streams that a fault was applied to are dropped, also those
// that it kept silent. All other streams go on.
//
// A rule that can never apply, such as one for a verb that there is not, makes
// the server answer every request with 500 and what is wrong.
//
// It is safe for concurrent use, and applies to requests that come after it has
// returned.
func (s *APIServer) Play(script Script) { s.player.play(script) }

// Requests returns what was asked of the server, in the order in which it came,
// since it was made or since [APIServer.ForgetRequests]. Requests that a script
// answers are there too; what a test does through a [Source] is none.
//
// The log has no limit: a test that runs for long has it forgotten now and then.
func (s *APIServer) Requests() []Request {
	p := s.player
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.requests)
}

// ForgetRequests empties the log of requests.
func (s *APIServer) ForgetRequests() {
	p := s.player
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests = nil
}

// player is where every request comes by: it keeps the log, and says what the
// script has for each.
type player struct {
	compact func() // forgets the history of all resources

	mu       sync.Mutex   // guards all below; held for short, never while waiting
	running  *performance // never nil
	requests []Request
}

// performance is one run of a script.
type performance struct {
	script Script
	flaw   error           // what is wrong with it
	calls  []int           // how many each rule has counted
	over   context.Context // ends with the run
	end    context.CancelFunc
}

func newPlayer(compact func()) *player {
	return &player{compact: compact, running: newPerformance(Script{})}
}

func newPerformance(script Script) *performance {
	script.Rules = slices.Clone(script.Rules)
	over, end := context.WithCancel(context.Background())
	return &performance{script: script, flaw: script.flaw(), calls: make([]int, len(script.Rules)), over: over, end: end}
}

func (p *player) play(script Script) {
	p.mu.Lock()
	former := p.running
	p.running = newPerformance(script)
	p.mu.Unlock()
	former.end()
}

// ruling is what the script has for one request. The zero ruling is that it has
// nothing.
type ruling struct {
	Fault
	over context.Context // ends when the script is over; nil without a fault
	flaw error           // of the script
}

// admit takes a request in before it is served: it writes the log, holds the
// request up as long as the script wants, and returns the error that the client
// gets instead of an answer. What is left for whoever serves the request is in
// the ruling.
func (p *player) admit(ctx context.Context, request Request) (ruling, error) {
	if err := ctx.Err(); err != nil {
		return ruling{}, err
	}
	r := p.rule(request)
	if r.flaw != nil {
		return ruling{}, apierrors.NewInternalError(r.flaw)
	}
	if r.Delay > 0 {
		timer := time.NewTimer(r.Delay)
		defer timer.Stop()
		if released, err := r.hold(ctx, timer.C); released || err != nil {
			return ruling{}, err
		}
	}
	if r.Compact {
		p.compact()
	}
	if r.Silent && request.Verb != verbWatch {
		_, err := r.hold(ctx, nil)
		return ruling{}, err
	}
	return r, r.refusal(&request)
}

// rule logs a request and finds the rule that applies to it.
func (p *player) rule(request Request) ruling {
	p.mu.Lock()
	defer p.mu.Unlock()
	request.Time = time.Now()
	p.requests = append(p.requests, request)
	found := ruling{flaw: p.running.flaw}
	for i := range p.running.script.Rules {
		rule := &p.running.script.Rules[i]
		if !rule.counts(&request) {
			continue
		}
		// Counted also if an earlier rule has decided: which calls a rule is
		// for must not depend on the chances of others.
		p.running.calls[i]++
		if found.over == nil && rule.applies(p.running.script.Seed, i, p.running.calls[i]) {
			found.Fault, found.over = rule.Fault, p.running.over
		}
	}
	return found
}

// hold waits until the time has come, the script is over (released), or ctx ends.
func (r *ruling) hold(ctx context.Context, until <-chan time.Time) (released bool, err error) {
	select {
	case <-ctx.Done():
		return false, fmt.Errorf("the script keeps the answer back: %w", ctx.Err())
	case <-r.over.Done():
		return true, nil
	case <-until:
		return false, nil
	}
}

// limit returns a context that ends when the stream is to be dropped, be it with
// the script or by the time that the fault gives it.
func (r *ruling) limit(ctx context.Context) (limited context.Context, release func()) {
	limited, cancel := context.WithCancel(ctx)
	free := func() {}
	if r.DropAfter > 0 {
		limited, free = context.WithTimeout(limited, r.DropAfter)
	}
	stop := context.AfterFunc(r.over, cancel)
	return limited, func() {
		stop()
		free()
		cancel()
	}
}
