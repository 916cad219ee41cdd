// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// typeKey stands for a type T where T is not known.
type typeKey struct{ reflect.Type }

func typeOf[T any]() typeKey { return typeKey{reflect.TypeFor[T]()} }

// memberKey says which informer it is. There is never more than one of a key
// that talks to its source.
type memberKey struct {
	of    typeKey
	scope Scope
}

// anyInformer is an [Informer] of whatever type.
type anyInformer interface {
	Run(ctx context.Context) error
	run(ctx context.Context, cancel context.CancelCauseFunc) error
	Synced() <-chan struct{}
	WaitForSync(ctx context.Context) error
	Stats() Stats
	Health() Health
	report(err error)
	inspectable
}

// member is an informer of a group.
type member struct {
	key      memberKey
	resource schema.GroupVersionResource // if the scope does not say
	informer anyInformer
	flaw     error           // why it cannot run; nil for nearly all
	before   <-chan struct{} // closed when the one of the same key before has ended; nil if there was none
	over     chan struct{}   // closed when Run has ended

	// What follows is guarded by Group.mu.
	number   uint64                  // in the order of entry
	holders  int                     // handles that were not released
	released chan struct{}           // closed when there are none; another one when it is acquired anew
	settle   func()                  // tells the handle that was released last that this is over, or acquired anew
	idle     chan struct{}           // while it lingers; closed when it is acquired anew
	cancel   context.CancelCauseFunc // ends Run; nil before it
	ending   bool                    // nobody can get hold of it any more
	ended    bool                    // over is closed
}

func newMember(key memberKey, informer anyInformer, resource schema.GroupVersionResource, flaw error) *member {
	return &member{key: key, resource: resource, informer: informer, flaw: flaw, over: make(chan struct{})}
}

// name is what errors call it.
func (m *member) name() string {
	scope := m.key.scope
	scope.Resource = cmp.Or(scope.Resource, m.resource)
	return scope.String()
}

// hold returns the member of a key, held once more; nil if there is none.
func (g *Group) hold(key memberKey) *member {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.holdLocked(key)
}

// holdLocked is hold with mu held.
func (g *Group) holdLocked(key memberKey) *member {
	m := g.members[key]
	if m == nil || m.ending {
		return nil
	}
	m.hold()
	if m.idle != nil {
		close(m.idle)
		m.idle = nil
		m.settled()
	}
	return m
}

// hold notes a handle. Group.mu is held.
func (m *member) hold() {
	if m.holders++; m.holders == 1 {
		m.released = make(chan struct{})
	}
}

// enter makes a member part of the group, and returns it, held once. If there is
// one of its key by now, it returns that.
func (g *Group) enter(fresh *member) *member {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m := g.holdLocked(fresh.key); m != nil {
		return m
	}
	if last := g.members[fresh.key]; last != nil {
		fresh.before = last.over
	}
	fresh.hold()
	g.entered++
	fresh.number = g.entered
	g.members[fresh.key] = fresh
	switch g.life {
	case running:
		g.launch(fresh)
	case ended:
		g.stop(fresh)
	}
	return fresh
}

// launch starts a member. mu is held.
func (g *Group) launch(m *member) {
	ctx, cancel := context.WithCancelCause(g.ctx)
	m.cancel = cancel
	g.owned.Go(func() error {
		defer cancel(nil)
		if m.before != nil {
			// The context is not looked at: if this one were taken for ended, the
			// next might start beside the one before. That has been told to end.
			<-m.before
		}
		g.over(m, m.run(ctx, cancel))
		return nil
	})
}

func (m *member) run(ctx context.Context, cancel context.CancelCauseFunc) error {
	if m.flaw != nil {
		return m.runFlawed()
	}
	return m.informer.run(ctx, cancel)
}

// runFlawed reports why the informer cannot run, and makes it one that has stopped.
func (m *member) runFlawed() error {
	m.informer.report(m.flaw)
	return errors.Join(m.flaw, m.runEnded())
}

// runEnded makes an informer that was not run one that has stopped. It takes
// next to no time, and nothing of the user's is called.
func (m *member) runEnded() error {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return m.informer.Run(ctx)
}

// stop ends a member that was not launched. mu is held, so that nobody sees it
// before it has stopped.
func (g *Group) stop(m *member) {
	g.overLocked(m, m.runEnded())
}

// over notes that Run has ended.
func (g *Group) over(m *member, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.overLocked(m, err)
}

// overLocked is over with mu held.
func (g *Group) overLocked(m *member, err error) {
	if err != nil {
		g.failures = append(g.failures, err)
	}
	m.ended = true
	close(m.over)
	if m.holders == 0 {
		g.forget(m)
	}
}

// forget drops a member that has ended and that nobody holds. mu is held.
func (g *Group) forget(m *member) {
	m.settled()
	if g.members[m.key] == m { // and not the next of the same key
		delete(g.members, m.key)
	}
}

// settled tells the handle that was released last. mu is held.
func (m *member) settled() {
	if m.settle != nil {
		m.settle()
		m.settle = nil
	}
}

// release notes that a handle was released, and calls settle, with mu held, when
// that handle has nothing to do with the member any more.
func (g *Group) release(m *member, settle func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.holders--; m.holders > 0 {
		settle()
		return
	}
	close(m.released)
	m.settle = settle
	switch {
	case m.ended:
		g.forget(m)
	case g.life == created:
		g.stop(m)
	case g.life == running && g.options.Linger > 0:
		g.linger(m)
	default:
		m.end()
	}
}

// end makes Run return. Group.mu is held.
func (m *member) end() {
	m.ending = true
	m.cancel(nil)
}

// linger ends a member some time later, unless it is acquired anew. mu is held.
func (g *Group) linger(m *member) {
	idle := make(chan struct{})
	m.idle = idle
	g.owned.Go(func() error {
		timer := time.NewTimer(g.options.Linger)
		defer timer.Stop()
		select {
		case <-timer.C:
			g.expire(m, idle)
		case <-idle:
		case <-m.over:
		}
		return nil
	})
}

// expire ends a member whose time is up, unless it was acquired in the last
// moment.
func (g *Group) expire(m *member, idle chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if m.idle == idle {
		m.idle = nil
		m.end()
	}
}

// waitForSync is [Informer.WaitForSync] with errors that tell the informers of
// one resource from each other.
func (m *member) waitForSync(ctx context.Context) error {
	if m.flaw != nil { // it has as good as stopped, also before the group runs
		return &NotSyncedError{Resource: m.name(), Waiting: "the first list", Last: m.flaw, Err: ErrStopped}
	}
	return m.nameNotSynced(m.informer.WaitForSync(ctx))
}

// nameNotSynced adds to an error what the member knows.
func (m *member) nameNotSynced(err error) error {
	var late *NotSyncedError
	if !errors.As(err, &late) {
		return err
	}
	named := *late
	named.Resource = m.name()
	named.Last = cmp.Or(m.flaw, late.Last)
	if m.before != nil && !closed(m.before) {
		named.Waiting = "the end of the informer that was released before; a handler's call is still running"
	}
	return &named
}

// heldMember is a member as it was at one moment.
type heldMember struct {
	*member
	text     string // its name
	holders  int
	released <-chan struct{}
}

// waitForSync is that of the member, or nil when nobody holds it any more.
func (m heldMember) waitForSync(ctx context.Context) error {
	select {
	case <-m.informer.Synced():
	case <-m.released:
	case <-m.over:
	case <-ctx.Done():
	}
	if closed(m.released) {
		return nil
	}
	err := m.member.waitForSync(ctx)
	if closed(m.released) {
		return nil
	}
	return err
}
