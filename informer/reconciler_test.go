// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/util/workqueue"

	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

var (
	_ informer.Queue[int]       = (*informer.Reconciler[int])(nil)
	_ informer.Queue[store.Key] = workqueue.TypedInterface[store.Key](nil)
)

// runReconciler starts a reconciler in a bubble. stop ends it, and fails the test
// unless Run then returns nil at once.
func runReconciler[K comparable](t *testing.T, r *informer.Reconciler[K]) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	synctest.Wait()
	return sync.OnceFunc(func() {
		t.Helper()
		cancel()
		synctest.Wait()
		wantEnded(t, ended)
	})
}

func wantEnded(t *testing.T, ended <-chan error) {
	t.Helper()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("Run: %v", err)
		}
	default:
		t.Error("Run has not returned")
	}
}

// turns are the calls of Reconcile, with the time since the first look.
type turns struct {
	recorder
	began time.Time
}

func (t *turns) at(what any) { t.note(fmt.Sprintf("%v at %v", what, time.Since(t.began))) }

func wantTurns(t *testing.T, got *turns, want ...string) {
	t.Helper()
	synctest.Wait()
	if diff := cmp.Diff(want, got.take()); diff != "" {
		t.Errorf("turns: -want +got\n%s", diff)
	}
}

func TestAReconcilerTriesAgainByTheRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := turns{began: time.Now()}
		failures, told := 3, 0
		r := &informer.Reconciler[int]{
			Reconcile: func(_ context.Context, key int) error {
				got.at(key)
				if failures--; failures >= 0 {
					return errBroken
				}
				return nil
			},
			OnError: func(key int, err error) {
				told++
				if key != 7 || err != errBroken {
					t.Errorf("OnError(%v, %v)", key, err)
				}
			},
		}
		defer runReconciler(t, r)()
		r.Add(7)
		time.Sleep(time.Hour)
		wantTurns(t, &got, "7 at 0s", "7 at 5ms", "7 at 15ms", "7 at 35ms")
		if told != 3 {
			t.Errorf("OnError was called %d times, want 3", told)
		}
		got.began, failures = time.Now(), 1
		r.Add(7)
		time.Sleep(time.Hour)
		wantTurns(t, &got, "7 at 0s", "7 at 5ms") // the success in between is what counts
	})
}

func TestRequeueAfterIsForALaterTurn(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		want []string
		told int
	}{
		"alone":           {informer.RequeueAfter(time.Minute), []string{"7 at 5ms", "7 at 1m0.005s", "7 at 1m0.01s"}, 2},
		"at once":         {informer.RequeueAfter(0), []string{"7 at 5ms", "7 at 5ms", "7 at 10ms"}, 2},
		"with an error":   {errors.Join(errBroken, informer.RequeueAfter(time.Minute)), []string{"7 at 5ms", "7 at 1m0.005s", "7 at 1m0.015s"}, 3},
		"within an error": {fmt.Errorf("oh: %w", informer.RequeueAfter(time.Minute)), []string{"7 at 5ms", "7 at 1m0.005s", "7 at 1m0.015s"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := turns{began: time.Now()}
				results := []error{errBroken, test.err, errBroken, nil}
				var told []error
				r := &informer.Reconciler[int]{
					Reconcile: func(_ context.Context, key int) error {
						got.at(key)
						err := results[0]
						results = results[1:]
						return err
					},
					OnError: func(_ int, err error) { told = append(told, err) },
				}
				defer runReconciler(t, r)()
				r.Add(7)
				time.Sleep(time.Hour)
				// The rate limit starts again after one that is no error.
				wantTurns(t, &got, append([]string{"7 at 0s"}, test.want...)...)
				if len(told) != test.told {
					t.Errorf("told of %v, want %d errors", told, test.told)
				}
			})
		})
	}
}

func TestNoKeyIsReconciledTwiceAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := turns{began: time.Now()}
		running, most := map[int]bool{}, 0
		var mu sync.Mutex // guards running and most
		r := &informer.Reconciler[int]{Workers: 3, Reconcile: func(_ context.Context, key int) error {
			mu.Lock()
			if running[key] {
				t.Errorf("key %d is being reconciled twice", key)
			}
			running[key] = true
			most = max(most, len(running))
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			delete(running, key)
			mu.Unlock()
			if key == 1 {
				got.at(key)
			}
			return nil
		}}
		defer runReconciler(t, r)()
		r.Add(1)
		time.Sleep(time.Second / 2)
		for range 5 {
			r.Add(1) // one more turn for all of them, after the one that is running
		}
		for key := range 5 {
			r.Add(key + 2)
		}
		time.Sleep(time.Minute)
		wantTurns(t, &got, "1 at 1s", "1 at 3s") // behind those of the others
		if most != 3 {
			t.Errorf("%d keys at once, want those of 3 workers", most)
		}
	})
}

func TestRunEndsWithItsLastCallAndDropsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls []int
		r := &informer.Reconciler[int]{
			Reconcile: func(ctx context.Context, key int) error {
				calls = append(calls, key)
				<-ctx.Done()
				time.Sleep(time.Minute)
				return fmt.Errorf("asking: %w", context.Cause(ctx))
			},
			OnError: func(_ int, err error) { t.Errorf("told of %v, which is the end that was asked for", err) },
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- r.Run(ctx) }()
		r.Add(1)
		r.Add(2)
		synctest.Wait()
		cancel(errBroken)
		synctest.Wait()
		select {
		case err := <-ended:
			t.Fatalf("Run has returned (%v) before the call", err)
		default:
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		wantEnded(t, ended)
		r.Add(3)
		synctest.Wait()
		if diff := cmp.Diff([]int{1}, calls); diff != "" {
			t.Errorf("calls: -want +got\n%s", diff)
		}
	})
}

// What fails while everything ends is told all the same, if it is not the end.
func TestAnErrorAtTheEndIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told error
		r := &informer.Reconciler[int]{
			Reconcile: func(ctx context.Context, _ int) error { <-ctx.Done(); return errBroken },
			OnError:   func(_ int, err error) { told = err },
		}
		stop := runReconciler(t, r)
		r.Add(1)
		synctest.Wait()
		stop()
		if told != errBroken {
			t.Errorf("told of %v, want %v", told, errBroken)
		}
	})
}

func TestAPanicOfReconcileIsAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []error
		calls := 0
		r := &informer.Reconciler[int]{
			Name: "sets",
			Reconcile: func(context.Context, int) error {
				if calls++; calls == 1 {
					panic(errBroken)
				}
				return nil
			},
			OnError: func(_ int, err error) { told = append(told, err) },
		}
		defer runReconciler(t, r)()
		r.Add(1)
		time.Sleep(time.Second)
		synctest.Wait()
		var panicked *informer.ReconcilePanicError
		if len(told) != 1 || !errors.As(told[0], &panicked) || !errors.Is(told[0], errBroken) {
			t.Fatalf("told of %v", told)
		}
		if panicked.Reconciler != "sets" || !strings.Contains(string(panicked.Stack), "reconciler_test.go") ||
			!strings.HasPrefix(panicked.Error(), `informer: reconciler "sets" panicked: broken`) {
			t.Errorf("error %v", panicked)
		}
		if calls != 2 {
			t.Errorf("%d calls, want 2: the key is tried again", calls)
		}
	})
}

// Goexit, as of a test's FailNow, ends a worker, and the last one Run.
func TestGoexitOfReconcileEndsTheWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &informer.Reconciler[int]{Reconcile: func(context.Context, int) error {
			runtime.Goexit()
			return nil
		}}
		ended := make(chan error, 1)
		go func() { ended <- r.Run(t.Context()) }()
		r.Add(1)
		synctest.Wait()
		wantEnded(t, ended)
	})
}

func TestErrorsOfReconcileAreLoggedIfNobodyIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &lines{}
		r := &informer.Reconciler[int]{Logger: slog.New(log), Reconcile: func(context.Context, int) error {
			return errors.Join(errBroken, informer.RequeueAfter(time.Hour))
		}}
		defer runReconciler(t, r)()
		r.Add(1)
		synctest.Wait()
		want := []string{"ERROR informer: a key was not reconciled, and is tried again, key=1"}
		if diff := cmp.Diff(want, log.all); diff != "" {
			t.Errorf("logged (-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsAddedBeforeRunWaitsForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var never informer.Reconciler[int] // leaves nothing behind, which the bubble sees
		never.Add(1)
		got := turns{began: time.Now()}
		r := &informer.Reconciler[int]{Reconcile: func(_ context.Context, key int) error { got.at(key); return nil }}
		for _, key := range []int{3, 1, 3, 2, 1} {
			r.Add(key)
		}
		time.Sleep(time.Second)
		defer runReconciler(t, r)()
		wantTurns(t, &got, "3 at 1s", "1 at 1s", "2 at 1s")
		r.Add(3)
		wantTurns(t, &got, "3 at 1s")
	})
}

func TestAReconcilerOverAQueueOfOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newQueue := func() workqueue.TypedRateLimitingInterface[int] {
			return workqueue.NewTypedRateLimitingQueue(workqueue.NewTypedItemExponentialFailureRateLimiter[int](time.Hour, time.Hour))
		}
		got := turns{began: time.Now()}
		queue, failures := newQueue(), 1
		r := &informer.Reconciler[int]{
			Queue:   queue,
			OnError: func(int, error) {},
			Reconcile: func(_ context.Context, key int) error {
				got.at(key)
				if failures--; failures >= 0 {
					return errBroken
				}
				return nil
			},
		}
		r.Add(1)
		stop := runReconciler(t, r)
		queue.Add(2)
		time.Sleep(time.Hour)
		wantTurns(t, &got, "1 at 0s", "2 at 0s", "1 at 1h0m0s")
		stop()
		if !queue.ShuttingDown() {
			t.Error("the queue goes on after Run has ended")
		}
		// Somebody else may end it too.
		drained := newQueue()
		got.began = time.Now()
		slow := &informer.Reconciler[int]{Queue: drained, Reconcile: func(_ context.Context, key int) error {
			time.Sleep(time.Second)
			got.at(key)
			return nil
		}}
		ended := make(chan error, 1)
		go func() { ended <- slow.Run(t.Context()) }()
		slow.Add(1)
		slow.Add(2)
		synctest.Wait()
		drained.ShutDownWithDrain()
		time.Sleep(time.Second)
		wantTurns(t, &got, "1 at 1s", "2 at 2s")
		wantEnded(t, ended)
	})
}

func TestAReconcilerThatCannotRunSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		nothing := func(context.Context, int) error { return nil }
		down := workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[int]())
		down.ShutDown()
		twice := &informer.Reconciler[int]{Reconcile: nothing}
		defer runReconciler(t, twice)()
		for _, test := range []struct {
			r    *informer.Reconciler[int]
			want string
		}{
			{&informer.Reconciler[int]{Name: "sets"}, `reconciler "sets": Run: there is no function Reconcile`},
			{&informer.Reconciler[int]{Reconcile: nothing, Workers: -1}, "-1 workers; zero means 1"},
			{&informer.Reconciler[int]{Reconcile: nothing, Queue: down}, "the queue was shut down"},
			{twice, "it was called before"},
		} {
			if err := test.r.Run(t.Context()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Run: %v, which does not say %q", err, test.want)
			}
		}
	})
}

// Keys that are added from all sides, before, while and after it starts, each
// get a turn after the last time that they were added.
func TestAReconcilerUnderLoad(t *testing.T) {
	const keys, rounds = 20, 100
	var mu sync.Mutex // guards seen and wanted
	var wanted, seen [keys]int
	done := make(chan struct{})
	remaining := keys
	r := &informer.Reconciler[int]{Workers: 4, Reconcile: func(_ context.Context, key int) error {
		mu.Lock()
		defer mu.Unlock()
		if seen[key] < rounds && wanted[key] == rounds {
			if remaining--; remaining == 0 {
				close(done)
			}
		}
		seen[key] = wanted[key]
		return nil
	}}
	var adders sync.WaitGroup
	for key := range keys {
		adders.Go(func() {
			for range rounds {
				mu.Lock()
				wanted[key]++
				mu.Unlock()
				r.Add(key)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	<-done
	adders.Wait()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
