// SPDX-License-Identifier: Apache-2.0

package fake

import "github.com/google/go-cmp/cmp"

func lifePromises() []promise {
	return []promise{
		{"G24_RemoveEndsDelivery", removeEndsDelivery},
		{"G24_RemoveDuringACall", removeDuringACall},
		{"G24_HandlerRemovesItself", handlerRemovesItself},
		{"G25_PanicDoesNotEndDelivery", panicDoesNotEndDelivery},
		{"G27_RunEndsWithItsContext", runEndsWithItsContext},
		{"G27_RunEndsDuringAList", runEndsDuringAList},
		{"G27_RunIsCalledOnce", runIsCalledOnce},
		{"G28_NoHandlerAfterTheEnd", noHandlerAfterTheEnd},
	}
}

func removeEndsDelivery(c *trial) {
	c.create("a", 1)
	leaver, stayer := c.ledger(), c.ledger()
	s := c.start(stayer)
	registration := s.add(leaver)
	c.wantTold(leaver, "initial a=1")
	if isClosed(registration.Done()) {
		c.Error("a handler that was not removed is done")
	}
	for range 2 { // the second call does nothing
		c.returns("Remove", registration.Remove)
	}
	c.update("a", 2)
	c.fence(stayer)
	c.await("Done", registration.Done())
	if lines := leaver.lines(); len(lines) > 0 {
		c.Errorf("after Remove the handler was told %v", lines)
	}
	c.wantTold(stayer, "initial a=1", "update a=1→2")
}

// The call that is running goes on, and what is pending is dropped.
func removeDuringACall(c *trial) {
	gate := c.gate()
	leaver, stayer := c.ledger(func(told) { gate.pass() }), c.ledger()
	s := c.start(stayer)
	registration := s.add(leaver)
	c.create("a", 1)
	c.await("the handler to be called", gate.reached)
	c.update("a", 2)
	c.fence(stayer)
	c.returns("Remove", registration.Remove)
	if isClosed(registration.Done()) {
		c.Error("the handler is done, and its last call has not returned")
	}
	gate.open()
	c.wantLeft(leaver, stayer, registration)
}

// wantLeft checks that a handler that was removed during its first call hears of
// nothing else, and that another one does.
func (c *trial) wantLeft(leaver, stayer *ledger, registration ConformanceRegistration) {
	c.Helper()
	c.await("Done", registration.Done())
	c.update("a", 3)
	c.wantTold(stayer, "add a=1", "update a=1→2", "update a=2→3")
	if diff := cmp.Diff([]string{"add a=1"}, leaver.lines()); diff != "" {
		c.Errorf("the handler that was removed during its first call was told (-want +got):\n%s", diff)
	}
}

func handlerRemovesItself(c *trial) {
	registered := make(chan ConformanceRegistration, 1)
	leaver, stayer := c.ledger(), c.ledger()
	leaver.during = func(told) {
		registration := <-registered
		registration.Remove()
	}
	s := c.start(stayer)
	registration := s.add(leaver)
	registered <- registration
	c.create("a", 1)
	c.update("a", 2)
	c.wantLeft(leaver, stayer, registration)
}

func panicDoesNotEndDelivery(c *trial) {
	c.create("a", 1)
	careless, careful := c.ledger(func(e told) {
		if !e.initial && !isFence(e.object) {
			panic(errPanic)
		}
	}), c.ledger()
	c.start(careless, careful)
	c.update("a", 2)
	c.create("b", 1)
	c.delete("a")
	want := []string{"initial a=1", "update a=1→2", "add b=1", "delete a=2"}
	c.wantTold(careless, want...)
	c.wantTold(careful, want...)
}

// When Run has returned nothing is under way: no request, no call. In a bubble,
// no goroutine either, or the test does not end.
func runEndsWithItsContext(c *trial) {
	c.create("a", 1)
	l := c.ledger()
	s := c.subject(c.scope())
	registration := s.add(l)
	s.run()
	s.sync()
	c.update("a", 2)
	c.fence(l)
	s.stop()
	c.wantQuietLine()
	c.await("Done", registration.Done())
	l.forget()
	asked := len(c.line.asked())
	c.update("a", 3)
	if lines := l.lines(); len(lines) > 0 {
		c.Errorf("Run has returned, and a handler was told %v", lines)
	}
	if requests := c.line.asked()[asked:]; len(requests) > 0 {
		c.Errorf("Run has returned, and the server was asked for %v", requests)
	}
	if got := s.get("a"); size(got) != "2" {
		c.Errorf("after the end the cache has %s; want its last state", describeState(got))
	}
}

func runEndsDuringAList(c *trial) {
	c.line.hold()
	s := c.subject(c.scope())
	s.run()
	c.awaitAsked(1)
	s.stop()
	c.wantQuietLine()
}

// wantQuietLine checks that no request is under way.
func (c *trial) wantQuietLine() {
	c.Helper()
	c.line.read(func() {
		if n := len(c.line.traffic); n > 0 {
			c.Errorf("Run has returned, and %d requests are under way", n)
		}
	})
}

func runIsCalledOnce(c *trial) {
	l := c.ledger()
	s := c.start(l)
	again := func() {
		c.Helper()
		c.returns("a second Run", func() {
			if err := s.Run(c.ctx); err == nil {
				c.Error("a second Run returned nil; want an error")
			}
		})
	}
	again()
	c.create("a", 1)
	c.wantTold(l, "add a=1")
	s.stop()
	again()
}

func noHandlerAfterTheEnd(c *trial) {
	c.create("a", 1)
	s := c.start()
	s.stop()
	l := c.ledger()
	if _, err := s.AddHandler(l); err == nil {
		c.Error("AddHandler returned nil after the end; want an error")
	}
	if lines := l.lines(); len(lines) > 0 {
		c.Errorf("a handler that was added after the end was told %v", lines)
	}
}
