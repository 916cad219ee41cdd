// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// GroupOptions are the options of a [Group]. The zero value works.
type GroupOptions struct {
	// Options are those of each informer whose [Provider] has none of its own.
	// Resource is not looked at: it is that of the scope.
	Options Options
	// ConcurrentLists is how many informers may list at once, the first time or
	// again, so that a program with a hundred of them does not run its server
	// down when it starts. Zero means 10, less than zero any number. Informers
	// whose options have a ListSemaphore go by that.
	ConcurrentLists int
	// Linger is how long an informer that nobody holds any more goes on, in case
	// it is acquired again. Zero means that it ends at once.
	Linger time.Duration
}

const defaultConcurrentLists = 10

// Group runs informers, and shares them among those who need the same: the first
// who acquires one starts it, and it ends when the last has released it. It is
// safe for concurrent use by multiple goroutines, handlers included.
//
// Informers are acquired through a [Provider], [Acquire] or [Get], before the
// group runs and while it does.
type Group struct {
	options GroupOptions
	lists   *semaphore.Weighted // nil means any number

	mu        sync.Mutex // guards what follows, and members; taken before the locks of handles and informers
	life      life
	ctx       context.Context       // of Run; what is acquired later starts with it
	owned     errgroup.Group        // every goroutine of the group
	members   map[memberKey]*member // those that are held, and those that have not ended
	providers map[typeKey]providers
	entered   uint64  // members, ever
	failures  []error // of informers
}

// NewGroup returns a group without informers. Nothing happens until [Group.Run].
func NewGroup(options GroupOptions) *Group {
	group := &Group{
		options:   options,
		members:   map[memberKey]*member{},
		providers: map[typeKey]providers{},
	}
	if options.ConcurrentLists >= 0 {
		group.lists = semaphore.NewWeighted(int64(cmp.Or(options.ConcurrentLists, defaultConcurrentLists)))
	}
	return group
}

// Run runs the informers that were acquired before it, and those that are
// acquired while it runs, until ctx is done. It returns when every goroutine of
// the group and of its informers has ended; that takes no longer than the
// handlers' running calls.
//
// An informer that fails ends no other. Run returns the errors of all that did,
// joined, or nil. It is called once: a second call returns an error and changes
// nothing.
func (g *Group) Run(ctx context.Context) error {
	if err := g.start(ctx); err != nil {
		return fmt.Errorf("informer: Group.Run: %w", err)
	}
	// None of them returns an error: Wait would return only the first.
	_ = g.owned.Wait()
	g.mu.Lock()
	defer g.mu.Unlock()
	return errors.Join(g.failures...)
}

func (g *Group) start(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch g.life {
	case running:
		return errors.New("it runs already; Run is called once")
	case ended:
		return errors.New("the group has ended; make a new one")
	}
	g.life, g.ctx = running, ctx
	for _, m := range g.members {
		g.launch(m)
	}
	g.owned.Go(func() error {
		// Further goroutines are taken as long as this one has not ended.
		<-ctx.Done()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.life = ended
		return nil
	})
	return nil
}

// WaitForSync waits until all informers that are held when it is called have
// synced, and their handlers have returned from their initial adds, as
// [Informer.WaitForSync] says. Those that are released meanwhile do not count.
//
// If ctx or the group ends before that, the error joins a [*NotSyncedError] for
// each informer that has not synced: which one it is, what it was waiting for,
// and the last error of its source.
func (g *Group) WaitForSync(ctx context.Context) error {
	var late []error
	// One after the other is no slower than all at once: when ctx is done, each of
	// the rest says at once how far it is.
	for _, m := range g.sorted() {
		if m.holders == 0 {
			continue
		}
		if err := m.waitForSync(ctx); err != nil {
			late = append(late, err)
		}
	}
	return errors.Join(late...)
}

// optionsOf returns the options of an informer: own, or else the group's.
func (g *Group) optionsOf(own *Options, resource schema.GroupVersionResource) Options {
	options := g.options.Options
	options.Resource = schema.GroupVersionResource{}
	if own != nil {
		options = *own
	}
	options.Resource = cmp.Or(resource, options.Resource)
	options.ListSemaphore = cmp.Or(options.ListSemaphore, g.lists)
	return options
}

func (g *Group) provide(of typeKey, change func(providers) providers) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.providers[of] = change(g.providers[of])
}

// noProvider returns the error for a resource that was not provided for.
func (g *Group) noProvider(of typeKey, resource schema.GroupVersionResource) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	failure := &NoProviderError{Type: of.String(), Resource: resource}
	if all := g.providers[of]; all != nil {
		failure.Resources = all.resources()
		slices.SortFunc(failure.Resources, func(a, b schema.GroupVersionResource) int {
			return cmp.Compare(a.String(), b.String())
		})
	}
	for known := range g.providers {
		failure.Types = append(failure.Types, known.String())
	}
	slices.Sort(failure.Types)
	return failure
}
