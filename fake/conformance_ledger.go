// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/resourceversion"

	"github.com/typedinformer/typedinformer/store"
)

// ledger is a handler that writes down what it is told. Whatever the promise
// that is tested, what a handler is told has to add up, so that is checked in
// all of them: calls come one at a time, what is added was not there, what is
// updated or deleted was, and was what the handler was told last; no object
// goes back in time; and objects do not change once they were handed out.
type ledger struct {
	of *trial
	// during is called in each call, before it is written down; it may block.
	during func(told)
	called atomic.Bool

	board // guards what follows
	told  []told
	state map[store.Key]*unstructured.Unstructured
	last  map[store.Key]string // version, also of what was deleted
	flaws []string
}

// told is one call of a handler.
type told struct {
	what    string // "add", "update" or "delete"
	initial bool
	final   bool
	old     *unstructured.Unstructured // of an update
	object  *unstructured.Unstructured
	copy    *unstructured.Unstructured // of object, as it was then
}

func (e told) key() store.Key { return keyOf(e.object) }

// String is one of
//
//	initial a=1
//	add a=1
//	update a=1→2
//	delete a=2
//	gone a=2
//
// "gone" being a delete that is not final.
func (e told) String() string {
	name := e.object.GetName()
	switch {
	case e.initial:
		return "initial " + name + "=" + size(e.object)
	case e.what == "update":
		return "update " + name + "=" + size(e.old) + "→" + size(e.object)
	case e.what == "delete" && !e.final:
		return "gone " + name + "=" + size(e.object)
	}
	return e.what + " " + name + "=" + size(e.object)
}

// ledger makes one, whose flaws the trial tells of.
func (c *trial) ledger(during ...func(told)) *ledger {
	l := &ledger{of: c, state: map[store.Key]*unstructured.Unstructured{}, last: map[store.Key]string{}}
	for _, f := range during {
		l.during = f
	}
	c.ledgers = append(c.ledgers, l)
	return l
}

// HandleAdd implements [ConformanceHandler].
func (l *ledger) HandleAdd(object *unstructured.Unstructured, initial bool) {
	l.take(told{what: "add", initial: initial, object: object})
}

// HandleUpdate implements [ConformanceHandler].
func (l *ledger) HandleUpdate(old, object *unstructured.Unstructured) {
	l.take(told{what: "update", old: old, object: object})
}

// HandleDelete implements [ConformanceHandler].
func (l *ledger) HandleDelete(last *unstructured.Unstructured, final bool) {
	l.take(told{what: "delete", final: final, object: last})
}

func (l *ledger) take(e told) {
	if e.object == nil || e.what == "update" && e.old == nil {
		l.change(func() { l.flaw("told of the %s of nil", e.what) })
		return
	}
	if !l.of.owns(e.object) {
		return
	}
	if !l.called.CompareAndSwap(false, true) {
		l.change(func() { l.flaw("two calls at once, one of them: %v", e) })
		return
	}
	defer l.called.Store(false)
	runtime.Gosched() // for a second call to have its chance
	e.copy = e.object.DeepCopy()
	// Deferred, since during may panic.
	defer l.change(func() {
		l.check(e)
		l.told = append(l.told, e)
	})
	if l.during != nil {
		l.during(e)
	}
}

// check is called with the lock held, as are those below.
func (l *ledger) check(e told) {
	key, version := e.key(), e.object.GetResourceVersion()
	known := l.state[key]
	last, before := l.last[key]
	switch {
	case e.what == "add" && known != nil:
		l.flaw("%v: it was there, as %s", e, describeState(known))
	case e.what != "add" && known == nil:
		l.flaw("%v: it was not there", e)
	case e.what == "update" && !sameState(e.old, known):
		l.flaw("%v: the handler was told of %s before, and not of %s", e, describeState(known), describeState(e.old))
	case e.what == "delete" && !e.final && !sameState(e.object, known):
		l.flaw("%v: the last known state is %s, and not %s", e, describeState(known), describeState(e.object))
	case before && !newer(version, last) && (e.what != "delete" || e.final):
		l.flaw("%v: it has come to version %s, and version %s was told before", e, version, last)
	}
	if n := len(l.told); e.initial && n > 0 && !l.told[n-1].initial {
		l.flaw("%v: initial, after %v, which was not", e, l.told[n-1])
	}
	l.last[key] = version
	if l.state[key] = e.object; e.what == "delete" {
		delete(l.state, key)
	}
}

func (l *ledger) flaw(format string, args ...any) {
	l.flaws = append(l.flaws, fmt.Sprintf(format, args...))
}

// report tells the test of all that did not add up.
func (l *ledger) report() {
	l.of.Helper()
	for _, flaw := range l.audit() {
		l.of.Errorf("a handler: %s", flaw)
	}
}

// audit returns the flaws of the calls, and those of the objects that have
// changed since.
func (l *ledger) audit() (flaws []string) {
	l.read(func() {
		flaws = slices.Clone(l.flaws)
		for _, e := range l.told {
			if diff := cmp.Diff(e.copy.Object, e.object.Object); diff != "" {
				flaws = append(flaws, fmt.Sprintf("%v: the object has changed since then (-then +now):\n%s", e, diff))
			}
		}
	})
	return flaws
}

// lines are the calls as text, without those about fences.
func (l *ledger) lines() []string { return linesOf(l.entries()) }

func linesOf(entries []told) (lines []string) {
	for _, e := range entries {
		lines = append(lines, e.String())
	}
	return lines
}

// entries are the calls, without those about fences.
func (l *ledger) entries() (entries []told) {
	l.read(func() { entries = slices.Clone(l.told) })
	return slices.DeleteFunc(entries, func(e told) bool { return isFence(e.object) })
}

// awaitThat waits until the calls are as reached, called with the lock held, says.
func (l *ledger) awaitThat(what string, reached func() bool) {
	l.of.Helper()
	if err := l.board.await(l.of.ctx, reached); err != nil {
		l.of.Fatalf("waiting for %s: %v; it was told:\n\t%s", what, err, strings.Join(l.lines(), "\n\t"))
	}
}

// forget empties the ledger but for the state.
func (l *ledger) forget() { l.change(func() { l.told = nil }) }

// versions is the state that all calls add up to.
func (l *ledger) versions() map[store.Key]string {
	versions := map[store.Key]string{}
	l.read(func() {
		for key, object := range l.state {
			versions[key] = object.GetResourceVersion()
		}
	})
	return versions
}

func sameState(a, b *unstructured.Unstructured) bool {
	return a.GetUID() == b.GetUID() && a.GetResourceVersion() == b.GetResourceVersion()
}

func describeState(object *unstructured.Unstructured) string {
	return fmt.Sprintf("%s=%s@%s", object.GetName(), size(object), object.GetResourceVersion())
}

// newer compares versions. One that is no number is not newer, which a test
// will tell.
func newer(version, than string) bool {
	order, err := resourceversion.CompareResourceVersion(version, than)
	return err == nil && order > 0
}
