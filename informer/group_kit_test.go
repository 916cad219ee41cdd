// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"iter"
	"sync"
	"testing"
	"testing/synctest"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// gauge counts what is under way, and how much there was at most.
type gauge struct {
	mu        sync.Mutex
	now, most int
	ever      int
}

func (g *gauge) enter() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now++
	g.ever++
	g.most = max(g.most, g.now)
}

func (g *gauge) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.now--
}

// read returns how many there are, were at most, and were ever.
func (g *gauge) read() (now, most, ever int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.now, g.most, g.ever
}

// gauged is a source that counts the watches and the lists under way, streaming
// lists up to their end.
type gauged struct {
	listwatch.ListWatcher[*Widget]
	lists, watches *gauge
}

func (s gauged) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[*Widget], error)) (listwatch.Page, error) {
	s.lists.enter()
	defer s.lists.leave()
	return s.ListWatcher.List(ctx, options, each)
}

func (s gauged) Watch(ctx context.Context, options listwatch.WatchOptions) iter.Seq2[listwatch.Event[*Widget], error] {
	return func(yield func(listwatch.Event[*Widget], error) bool) {
		s.watches.enter()
		defer s.watches.leave()
		listed := sync.OnceFunc(s.lists.leave)
		if options.InitialEvents {
			s.lists.enter()
			defer listed()
		}
		for event, err := range s.ListWatcher.Watch(ctx, options) {
			if event.InitialEventsEnd {
				listed()
			}
			if !yield(event, err) {
				return
			}
		}
	}
}

// only provides widgets of one source, whatever the scope says.
func only(source listwatch.ListWatcher[*Widget]) informer.Provider[*Widget] {
	return informer.Provider[*Widget]{Resource: widgets, Source: func(informer.Scope) listwatch.ListWatcher[*Widget] { return source }}
}

// anythingOf provides all resources of a server, as widgets.
func anythingOf(api *fake.APIServer) informer.Provider[*Widget] {
	return informer.Provider[*Widget]{Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
		return fake.ListWatcher[*Widget](api, scope.Resource)
	}}
}

// supply is a server of widgets for a group, whose lists and watches are
// counted.
type supply struct {
	server
	lists, watches *gauge
}

func newSupply(t *testing.T, keys ...string) supply {
	return supply{newServer(t, keys...), &gauge{}, &gauge{}}
}

func (s supply) provider() informer.Provider[*Widget] {
	return informer.Provider[*Widget]{Resource: widgets, Source: s.source}
}

func (s supply) source(scope informer.Scope) listwatch.ListWatcher[*Widget] {
	selector, err := labels.Parse(scope.LabelSelector)
	if err != nil {
		s.t.Error(err)
	}
	return gauged{s.Within(fake.Scope{Namespace: scope.Namespace, Labels: selector}), s.lists, s.watches}
}

func (s supply) acquire(group *informer.Group, namespace string) *informer.Handle[*Widget] {
	return s.provider().Acquire(group, informer.Scope{Namespace: namespace})
}

// wantWatches fails the test unless so many watches are open when nothing moves.
func (s supply) wantWatches(want int) {
	s.t.Helper()
	synctest.Wait()
	if now, _, _ := s.watches.read(); now != want {
		s.t.Errorf("%d watches are open, want %d", now, want)
	}
}

// wantDone fails the test unless a handle is done, or is not, when nothing moves.
func wantDone(t *testing.T, handle *informer.Handle[*Widget], want bool) {
	t.Helper()
	synctest.Wait()
	if got := closed(handle.Done()); got != want {
		t.Errorf("the handle on %v is done: %v, want %v", handle.Scope(), got, want)
	}
}
