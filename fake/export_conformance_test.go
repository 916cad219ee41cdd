// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"net/http"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Mistakes are what Run refuses a suite for.
func (c Conformance) Mistakes() []string { return c.mistakes(promises()) }

// Promises are the names of all subtests.
func Promises() (names []string) {
	for _, promise := range promises() {
		names = append(names, promise.name)
	}
	return names
}

// Ledger is a handler of the suite, of a trial that has nothing else.
type Ledger struct{ *ledger }

// NewLedger makes one that takes objects with the label for namespace.
func NewLedger(t *testing.T, ctx context.Context, namespace string) Ledger {
	c := &trial{T: t, ctx: ctx, namespace: namespace}
	return Ledger{c.ledger()}
}

// TrialLabel is the label of the objects that a ledger takes.
const TrialLabel = trialLabel

// Flaws are what did not add up.
func (l Ledger) Flaws() []string { return l.audit() }

// Lines are the calls as text.
func (l Ledger) Lines() []string { return l.lines() }

// Inventions are the calls as text that storms which have written states, and
// nothing else, would find wrong.
func (l Ledger) Inventions(states ...*unstructured.Unstructured) []string {
	s := l.of.storm()
	for _, object := range states {
		s.states[stateOf(object)] = true
	}
	return linesOf(s.inventions(l.ledger))
}

// Tear says what is wrong with a list that should be of one state.
func Tear(list []*unstructured.Unstructured, objects int) string { return tear(list, objects) }

// Behind says how the cache of an informer is behind a call, such as "add".
func Behind(informer ConformanceInformer, what string, object *unstructured.Unstructured) string {
	return (&subject{ConformanceInformer: informer}).behind(told{what: what, object: object})
}

// Line is the line of the suite.
type Line struct{ wire }

// NewLine makes a line before a transport.
func NewLine(next http.RoundTripper) *Line { return &Line{wire{&line{}, next}} }

// What the suite does with its line.
func (l *Line) Cut()             { l.cut() }
func (l *Line) Hold()            { l.hold() }
func (l *Line) Release()         { l.release() }
func (l *Line) Repeat()          { l.repeat() }
func (l *Line) Asked() []Request { return l.asked() }
func (l *Line) Answer(f func(Request) (*http.Response, error)) {
	l.answer(f)
}

// UnderWay is how many requests are.
func (l *Line) UnderWay() (n int) {
	l.read(func() { n = len(l.traffic) })
	return n
}

// Streamed is an empty stream, as answers to give.
func Streamed() *http.Response { return streamed(nil) }
