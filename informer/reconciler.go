// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"

	"k8s.io/client-go/util/workqueue"
)

// Reconciler calls a function for keys that are queued: what is left to write of
// a controller is that function.
//
//	sets := &informer.Reconciler[store.Key]{
//		Name:      "replicasets",
//		Reconcile: func(ctx context.Context, key store.Key) error { … },
//	}
//	_, err := informer.Enqueue(replicaSets, sets)
//	_, err = informer.EnqueueController(pods, informer.Owner{Group: "apps", Kind: "ReplicaSet"}, sets)
//	// run the informers, and wait until they have synced
//	err = sets.Run(ctx) // blocks
//
// It is a [Queue]. A key that is queued several times before its turn gets one
// turn, and one that is queued while it has its turn gets another one after it:
// no key is reconciled by two workers at once, and none is forgotten.
//
// The fields are set before anything is called, and not changed after that. A
// Reconciler must not be copied. It is safe for concurrent use by multiple
// goroutines, Reconcile included.
type Reconciler[K comparable] struct {
	// Name stands for the reconciler in errors, logs, and the metrics of the
	// queue, if it makes its own.
	Name string
	// Queue is where keys wait. Run shuts it down at its end. Nil means that Run
	// makes one, with the default rate limit of client-go: a key that fails is
	// tried again after 5 ms, doubling to 1,000 s, and all of them together ten
	// times a second after the first hundred.
	//
	// With either, keys are added by [Reconciler.Add].
	Queue workqueue.TypedRateLimitingInterface[K]
	// Workers is how many keys are reconciled at once. Zero means 1.
	Workers int
	// Reconcile brings about what is wanted for a key, however often that takes:
	//
	//   - nil means that it is done, and the next failure of this key is the
	//     first;
	//   - an error means that it is tried again, by the rate limit of the queue;
	//   - [RequeueAfter] means that it is to be looked at again later;
	//   - a panic is an error, a [*ReconcilePanicError].
	//
	// ctx is that of Run. It is called by the workers, for several keys at once.
	Reconcile func(ctx context.Context, key K) error
	// OnError is told of each error of Reconcile, by the worker that called it.
	// It is not told that a call was broken off by the end of ctx. If it is nil,
	// errors are logged.
	OnError func(key K, err error)
	// Logger is what errors are logged with if OnError is nil. Nil means
	// [slog.Default].
	Logger *slog.Logger

	mu    sync.Mutex // guards all below
	ran   bool
	early []K            // what was added before Run made the queue, in order
	known map[K]struct{} // the same
	queue workqueue.TypedRateLimitingInterface[K]
}

// Add queues a key. It can be called at any time, does not wait for anything, and
// does nothing after the end of Run.
func (r *Reconciler[K]) Add(key K) {
	if queue := r.place(key); queue != nil {
		queue.Add(key)
	}
}

// place returns the queue, or notes the key if it is Run that makes the queue. A
// queue has a goroutine, which nobody would end who never calls Run.
func (r *Reconciler[K]) place(key K) workqueue.TypedRateLimitingInterface[K] {
	if r.Queue != nil {
		return r.Queue
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, again := r.known[key]; r.queue != nil || again {
		return r.queue
	}
	if r.known == nil {
		r.known = map[K]struct{}{}
	}
	r.known[key] = struct{}{}
	r.early = append(r.early, key)
	return nil
}

// Run reconciles until ctx is done, and returns nil when the last call of
// Reconcile has returned; what is queued then is dropped. Call it when the caches
// that Reconcile reads have synced. It also ends, with nil, if somebody else shuts
// the queue down; ShutDownWithDrain lets it do first what is queued.
//
// Run is called once. It returns an error at once if it was called before, if
// Reconcile is nil, if Workers is negative, or if the queue was shut down already.
func (r *Reconciler[K]) Run(ctx context.Context) error {
	queue, err := r.start()
	if err != nil {
		return fmt.Errorf("informer: reconciler %q: Run: %w", r.Name, err)
	}
	down := make(chan struct{})
	shutDown := context.AfterFunc(ctx, func() {
		defer close(down)
		queue.ShutDown()
	})
	var workers sync.WaitGroup
	for range max(1, r.Workers) {
		workers.Go(func() { r.work(ctx, queue) })
	}
	workers.Wait()
	if shutDown() { // before ctx is done
		queue.ShutDown()
	} else {
		<-down
	}
	return nil
}

// start checks what can be wrong and returns the queue.
func (r *Reconciler[K]) start() (workqueue.TypedRateLimitingInterface[K], error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.Reconcile == nil:
		return nil, errors.New("there is no function Reconcile")
	case r.Workers < 0:
		return nil, fmt.Errorf("%d workers; zero means 1", r.Workers)
	case r.ran:
		return nil, errors.New("it was called before; make a new Reconciler")
	case r.Queue != nil && r.Queue.ShuttingDown():
		return nil, errors.New("the queue was shut down, and takes no keys any more; make a new one")
	}
	r.ran = true
	if r.Queue != nil {
		return r.Queue, nil
	}
	r.queue = workqueue.NewTypedRateLimitingQueueWithConfig(
		workqueue.DefaultTypedControllerRateLimiter[K](),
		workqueue.TypedRateLimitingQueueConfig[K]{Name: r.Name},
	)
	for _, key := range r.early {
		r.queue.Add(key)
	}
	r.early, r.known = nil, nil
	return r.queue, nil
}

// work gives one key after the other its turn until the queue is shut down.
func (r *Reconciler[K]) work(ctx context.Context, queue workqueue.TypedRateLimitingInterface[K]) {
	for {
		key, shutDown := queue.Get()
		if shutDown {
			return
		}
		r.turn(ctx, queue, key)
	}
}

func (r *Reconciler[K]) turn(ctx context.Context, queue workqueue.TypedRateLimitingInterface[K], key K) {
	defer queue.Done(key)
	if ctx.Err() != nil {
		return // a queue that is shut down hands out what it still has
	}
	err := r.reconcile(ctx, key)
	if err == nil {
		queue.Forget(key)
		return
	}
	if ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return // it was broken off, which is what was asked for
	}
	var later *requeue
	if !errors.As(err, &later) {
		r.report(key, err)
		queue.AddRateLimited(key)
		return
	}
	if err == error(later) {
		queue.Forget(key)
	} else {
		r.report(key, err)
	}
	queue.AddAfter(key, later.after)
}

// reconcile calls Reconcile, and makes an error of a panic.
func (r *Reconciler[K]) reconcile(ctx context.Context, key K) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &ReconcilePanicError{Reconciler: r.Name, Value: cause, Stack: debug.Stack()}
		}
	}()
	return r.Reconcile(ctx, key)
}

func (r *Reconciler[K]) report(key K, err error) {
	if r.OnError != nil {
		r.OnError(key, err)
		return
	}
	logger := r.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logger.Error("informer: a key was not reconciled, and is tried again", "reconciler", r.Name, "key", fmt.Sprint(key), "error", err)
}
