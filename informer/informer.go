// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/internal/eventlog"
	"github.com/typedinformer/typedinformer/internal/stack"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/queue"
	"github.com/typedinformer/typedinformer/store"
)

// Informer keeps a local, indexed copy of one resource type up to date and
// tells handlers what has changed. It is safe for concurrent use by multiple
// goroutines.
//
// Make one with [New], add indexes and handlers, and call [Informer.Run]. All
// of that can also be done while it runs.
type Informer[T any] struct {
	options  Options
	gvr      schema.GroupVersionResource
	resource string // what errors call it
	broken   error  // why it can never run; nil if it can

	store   *store.Store[T]
	indexer *index.Indexer[T]
	lister  *index.Lister[T]
	queue   *queue.DeltaFIFO[T]
	view    *view[T]  // nil if it reads a source, or several
	origins []*origin // what its versions are of

	// What follows is set before Run; see configure.
	source      listwatch.ListWatcher[T]    // nil for a view and over a NameSet
	transform   func(object T) (T, error)   // nil if objects are cached as they come
	interceptor atomic.Pointer[interceptor] // nil if errors go to OnError straight away

	synced  chan struct{} // closed when the first list of each part has been applied
	ending  chan struct{} // closed when Run begins to end
	stopped chan struct{} // closed when Run has ended
	// mu makes the change of the store and its publication in the log one step,
	// so that a state and a place in the log can be taken that belong together.
	// It is taken before the locks of store, indexer and log, and is never held
	// while a handler or OnError is called.
	mu          sync.Mutex
	parts       map[int32]*part[T] // by number; those that are leaving included
	territory   *territory[T]      // nil if there is one part, of number 0
	life        life
	owned       errgroup.Group          // every goroutine of it but that of Run
	cancel      context.CancelCauseFunc // ends Run; nil before it
	subscribers map[*subscriber[T]]struct{}
	waiting     []*reader[T] // for the first list
	limited     []*reader[T] // those that have a limit
	apart       int          // readers that want to know of another UID
	registered  int          // handlers, ever
	log         eventlog.Log[Event[T]]
	history     *history[T] // nil as long as nobody asks for it
	writer      writer[T]
	listeners   []chan struct{} // of views that it is an input of

	postponed  postponed
	mutations  *mutations[T] // nil if nobody looks for them
	quarantine quarantine
	journal    journal
	recent     recent
}

// life is where an informer is in its life; it only moves on.
type life uint8

const (
	created life = iota
	running
	ended
)

// New returns an informer of what the source brings. Nothing happens until
// [Informer.Run]: no goroutine is started and nothing is asked of the source.
func New[T any](source listwatch.ListWatcher[T], options Options) *Informer[T] {
	inf := newInformer[T](resourceOf(source, options.Resource), options)
	if source == nil {
		inf.broken = errors.New("the source is nil: New needs a ListWatcher, such as listwatch.FromClient returns")
	}
	inf.origins = []*origin{{inf.resource}}
	inf.source = source
	inf.parts[0] = inf.newPart("", 0, source)
	return inf
}

// newInformer returns an informer without a part.
func newInformer[T any](resource schema.GroupVersionResource, options Options) *Informer[T] {
	inf := &Informer[T]{
		options:     options,
		gvr:         resource,
		resource:    resource.GroupResource().String(),
		parts:       map[int32]*part[T]{},
		store:       store.New[T](nil),
		queue:       queue.NewDeltaFIFO[T](queue.Options{Limit: options.QueueLimit}),
		synced:      make(chan struct{}),
		ending:      make(chan struct{}),
		stopped:     make(chan struct{}),
		subscribers: map[*subscriber[T]]struct{}{},
	}
	inf.writer.informer = inf
	if options.HistoryLimit > 0 {
		inf.history = newHistory[T](options.HistoryLimit)
	}
	inf.journal.base, inf.journal.resource = options.Logger, inf.resource
	inf.quarantine.healed = func(key store.Key) {
		inf.postponed.tell(func() { inf.journal.healed(key) })
	}
	inf.indexer = index.New(inf.store, index.Options{OnError: inf.reportLater})
	inf.lister = index.NewLister(inf.indexer, resource.GroupResource())
	if options.DetectMutations > 0 {
		inf.detectMutations(options.DetectMutations, cmp.Or(options.MutationPeriod, defaultMutationPeriod))
	}
	return inf
}

// resourceOf finds out what to call the resource: what the user said, what the
// source says, or the name of the type.
func resourceOf[T any](source listwatch.ListWatcher[T], given schema.GroupVersionResource) schema.GroupVersionResource {
	if given.Resource != "" {
		return given
	}
	if described, ok := source.(listwatch.Described); ok {
		if resource := described.Resource(); resource.Resource != "" {
			return resource
		}
	}
	var object T
	return schema.GroupVersionResource{Resource: fmt.Sprintf("%T", object)}
}

// Run lists and watches until ctx is done, and returns when every goroutine that
// it started has ended; that takes no longer than the handlers' running calls.
// What was pending for handlers then is dropped. It returns nil if ctx ended it.
//
// Run is called once. A second call returns an error and changes nothing.
func (inf *Informer[T]) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	return inf.run(ctx, cancel)
}

// run is Run for who has a context that is for nothing else, and the means to end
// it, as a [Group] has.
func (inf *Informer[T]) run(ctx context.Context, cancel context.CancelCauseFunc) error {
	stack.Reserve8K() // for the loop
	if err := inf.start(cancel); err != nil {
		return fmt.Errorf("informer: %s: Run: %w", inf.resource, err)
	}
	inf.owned.Go(func() error { return inf.failed(inf.read(ctx)) })
	if inf.mutations != nil && inf.mutations.period > 0 {
		inf.owned.Go(func() error {
			inf.mutations.run(ctx)
			return nil
		})
	}
	// The loop has this goroutine: one more would be a third more to start, to grow
	// and to scan, beside that of the source and that of a handler.
	err := inf.failed(inf.loop(ctx))
	if other := inf.owned.Wait(); err == nil {
		err = other
	}
	close(inf.stopped)
	if err != nil {
		return fmt.Errorf("informer: %s: %w", inf.resource, err)
	}
	return nil
}

// failed ends the informer if there is an error, and returns that.
func (inf *Informer[T]) failed(err error) error {
	if err != nil {
		inf.cancel(err)
	}
	return err
}

// read reads what there is to be read until ctx is done.
func (inf *Informer[T]) read(ctx context.Context) error {
	switch {
	case inf.view != nil:
		return nil // it reads and applies in one; see loop
	case inf.territory != nil:
		return inf.follow(ctx)
	}
	return inf.parts[0].feed.Run(ctx)
}

func (inf *Informer[T]) start(cancel context.CancelCauseFunc) error {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	switch {
	case inf.broken != nil:
		return inf.broken
	case inf.life == running:
		return errors.New("it runs already; Run is called once")
	case inf.life == ended:
		return fmt.Errorf("%w; make a new one", ErrStopped)
	}
	inf.life, inf.cancel = running, cancel
	for s := range inf.subscribers {
		inf.launch(s)
	}
	return nil
}

// stop ends the time in which handlers and indexes can be added, and the
// delivery to those there are.
func (inf *Informer[T]) stop() {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	inf.life = ended
	close(inf.ending)
	for s := range inf.subscribers {
		s.end(ErrStopped)
	}
	inf.notify()
	inf.indexer.Close()
	inf.queue.Close()
}

// Synced returns a channel that is closed once the first full list is in the
// cache and its indexes. It stays open if the informer stops before that.
func (inf *Informer[T]) Synced() <-chan struct{} { return inf.synced }

// Stopped returns a channel that is closed when Run has ended.
func (inf *Informer[T]) Stopped() <-chan struct{} { return inf.stopped }

// Reader returns the cache for reading. It can be read at any time: it is empty
// before the first list, and keeps its last state after the informer stopped.
func (inf *Informer[T]) Reader() store.Reader[T] { return inf.store }

// Indexer returns the cache with its indexes, for package index: [index.Add] and
// its like. An index can be added before the informer runs and while it does,
// but not after it has stopped.
func (inf *Informer[T]) Indexer() *index.Indexer[T] { return inf.indexer }

// Lister returns the cache as the API machinery reads it: by namespace, name and
// label selector, with NotFound errors.
func (inf *Informer[T]) Lister() *index.Lister[T] { return inf.lister }

// reportLater is report for those who may hold locks.
func (inf *Informer[T]) reportLater(err error) {
	inf.postponed.tell(func() { inf.report(err) })
}

// report tells the user of an error. No lock is held.
func (inf *Informer[T]) report(err error) {
	inf.recent.note(err)
	if f := inf.interceptor.Load(); f != nil {
		(*f)(err, inf.tell)
		return
	}
	inf.tell(err)
}

func (inf *Informer[T]) tell(err error) {
	if inf.options.OnError != nil {
		inf.options.OnError(err)
		return
	}
	inf.journal.write(err)
}
