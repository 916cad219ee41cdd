// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// A script is what a source of either kind plays: a list that is there, and
// changes that a benchmark sends when it likes. Everything is made beforehand,
// so that playing it costs next to nothing.
type script struct {
	changes chan []*corev1.Pod // new states, in the order in which the watch is to bring them
	expire  chan struct{}      // ends the watch with 410, so that a relist follows

	// gate, if not nil, takes a value from each list before it is read: a
	// benchmark starts its clock there, after any wait of the informer's.
	gate chan struct{}

	// handing, if not nil, is called before each change is handed to the informer.
	handing func()

	mu      sync.Mutex // guards the rest
	listed  []*corev1.Pod
	version int
}

func newScript(listed []*corev1.Pod) *script {
	return &script{
		changes: make(chan []*corev1.Pod),
		expire:  make(chan struct{}),
		listed:  listed,
		version: 1_000_000,
	}
}

// list is the body of a list request. It never has more than one page; both
// informers take that from a source.
func (s *script) list(ctx context.Context) (pods []*corev1.Pod, version string, err error) {
	if s.gate != nil {
		select {
		case s.gate <- struct{}{}:
		case <-ctx.Done():
			return nil, "", ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listed, strconv.Itoa(s.version), nil
}

// send has the watch bring changes.
func (s *script) send(changes []*corev1.Pod) { s.changes <- changes }

// hand is called by the watches of either kind.
func (s *script) hand() {
	if s.handing != nil {
		s.handing()
	}
}

// relist sets what the next list returns.
func (s *script) relist(listed []*corev1.Pod) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listed = listed
	s.version += 1_000_000
}
