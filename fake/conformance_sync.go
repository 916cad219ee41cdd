// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func syncPromises() []promise {
	return []promise{
		{"G19_SyncedMeansThatAllIsThere", syncedMeansThatAllIsThere},
		{"G19_SyncedAfterTheLastInitialAdd", syncedAfterTheLastInitialAdd},
		{"G19_NotSyncedIfStoppedFirst", notSyncedIfStoppedFirst},
		{"G20_PanicDoesNotKeepFromSync", panicDoesNotKeepFromSync},
		{"G21_InitialAddsSaySo", initialAddsSaySo},
		{"G21_LateHandlersMissNothing", lateHandlersMissNothing},
		{"G22_WaitSaysWhy", waitSaysWhy},
	}
}

func syncedMeansThatAllIsThere(c *trial) {
	var want []string
	for _, name := range strings.Fields("a b c d e") {
		c.create(name, 1)
		want = append(want, "initial "+name+"=1")
	}
	l := c.ledger()
	s := c.subject(c.scope())
	registration := s.add(l)
	if isClosed(registration.Synced()) {
		c.Error("a handler has synced before Run")
	}
	s.run()
	s.sync()
	if got := sorted(l.lines()); !slices.Equal(want, got) {
		c.Errorf("WaitForSync has returned, and the handler was told %v; want %v", got, want)
	}
	if got := len(s.cached()); got != len(want) {
		c.Errorf("WaitForSync has returned, and the cache has %d objects; want %d", got, len(want))
	}
	c.await("the handler's Synced", registration.Synced())
	if err := s.WaitForSync(c.ctx); err != nil {
		c.Errorf("a second WaitForSync: %v", err)
	}
}

func syncedAfterTheLastInitialAdd(c *trial) {
	for _, name := range strings.Fields("a b c") {
		c.create(name, 1)
	}
	gate := c.gate()
	l := c.ledger()
	l.during = func(told) {
		if len(l.entries()) == 2 { // this is the third
			gate.pass()
		}
	}
	s := c.subject(c.scope())
	registration := s.add(l)
	s.run()
	synced := make(chan struct{})
	waited := make(chan error, 1)
	go func() {
		defer close(synced)
		waited <- s.WaitForSync(c.ctx)
	}()
	c.await("the last initial add", gate.reached)
	if isClosed(registration.Synced()) || isClosed(synced) {
		c.Error("the handler has synced, and is in its last initial add")
	}
	gate.open()
	c.await("the handler's Synced", registration.Synced())
	c.await("WaitForSync", synced)
	if err := <-waited; err != nil {
		c.Errorf("WaitForSync: %v", err)
	}
	if got := len(l.entries()); got != 3 {
		c.Errorf("the handler has synced after %d of 3 initial adds", got)
	}
}

func notSyncedIfStoppedFirst(c *trial) {
	c.create("a", 1)
	c.line.hold()
	l := c.ledger()
	s := c.subject(c.scope())
	registration := s.add(l)
	s.run()
	waited := make(chan error, 1)
	go func() { waited <- s.WaitForSync(c.ctx) }()
	c.awaitAsked(1)
	s.stop()
	c.returns("WaitForSync", func() {
		if err := <-waited; err == nil {
			c.Error("WaitForSync returned nil, and there was no list")
		}
	})
	c.await("the handler's Done", registration.Done())
	if isClosed(registration.Synced()) {
		c.Error("the handler has synced, and there was no list")
	}
	if lines := l.lines(); len(lines) > 0 {
		c.Errorf("there was no list, and the handler was told %v", lines)
	}
}

// errPanic is what handlers panic with.
var errPanic = errors.New("fake: this handler panics, as the test wants it to")

func panicDoesNotKeepFromSync(c *trial) {
	for _, name := range strings.Fields("a b c") {
		c.create(name, 1)
	}
	l := c.ledger(func(e told) {
		if e.initial {
			panic(errPanic)
		}
	})
	s := c.subject(c.scope())
	registration := s.add(l)
	s.run()
	s.sync()
	c.await("the handler's Synced", registration.Synced())
	c.wantToldInAnyOrder(l, "initial a=1", "initial b=1", "initial c=1")
}

// That initial adds come before all else is checked by the ledger.
func initialAddsSaySo(c *trial) {
	c.create("a", 1)
	c.create("b", 1)
	early, late := c.ledger(), c.ledger()
	s := c.start(early)
	c.create("c", 1)
	c.update("a", 2)
	c.wantToldInAnyOrder(early, "initial a=1", "initial b=1", "add c=1", "update a=1→2")
	registration := s.add(late)
	c.await("the late handler's Synced", registration.Synced())
	if diff := cmp.Diff([]string{"initial a=2", "initial b=1", "initial c=1"}, sorted(late.lines())); diff != "" {
		c.Errorf("the late handler has synced, and was told, in whatever order (-want +got):\n%s", diff)
	}
	late.forget()
	c.create("d", 1)
	c.wantTold(late, "add d=1")
	c.wantTold(early, "add d=1")
	c.relist(func() { c.create("e", 1) })
	c.wantTold(late, "add e=1")
}

// Handlers come while writers write. That nobody is told twice, and that one
// state follows from the other, is checked by the ledger.
func lateHandlersMissNothing(c *trial) {
	const handlers, writes = 8, 60
	first := c.ledger()
	s := c.start(first)
	storm := c.storm()
	over, wait := storm.begin(3, writes)
	all := []*ledger{first}
	for i := range handlers {
		// Spread over the storm. If that is over sooner, the rest comes after it.
		_ = first.board.await(over, func() bool { return len(first.told) >= 8*i })
		late := c.ledger()
		s.add(late)
		all = append(all, late)
	}
	wait()
	c.wantServerState(s, all...)
	for _, l := range all {
		storm.wantServerStates(l)
	}
}

func waitSaysWhy(c *trial) {
	c.line.answer(func(asked Request) (*http.Response, error) {
		return refusedResponse(apierrors.NewForbidden(asked.Resource.GroupResource(), "", errors.New("the test says so"))), nil
	})
	s := c.subject(c.scope())
	s.run()
	ctx, giveUp := context.WithCancel(c.ctx)
	defer giveUp()
	waited := make(chan error, 1)
	go func() { waited <- s.WaitForSync(ctx) }()
	c.awaitAsked(2) // the first answer has been understood, then
	giveUp()
	c.returns("WaitForSync", func() {
		if err := <-waited; !apierrors.IsForbidden(err) {
			c.Errorf("WaitForSync returned %v; want an error that says that the list is forbidden", err)
		}
	})
}
