// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
)

// restState is what a server of pods has: the pods in one encoding, and the steps
// that were taken since it has begun. All versions of one step have the same
// leading digit and the same length, so that a pod gets a new one in its place.
type restState struct {
	format wireFormat

	mu     sync.RWMutex // guards all below, and the digits in the bodies
	bodies [][]byte
	digits []int // where the version is in each body
	steps  []restStep
	taken  chan struct{} // closed by the next step
}

// A restStep gives each nth pod a new version. Watches are told of it, or end.
type restStep struct {
	Every   int
	Expires bool
}

// perStep is the distance between the versions of two steps; there can be eight.
const perStep = 10_000_000

func newRestState(format wireFormat, count int) (*restState, error) {
	s := &restState{format: format, taken: make(chan struct{})}
	for i := range count {
		pod := restPod(i)
		body, err := format.encode(&pod)
		if err != nil {
			return nil, fmt.Errorf("encoding pod %d: %w", i, err)
		}
		s.bodies = append(s.bodies, body)
		s.digits = append(s.digits, bytes.Index(body, []byte(pod.ResourceVersion)))
	}
	return s, nil
}

// restPod is pod i as it is in the beginning.
func restPod(i int) corev1.Pod {
	pod := wirePod(i)
	managed(&pod)
	pod.ResourceVersion = strconv.Itoa(perStep + i)
	return pod
}

// take takes a step: those who watch see its changes, or that their watch expired.
func (s *restState) take(step restStep) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.steps = append(s.steps, step)
	for i := 0; i < len(s.bodies); i += step.Every {
		body := s.bodies[i]
		strconv.AppendInt(body[:s.digits[i]], int64((len(s.steps)+1)*perStep+i), 10)
	}
	close(s.taken)
	s.taken = make(chan struct{})
}

// version is that of a list of what there is.
func (s *restState) version() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return strconv.Itoa((len(s.steps)+2)*perStep - 1)
}

// since is how many steps those have seen who have that version.
func since(version string) (steps int, err error) {
	number, err := strconv.Atoi(version)
	if err != nil || number < perStep {
		return 0, fmt.Errorf("the version %q is none of this server", version)
	}
	return number/perStep - 1, nil
}

// step waits for a step.
func (s *restState) step(ctx context.Context, number int) (restStep, error) {
	for {
		s.mu.RLock()
		steps, taken := s.steps, s.taken
		s.mu.RUnlock()
		if number < len(steps) {
			return steps[number], nil
		}
		select {
		case <-ctx.Done():
			return restStep{}, ctx.Err()
		case <-taken:
		}
	}
}

// appendEvent appends an event of one pod.
func (s *restState) appendEvent(to []byte, event string, i int) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.format.appendEvent(to, event, "Pod", s.bodies[i])
}
