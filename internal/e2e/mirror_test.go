// SPDX-License-Identifier: Apache-2.0

package e2e_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// patience is how long a test waits for what takes a moment.
const patience = 2 * time.Minute

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, fmt.Errorf("not within %v", patience))
	t.Cleanup(cancel)
	return ctx
}

// flawless are the options of an informer that nothing may go wrong for.
func flawless(t *testing.T) informer.Options {
	return informer.Options{OnError: func(err error) { t.Errorf("the informer reports: %v", err) }}
}

// versions are a state of a resource: which objects there are, at which versions.
type versions map[store.Key]string

func (v versions) set(object metav1.Object) {
	v[store.Key{Namespace: object.GetNamespace(), Name: object.GetName()}] = object.GetResourceVersion()
}

// versionsOf returns the state that a list is of.
func versionsOf(list runtime.Object) (versions, error) {
	state := versions{}
	err := meta.EachListItem(list, func(item runtime.Object) error {
		object, err := meta.Accessor(item)
		if err == nil {
			state.set(object)
		}
		return err
	})
	return state, err
}

// lister is the part of a client that lists.
type lister[L runtime.Object] interface {
	List(ctx context.Context, options metav1.ListOptions) (L, error)
}

// latest asks the server for its newest state.
func latest[L runtime.Object](ctx context.Context, t *testing.T, client lister[L], options metav1.ListOptions) versions {
	t.Helper()
	list, err := client.List(ctx, options)
	if err != nil {
		t.Fatalf("list what there is to compare with: %v", err)
	}
	state, err := versionsOf(list)
	if err != nil {
		t.Fatalf("read the list to compare with: %v", err)
	}
	return state
}

// A mirror is the state that all changes told so far add up to. It is safe for
// concurrent use.
type mirror struct {
	mu      sync.Mutex // guards what follows
	have    versions
	want    versions
	reached chan struct{} // closed when have is want; nil if nobody waits
}

// change changes the state and looks whether it is the one waited for.
func (m *mirror) change(change func(versions)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.have == nil {
		m.have = versions{}
	}
	change(m.have)
	m.compare()
}

// compare is called with mu held.
func (m *mirror) compare() {
	if m.reached != nil && maps.Equal(m.have, m.want) {
		close(m.reached)
		m.reached = nil
	}
}

// await waits until the state is want, and fails the test if ctx ends first.
func (m *mirror) await(ctx context.Context, t *testing.T, want versions) {
	t.Helper()
	reached := make(chan struct{})
	m.mu.Lock()
	m.want, m.reached = want, reached
	m.compare()
	m.mu.Unlock()
	select {
	case <-reached:
	case <-ctx.Done():
		m.mu.Lock()
		defer m.mu.Unlock()
		t.Fatalf("%v: the handler was told (-want +got):\n%s", context.Cause(ctx), cmp.Diff(want, m.have))
	}
}

// handlerOf returns a handler that tells the mirror.
func handlerOf[T metav1.Object](m *mirror) informer.Handler[T] {
	set := func(object T) { m.change(func(v versions) { v.set(object) }) }
	return informer.HandlerFuncs[T]{
		OnAdd:    func(object T, _ bool) { set(object) },
		OnUpdate: func(_, object T) { set(object) },
		OnDelete: func(last T, _ bool) {
			m.change(func(v versions) { delete(v, store.Key{Namespace: last.GetNamespace(), Name: last.GetName()}) })
		},
	}
}
