// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"net/http"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

func watchPromises() []promise {
	return []promise{
		{"G33_WatchesGoOnFromTheLastVersion", watchesGoOnFromTheLastVersion},
		{"G35_InterruptedWatchIsResumed", interruptedWatchIsResumed},
		{"G35_RefusedConnectionIsResumed", refusedConnectionIsResumed},
		{"G35_ThrottledWatchIsResumed", throttledWatchIsResumed},
		{"G35_ExpiredVersionIsListedAnew", expiredVersionIsListedAnew},
		{"G35_RestartIsSurvived", restartIsSurvived},
	}
}

// watches are those that are no streaming lists.
func (c *trial) watches() (watches []Request) {
	for _, request := range c.line.asked() {
		if request.ruleVerb() == verbWatch {
			watches = append(watches, request)
		}
	}
	return watches
}

func watchesGoOnFromTheLastVersion(c *trial) {
	c.create("a", 1)
	l := c.ledger()
	c.start(l)
	c.fence(l)
	seen := l.newest()
	c.line.cut()
	c.update("a", 2)
	c.fence(l)
	watches := c.watches()
	if len(watches) == 0 {
		c.Fatalf("the line was cut, and there was no watch after that; in full:\n\t%s", c.log())
	}
	if last := watches[len(watches)-1]; !newerOrSame(last.Version, seen) {
		c.Errorf("the handler was told of version %s, and then the server was asked for %v", seen, last)
	}
	for _, watch := range c.line.asked() {
		if !watch.Bookmarks || watch.Timeout < 5*time.Minute || watch.Timeout > 10*time.Minute {
			c.Errorf("the server was asked for %v, for %v; want bookmarks, and 5 to 10 minutes", watch, watch.Timeout)
		}
	}
}

// newest is the newest version that the handler was told of.
func (l *ledger) newest() (version string) {
	l.read(func() {
		for _, e := range l.told {
			if told := e.object.GetResourceVersion(); version == "" || newer(told, version) {
				version = told
			}
		}
	})
	return version
}

func interruptedWatchIsResumed(c *trial) {
	l, _ := c.follow("a", "b")
	before := len(c.line.asked())
	for n := range 3 {
		c.line.hold()
		c.update("a", 10*n+2)
		c.update("a", 10*n+3)
		c.line.release()
		c.fence(l)
	}
	c.line.hold()
	c.delete("b")
	c.line.release()
	c.wantTold(l,
		"update a=1→2", "update a=2→3", "update a=3→12", "update a=12→13", "update a=13→22", "update a=22→23",
		"delete b=1")
	c.wantWatchesOnly(before)
}

// wantWatchesOnly checks that there was no list after so many requests.
func (c *trial) wantWatchesOnly(after int) {
	c.Helper()
	if verbs := c.verbs()[after:]; slices.ContainsFunc(verbs, func(verb string) bool { return verb != verbWatch }) {
		c.Errorf("the server was asked for %v; want watches alone; in full:\n\t%s", verbs, c.log())
	}
}

// A server that is down, and a proxy that closes at once, say nothing about the
// version.
func refusedConnectionIsResumed(c *trial) {
	l, _ := c.follow("a")
	before := len(c.line.asked())
	failures := []func() (*http.Response, error){
		func() (*http.Response, error) { return nil, (&Fault{Refuse: true}).refusal(&Request{}) },
		func() (*http.Response, error) { return streamed(nil), nil },
	}
	for n, failure := range failures {
		c.line.hold()
		c.update("a", n+2)
		c.answerNext(2, failure)
		c.line.release()
		c.fence(l)
	}
	c.wantTold(l, "update a=1→2", "update a=2→3")
	c.wantWatchesOnly(before)
}

func throttledWatchIsResumed(c *trial) {
	const seconds = 2
	l, _ := c.follow("a")
	before := len(c.line.asked())
	c.line.hold()
	c.update("a", 2)
	c.answerNext(1, func() (*http.Response, error) {
		return refusedResponse(apierrors.NewTooManyRequests("the test says so", seconds)), nil
	})
	c.line.release()
	c.wantTold(l, "update a=1→2")
	c.wantWatchesOnly(before)
	watches := c.line.asked()[before:]
	if len(watches) < 2 {
		c.Fatalf("the server was asked for %v; want a watch that is throttled, and another one", watches)
	}
	if waited := watches[1].Time.Sub(watches[0].Time); waited < seconds*time.Second {
		c.Errorf("the server said to wait for %d s, and was asked again after %v", seconds, waited)
	}
}

// Here it is the server that says that a version has expired.
func expiredVersionIsListedAnew(c *trial) {
	c.needs(c.server.Expire != nil, "Expire")
	l, s := c.follow("a", "b", "c")
	before := len(c.line.asked())
	c.line.hold()
	c.delete("b")
	last := c.update("a", 2)
	c.update("c", 2)
	if err := c.server.Expire(c.ctx, last.GetResourceVersion()); err != nil {
		c.Fatalf("have version %s expire: %v", last.GetResourceVersion(), err)
	}
	c.line.release()
	c.wantToldInAnyOrder(l, "gone b=1", "update a=1→2", "update c=1→2")
	c.wantServerState(s, l)
	if verbs := c.verbs()[before:]; !slices.Contains(verbs, verbList) && !slices.Contains(verbs, verbStream) {
		c.Errorf("the version had expired, and the server was asked for %v; want a list", verbs)
	}
}

// What the server had before and after it restarted adds up.
func restartIsSurvived(c *trial) {
	c.needs(c.server.Restart != nil, "Restart")
	l, s := c.follow("a", "b")
	c.update("a", 2)
	if err := c.server.Restart(c.ctx); err != nil {
		c.Fatalf("restart the server: %v", err)
	}
	c.hangUp() // the connections with the former server, on which a write would fail
	c.update("a", 3)
	c.delete("b")
	c.wantServerState(s, l)
}
