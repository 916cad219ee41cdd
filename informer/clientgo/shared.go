// SPDX-License-Identifier: Apache-2.0

package clientgo

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/cache"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

// Options are the options of [Shared] and [SharedHandle]. The zero value works.
type Options struct {
	// Resync is the period of handlers that are added without one of their own.
	// Zero means never or, of a handle, what its Provider has; less than zero
	// means never.
	Resync time.Duration
}

// Shared returns an informer of this library as client-go's interface, for whatever
// takes that: generated listers, controllers, [cache.WaitForCacheSync]. It is the
// same informer with the same cache; both may be used at the same time, and Run is
// called of one of them.
//
// The interface takes any object, so T is best a pointer, which costs nothing to
// hand over. What works differently from client-go's own informers is in
// DIFFERENCES.md beside this file.
func Shared[T any](inf *informer.Informer[T], options ...Options) cache.SharedIndexInformer {
	return ofInformer(inf, options...)
}

func ofInformer[T any](inf *informer.Informer[T], options ...Options) *shared[T] {
	s := newShared[T](inf, options)
	s.resync = max(0, s.resync)
	s.run, s.config = inf.Run, inf
	s.stopped = func() bool { return isClosed(inf.Stopped()) }
	return s
}

// SharedHandle is [Shared] for a handle on an informer of a group. The group runs
// that: RunWithContext and Run wait for the end of the context, of the handle or of
// the informer and do nothing else, and neither transforms nor handlers of watch
// errors can be set, since others share the informer.
func SharedHandle[T any](handle *informer.Handle[T], options ...Options) cache.SharedIndexInformer {
	s := newShared[T](handle, options)
	s.never = -1 // zero would be the period of its Provider
	s.run = func(ctx context.Context) error {
		select {
		case <-ctx.Done():
		case <-handle.Done():
		case <-handle.Stopped():
		}
		return nil
	}
	s.stopped = func() bool { return isClosed(handle.Done()) || isClosed(handle.Stopped()) }
	return s
}

// cached is what an Informer and a Handle have in common.
type cached[T any] interface {
	informer.Registrar[T]
	Reader() store.Reader[T]
	Indexer() *index.Indexer[T]
	Synced() <-chan struct{}
	Stats() informer.Stats
}

// shared is an informer by client-go's interface.
type shared[T any] struct {
	informer cached[T]
	indexer  *indexer[T]
	resync   time.Duration // of handlers that do not say
	never    time.Duration // of those that say they want none
	stopped  func() bool
	run      func(ctx context.Context) error
	config   *informer.Informer[T] // nil if it belongs to others too
	running  atomic.Pointer[context.Context]
}

func newShared[T any](inf cached[T], options []Options) *shared[T] {
	s := &shared[T]{informer: inf, indexer: newIndexer(inf)}
	for _, o := range options {
		s.resync = o.Resync
	}
	return s
}

// resource is what messages call it.
func (s *shared[T]) resource() string { return s.indexer.resource }

// failed says which call of which informer an error is of.
func failed(resource, call string, err error) error {
	return fmt.Errorf("clientgo: %s: %s: %w", resource, call, err)
}

func (s *shared[T]) Run(stopCh <-chan struct{}) { s.RunWithContext(wait.ContextForChannel(stopCh)) }

func (s *shared[T]) RunWithContext(ctx context.Context) {
	s.running.CompareAndSwap(nil, &ctx)
	if err := s.run(ctx); err != nil {
		slog.ErrorContext(ctx, "the informer does not run", "resource", s.resource(), "error", err)
	}
}

// context is that of Run, for those who are told of errors.
func (s *shared[T]) context() context.Context {
	if ctx := s.running.Load(); ctx != nil {
		return *ctx
	}
	return context.Background()
}

func (s *shared[T]) HasSynced() bool { return isClosed(s.informer.Synced()) }

func (s *shared[T]) HasSyncedChecker() cache.DoneChecker {
	return checker{"informer of " + s.resource(), s.informer.Synced()}
}

func (s *shared[T]) IsStopped() bool { return s.stopped() }

func (s *shared[T]) LastSyncResourceVersion() string { return s.informer.Stats().Version }

func (s *shared[T]) GetStore() cache.Store { return s.indexer }

func (s *shared[T]) GetIndexer() cache.Indexer { return s.indexer }

func (s *shared[T]) AddIndexers(indexers cache.Indexers) error {
	return s.indexer.AddIndexers(indexers)
}

func (s *shared[T]) GetController() cache.Controller { return controller[T]{s} }

// controller is what GetController returns: client-go's has nothing to run either.
type controller[T any] struct{ *shared[T] }

func (controller[T]) Run(<-chan struct{}) {}

func (controller[T]) RunWithContext(context.Context) {}

// checker is a [cache.DoneChecker] of a channel.
type checker struct {
	name string
	done <-chan struct{}
}

func (c checker) Name() string { return c.name }

func (c checker) Done() <-chan struct{} { return c.done }

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
