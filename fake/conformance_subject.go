// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"context"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/typedinformer/typedinformer/store"
)

// subject is an informer under test.
type subject struct {
	ConformanceInformer
	of    *trial
	scope ConformanceScope
	// stop ends it and waits until it has ended. Further calls do nothing.
	stop func()
}

// subject makes an informer that is not running yet.
func (c *trial) subject(scope ConformanceScope) *subject {
	return &subject{ConformanceInformer: c.suite.Informer(c.T, scope), of: c, scope: scope, stop: func() {}}
}

// start runs an informer of the trial's namespace with handlers, and waits until
// it has synced and they were told of all there is.
func (c *trial) start(ledgers ...*ledger) *subject {
	c.Helper()
	return c.startWithin(c.scope(), ledgers...)
}

// follow makes objects, starts an informer, and returns it with a handler that
// was told of them and has forgotten that.
func (c *trial) follow(names ...string) (*ledger, *subject) {
	c.Helper()
	var initial []string
	for _, name := range names {
		c.create(name, 1)
		initial = append(initial, "initial "+name+"=1")
	}
	l := c.ledger()
	s := c.start(l)
	c.wantToldInAnyOrder(l, initial...)
	return l, s
}

func (c *trial) startWithin(scope ConformanceScope, ledgers ...*ledger) *subject {
	c.Helper()
	s := c.subject(scope)
	for _, l := range ledgers {
		s.add(l)
	}
	s.run()
	s.sync()
	return s
}

// run starts the informer.
func (s *subject) run() {
	ctx, cancel := context.WithCancel(s.of.ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	s.stop = sync.OnceFunc(func() {
		s.of.Helper()
		cancel()
		s.ended(ended)
	})
	s.of.subjects = append(s.of.subjects, s)
}

// ended waits for the end of Run. The context may have ended already, so this
// has a time limit of its own.
func (s *subject) ended(ended <-chan error) {
	s.of.Helper()
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	select {
	case err := <-ended:
		if err != nil {
			s.of.Errorf("Run returned %v; want nil, since its context has ended", err)
		}
	case <-late.C:
		s.of.Errorf("Run has not returned a minute after its context has ended")
	}
}

// sync waits until the informer has synced.
func (s *subject) sync() {
	s.of.Helper()
	if err := s.WaitForSync(s.of.ctx); err != nil {
		s.of.Fatalf("WaitForSync: %v", err)
	}
}

// add adds a handler.
func (s *subject) add(l *ledger) ConformanceRegistration {
	s.of.Helper()
	registration, err := s.AddHandler(l)
	if err != nil {
		s.of.Fatalf("AddHandler: %v", err)
	}
	return registration
}

// cached returns the trial's objects in the cache.
func (s *subject) cached() (objects []*unstructured.Unstructured) {
	for _, object := range s.List() {
		if s.of.owns(object) {
			objects = append(objects, object)
		}
	}
	return objects
}

// versions is the state of the cache.
func (s *subject) versions() map[store.Key]string {
	versions := map[store.Key]string{}
	for _, object := range s.cached() {
		versions[keyOf(object)] = object.GetResourceVersion()
	}
	return versions
}

// get returns a cached object that must be there.
func (s *subject) get(name string) *unstructured.Unstructured {
	s.of.Helper()
	object, err := s.Get(s.of.key(name))
	if err != nil {
		s.of.Fatalf("Get %s: %v", name, err)
	}
	return object
}

func (c *trial) key(name string) store.Key { return store.Key{Namespace: c.namespace, Name: name} }

// await waits until done is closed.
func (c *trial) await(what string, done <-chan struct{}) {
	c.Helper()
	select {
	case <-done:
	case <-c.ctx.Done():
		c.Fatalf("waiting for %s: %v", what, context.Cause(c.ctx))
	}
}

// awaitAsked waits until so many requests have come over the line.
func (c *trial) awaitAsked(requests int) {
	c.Helper()
	if err := c.line.await(c.ctx, func() bool { return len(c.line.requests) >= requests }); err != nil {
		c.Fatalf("waiting for %d requests: %v; there were %v", requests, err, c.line.asked())
	}
}

// returns waits until f has returned, which it has to do at once.
func (c *trial) returns(what string, f func()) {
	c.Helper()
	returned := make(chan struct{})
	go func() {
		defer close(returned)
		f()
	}()
	c.await(what, returned)
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// gate holds up a handler.
type gate struct {
	of      *trial
	reached chan struct{} // closed when a call has come to it
	arrive  func()
	opened  chan struct{}
	open    func()
}

func (c *trial) gate() *gate {
	reached, opened := make(chan struct{}), make(chan struct{})
	return &gate{
		of:      c,
		reached: reached, arrive: sync.OnceFunc(func() { close(reached) }),
		opened: opened, open: sync.OnceFunc(func() { close(opened) }),
	}
}

// pass waits until the gate is open.
func (g *gate) pass() {
	g.arrive()
	select {
	case <-g.opened:
	case <-g.of.ctx.Done():
	}
}
