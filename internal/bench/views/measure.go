// SPDX-License-Identifier: Apache-2.0

package views

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// A Starter starts a view of pods, or of pods and services. heard is called for
// each result that is new, one call at a time: with the sum of the generations
// of the pods that it is made of, and with their number. send hands changed pods
// to what the view is made of.
type Starter func(tb testing.TB, pods []*corev1.Pod, services []*corev1.Service, heard func(generations, pods int64)) (send func([]*corev1.Pod), stop func())

// Results of n pods, for Stream.
func Addresses(n int) int { return n }
func Loads(n int) int     { return n / podsPerService / servicesPerNamespace }

// Stream sends bursts of changes, one for each of n pods, through a view of that
// many results. A burst ends when each result has been heard in its last state.
func Stream(b *testing.B, n, results int, start Starter) {
	b.ReportAllocs()
	m := begin(b, n, results, start)
	defer m.stop()
	m.burst(b) // until queues and buffers have the size that they need
	for b.Loop() {
		m.burst(b)
	}
	b.ReportMetric(float64(n), "objects/op")
}

// Single sends one change at a time through a view of that many results, and
// waits until its result has been heard.
func Single(b *testing.B, n, results int, start Starter) {
	b.ReportAllocs()
	m := begin(b, n, results, start)
	defer m.stop()
	m.burst(b)
	i := 0
	for b.Loop() {
		if i%n == 0 {
			b.StopTimer()
			m.prepare()
			b.StartTimer()
		}
		m.await(1)
		m.any = true
		m.send(m.next[i%n : i%n+1])
		m.wait(b)
		i++
	}
}

// A measurement has a view under way.
type measurement struct {
	send func([]*corev1.Pod)
	stop func()

	results    int
	made       [4][]*corev1.Pod // sent in turn, so that nobody looks at the next
	next       []*corev1.Pod
	generation int64

	// Written while nothing is under way.
	any      bool // whether every result counts, or only those of the generation
	missing  int
	complete chan struct{}
}

func begin(tb testing.TB, n, results int, start Starter) *measurement {
	m := &measurement{results: results, generation: 1}
	for i := range m.made {
		m.made[i] = Pods(n)
	}
	m.await(results)
	m.send, m.stop = start(tb, Pods(n), Services(n), m.heard)
	m.wait(tb)
	return m
}

// prepare makes the next state of all pods.
func (m *measurement) prepare() {
	m.generation++
	m.next = m.made[m.generation%int64(len(m.made))]
	advance(m.next, m.generation)
}

func (m *measurement) burst(b *testing.B) {
	b.StopTimer()
	m.prepare()
	b.StartTimer()
	m.await(m.results)
	m.send(m.next)
	m.wait(b)
}

func (m *measurement) await(results int) {
	m.any, m.missing, m.complete = false, results, make(chan struct{})
}

// tooLong is many times what the slowest needs.
const tooLong = time.Minute

func (m *measurement) wait(tb testing.TB) {
	tb.Helper()
	select {
	case <-m.complete:
	case <-time.After(tooLong):
		tb.Fatalf("%d results have not been heard after %v", m.missing, tooLong)
	}
}

func (m *measurement) heard(generations, pods int64) {
	if !m.any && generations != pods*m.generation {
		return
	}
	if m.missing--; m.missing == 0 {
		close(m.complete)
	}
}
