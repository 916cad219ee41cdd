// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/informer"
)

// draining starts Drain and returns a channel for its result.
func draining(ctx context.Context, registration *informer.Registration) <-chan error {
	result := make(chan error, 1)
	go func() { result <- registration.Drain(ctx) }()
	synctest.Wait()
	return result
}

func TestG24_DrainDeliversWhatIsPendingAndNothingAfterIt(t *testing.T) {
	for name, backlog := range map[string]informer.Backlog{
		"every event": informer.EveryEvent(),
		"coalesce":    informer.Coalesce(1),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, "a", "hold")
				inf := informer.New(s, informer.Options{})
				handler := newStuck()
				registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Backlog: backlog, Resync: time.Minute})
				defer run(t, inf)()
				s.update("hold", 0)
				for size := 2; size <= 4; size++ {
					s.update("a", size)
					synctest.Wait()
				}
				handler.take()
				first := draining(t.Context(), registration)
				s.update("a", 5)
				s.create("b", 1)
				second := draining(t.Context(), registration)
				time.Sleep(time.Hour) // resyncs fall due, and count as published after it
				if len(first) > 0 || len(second) > 0 || registration.Err() != nil || closed(registration.Done()) {
					t.Error("drained before the call has returned")
				}
				handler.release()
				want := []string{"update a 1→2", "update a 2→3", "update a 3→4"}
				if name == "coalesce" {
					want = []string{"update a 1→4"}
				}
				wantCalls(t, &handler.recorder, want...)
				if err := errors.Join(<-first, <-second, registration.Drain(t.Context())); err != nil {
					t.Error(err)
				}
				if !closed(registration.Done()) || registration.Err() != informer.ErrRemoved || len(inf.Stats().Handlers) > 0 {
					t.Errorf("not done after Drain, or not gone, or %v", registration.Err())
				}
			})
		})
	}
}

func TestG24_DrainOfAnIdleHandlerEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		early := addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{})
		idle := addHandler(t, inf, &recorder{}, informer.HandlerOptions[*Widget]{})
		if err := early.Drain(t.Context()); err != nil || !closed(early.Done()) {
			t.Errorf("Drain before Run: %v", err)
		}
		defer run(t, inf)()
		if err := idle.Drain(t.Context()); err != nil || !closed(idle.Done()) {
			t.Errorf("Drain of an idle handler: %v", err)
		}
	})
}

// What is in the cache when a handler is added is pending for it.
func TestG24_DrainDeliversTheInitialState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{})
		defer run(t, inf)()
		var calls recorder
		registration := addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		if err := registration.Drain(t.Context()); err != nil {
			t.Error(err)
		}
		s.create("c", 3)
		wantCalls(t, &calls, "initial a=1", "initial b=2")
		if !closed(registration.Synced()) {
			t.Error("not synced")
		}
	})
}

func TestG24_DrainThatTakesTooLongDropsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Name: "slow"})
		defer run(t, inf)()
		s.update("hold", 0)
		s.update("a", 2)
		synctest.Wait()
		handler.take()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := registration.Drain(ctx)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `handler "slow" had 2 changes to go`) {
			t.Errorf("Drain: %v", err)
		}
		handler.release()
		wantCalls(t, &handler.recorder)
		if !closed(registration.Done()) {
			t.Error("not done")
		}
		if err := registration.Drain(t.Context()); !errors.Is(err, informer.ErrRemoved) {
			t.Errorf("Drain once more: %v, want ErrRemoved", err)
		}
	})
}

// Who waits for a version while a handler is drained waits for what is left.
func TestG24_ADrainIsNoShortCutToAVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		steps := make(chan struct{})
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnUpdate: func(_, _ *Widget) { <-steps }}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		for size := range 100 { // in several pieces of the log
			s.update("a", size)
			synctest.Wait()
		}
		w := waitsFor(t, registration, s.Version())
		drained := draining(t.Context(), registration)
		for range 100 {
			w.goesOn("with calls to go")
			steps <- struct{}{}
		}
		if err := <-drained; err != nil {
			t.Error(err)
		}
		w.result()
	})
}

func TestG24_DrainEndsWithTheInformer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- inf.Run(ctx) }()
		synctest.Wait()
		s.update("hold", 0)
		s.update("a", 2)
		synctest.Wait()
		drained := draining(t.Context(), registration)
		cancel()
		synctest.Wait()
		handler.release()
		if err := <-drained; !errors.Is(err, informer.ErrStopped) {
			t.Errorf("Drain: %v, want ErrStopped", err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestG24_ARegistrationLastsAsLongAsItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		gone := errors.New("the connection is gone")
		var calls recorder
		ctx, cancel := context.WithCancelCause(t.Context())
		scoped := addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{Context: ctx})
		before, cancelBefore := context.WithCancel(t.Context())
		never := addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{Context: before})
		cancelBefore()
		synctest.Wait()
		if !closed(never.Done()) {
			t.Error("a handler whose context ended before Run is not done")
		}
		defer run(t, inf)()
		wantCalls(t, &calls, "initial a=1")
		cancel(gone)
		synctest.Wait()
		s.update("a", 2)
		wantCalls(t, &calls)
		if err := scoped.Err(); !errors.Is(err, gone) || !errors.Is(err, informer.ErrRemoved) || !closed(scoped.Done()) {
			t.Errorf("ended with %v", err)
		}
		_, err := inf.AddHandlerWithOptions(&calls, informer.HandlerOptions[*Widget]{Context: ctx})
		if !errors.Is(err, gone) {
			t.Errorf("adding a handler whose context has ended: %v", err)
		}
	})
}
