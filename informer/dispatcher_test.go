// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// dispatch adds handlers of two resources to a dispatcher.
func dispatch[A, B any](t *testing.T, d *informer.Dispatcher, a informer.Registrar[A], b informer.Registrar[B], first informer.Handler[A], second informer.Handler[B]) {
	t.Helper()
	if err := informer.Dispatch(d, a, first, informer.HandlerOptions[A]{Name: "first"}); err != nil {
		t.Fatal(err)
	}
	if err := informer.Dispatch(d, b, second, informer.HandlerOptions[B]{Name: "second"}); err != nil {
		t.Fatal(err)
	}
}

func TestADispatcherCallsOneHandlerAtATimeOverAllItsResources(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, others := newServer(t, "a", "b", "c"), newParts(t, "x", "y", "z")
		widgets, parts := informer.New(s, informer.Options{}), informer.New(others, informer.Options{})
		var d informer.Dispatcher
		running, calls := 0, []string(nil) // guarded by the dispatcher; the race detector watches
		call := func(text string) {
			if running++; running != 1 {
				t.Error("two calls at a time")
			}
			time.Sleep(time.Second) // so that the others queue up
			calls = append(calls, text)
			running--
		}
		dispatch(t, &d, widgets, parts,
			informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, _ bool) { call(w.Name) }},
			informer.EventFunc[*Part](func(event informer.Event[*Part]) { call(event.Key.Name) }))
		defer run(t, widgets)()
		defer run(t, parts)()
		began := time.Now()
		if err := d.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 6*time.Second {
			t.Errorf("synced after %v, want 6 calls of 1 s", took)
		}
		s.create("d", 1)
		time.Sleep(time.Second)
		synctest.Wait()
		for _, of := range []string{"abcd", "xyz"} { // in the order of each resource
			var got strings.Builder
			for _, name := range calls {
				if strings.Contains(of, name) {
					got.WriteString(name)
				}
			}
			if got.String() != of {
				t.Errorf("calls of one resource: %q, want %q", got.String(), of)
			}
		}
	})
}

func TestNoCallOfADispatcherBeginsAfterRemove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets, parts := informer.New(newServer(t, "a", "b"), informer.Options{}), informer.New(newParts(t, "x", "y"), informer.Options{})
		var d informer.Dispatcher
		hold, calls := make(chan struct{}), 0
		dispatch(t, &d, widgets, parts,
			informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { calls++; <-hold }},
			informer.HandlerFuncs[*Part]{OnAdd: func(*Part, bool) { calls++; <-hold }})
		defer run(t, widgets)()
		defer run(t, parts)() // one is called, the other waits for its turn
		if calls != 1 {
			t.Fatalf("%d calls are running", calls)
		}
		d.Remove()
		d.Remove()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := d.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `"first"`) && !strings.Contains(err.Error(), `"second"`) {
			t.Errorf("Wait while a call is running: %v", err)
		}
		close(hold)
		if err := d.Wait(t.Context()); err != nil || calls != 1 {
			t.Errorf("Wait: %v, after %d calls, want 1", err, calls)
		}
		for range 20 { // of what has happened already, whichever it sees first
			if err := d.Wait(expired(t)); err != nil {
				t.Errorf("Wait after the end: %v", err)
			}
		}
		if err := d.WaitForSync(t.Context()); !errors.Is(err, informer.ErrRemoved) {
			t.Errorf("WaitForSync: %v, want ErrRemoved", err)
		}
		err := informer.Dispatch(&d, widgets, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
		if !errors.Is(err, informer.ErrRemoved) {
			t.Errorf("Dispatch after Remove: %v, want ErrRemoved", err)
		}
	})
}

// A handler that was given its turn just before a removal is not called after
// it. Which comes first is chance, so there are many rounds.
func TestATurnThatComesWithARemovalIsGivenUp(t *testing.T) {
	late := 0
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			var d informer.Dispatcher
			var removed atomic.Bool
			widgets := informer.New(newServer(t, "a"), informer.Options{OnError: func(error) { // right behind the end of the turn
				d.Remove()
				removed.Store(true)
			}})
			parts := informer.New(newParts(t, "x"), informer.Options{})
			dispatch(t, &d, widgets, parts,
				informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { time.Sleep(time.Second); panic("end of turn") }},
				informer.HandlerFuncs[*Part]{OnAdd: func(*Part, bool) {
					if removed.Load() {
						late++
					}
				}})
			defer run(t, widgets)()
			defer run(t, parts)()
			time.Sleep(time.Second)
			synctest.Wait()
		})
	}
	if late > 5 { // a call may begin while Remove is running
		t.Errorf("%d of 50 calls began after Remove", late)
	}
}

func TestAHandlerMayChangeItsDispatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		widgets := informer.New(s, informer.Options{})
		var d informer.Dispatcher
		var calls []string
		var second informer.EventFunc[*Widget] = func(event informer.Event[*Widget]) {
			calls = append(calls, "second "+event.Key.Name)
			if event.Key.Name == "c" {
				d.Remove()
			}
		}
		first := func(w *Widget, _ bool) {
			calls = append(calls, "first "+w.Name)
			if w.Name == "b" {
				if err := informer.Dispatch(&d, widgets, second, informer.HandlerOptions[*Widget]{}); err != nil {
					t.Error(err)
				}
			}
		}
		if err := informer.Dispatch(&d, widgets, informer.HandlerFuncs[*Widget]{OnAdd: first}, informer.HandlerOptions[*Widget]{}); err != nil {
			t.Fatal(err)
		}
		defer run(t, widgets)()
		s.create("c", 1)
		synctest.Wait()
		s.create("d", 1)
		synctest.Wait()
		if err := d.Wait(t.Context()); err != nil {
			t.Error(err)
		}
		// Whether the first still hears of c is up to who has the turn first.
		got := slices.DeleteFunc(calls, func(call string) bool { return call == "first c" })
		if diff := cmp.Diff([]string{"first a", "first b", "second a", "second b", "second c"}, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestAPanicGivesUpTheTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reported []error
		s := newServer(t, "a", "b")
		widgets := informer.New(s, informer.Options{OnError: func(err error) { reported = append(reported, err) }})
		parts := informer.New(newParts(t, "x"), informer.Options{})
		var d informer.Dispatcher
		var calls []string
		dispatch(t, &d, widgets, parts,
			informer.EventFunc[*Widget](func(event informer.Event[*Widget]) {
				calls = append(calls, event.Key.Name)
				panic("oh")
			}),
			informer.HandlerFuncs[*Part]{OnAdd: func(p *Part, _ bool) { calls = append(calls, p.Name) }})
		defer run(t, widgets)()
		defer run(t, parts)()
		if err := d.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"a", "b", "x"}, calls); diff != "" {
			t.Errorf("calls: -want +got\n%s", diff)
		}
		var panicked *informer.PanicError
		if len(reported) != 2 || !errors.As(reported[0], &panicked) || panicked.Handler != "first" || panicked.Value != "oh" {
			t.Errorf("reported %v", reported)
		}
	})
}

// The time that an informer takes to stop is up to its own handlers.
func TestStoppingDoesNotWaitForTheTurnOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets, parts := informer.New(newServer(t, "a"), informer.Options{}), informer.New(newParts(t, "x"), informer.Options{})
		var d informer.Dispatcher
		hold := make(chan struct{})
		dispatch(t, &d, widgets, parts,
			informer.HandlerFuncs[*Widget]{OnAdd: func(*Widget, bool) { <-hold }},
			informer.HandlerFuncs[*Part]{OnAdd: func(*Part, bool) { t.Error("called out of turn") }})
		defer run(t, widgets)()
		run(t, parts)() // fails the test if it takes any time
		close(hold)
	})
}

func TestWaitingForTheSyncOfADispatcherSaysWhoIsBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t) // never lists
		widgets, parts := informer.New(source, informer.Options{Resource: widgets}), informer.New(newParts(t, "x"), informer.Options{})
		var d informer.Dispatcher
		if err := d.WaitForSync(t.Context()); err != nil {
			t.Errorf("with no handler: %v", err)
		}
		if err := d.Wait(t.Context()); err != nil {
			t.Errorf("with no handler: %v", err)
		}
		hold := make(chan struct{})
		dispatch(t, &d, widgets, parts, &recorder{}, informer.HandlerFuncs[*Part]{OnAdd: func(*Part, bool) { <-hold }})
		stop := run(t, widgets)
		defer stop()
		defer run(t, parts)()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := d.WaitForSync(ctx)
		want := "informer: widgets.test.io: not synced: context deadline exceeded while waiting for the first list (no answer for 1m0s)\n" +
			`informer: parts: not synced: context deadline exceeded while waiting for handler "second", which has 1 initial adds to go`
		var behind *informer.NotSyncedError
		if err == nil || !errors.As(err, &behind) || !errors.Is(err, context.DeadlineExceeded) || err.Error() != want {
			t.Errorf("WaitForSync:\n%v\nwant:\n%s", err, want)
		}
		close(hold)
		stop()
		if err := d.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync after one has stopped: %v, want ErrStopped", err)
		}
	})
}

// An informer that stops is not waited for, and neither are the others then.
func TestWaitingForTheSyncOfADispatcherEndsWithAnInformer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stops, goesOn := informer.New(newScript(t), informer.Options{}), informer.New(newScript(t), informer.Options{})
		var d informer.Dispatcher
		dispatch(t, &d, stops, goesOn, &recorder{}, &recorder{})
		defer run(t, goesOn)()
		stop := run(t, stops)
		synced := make(chan error, 1)
		go func() { synced <- d.WaitForSync(t.Context()) }()
		synctest.Wait()
		stop()
		select {
		case err := <-synced:
			if !errors.Is(err, informer.ErrStopped) {
				t.Errorf("WaitForSync: %v, want ErrStopped", err)
			}
		default:
			t.Error("WaitForSync goes on")
		}
		if err := informer.Dispatch(&d, goesOn, &recorder{}, informer.HandlerOptions[*Widget]{}); err != nil {
			t.Fatal(err)
		}
		if err := d.WaitForSync(t.Context()); !errors.Is(err, informer.ErrStopped) {
			t.Errorf("WaitForSync after a further Dispatch: %v, want ErrStopped still", err)
		}
	})
}

// remembering is a registrar that hands out what was registered, so that it can
// be removed behind the dispatcher's back.
type remembering struct {
	*informer.Informer[*Widget]
	registered *informer.Registration
}

func (r *remembering) AddHandlerWithOptions(handler informer.Handler[*Widget], options informer.HandlerOptions[*Widget]) (*informer.Registration, error) {
	registration, err := r.Informer.AddHandlerWithOptions(handler, options)
	r.registered = registration
	return registration, err
}

func TestADispatcherForgetsHandlersThatAreRemovedOtherwise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets := &remembering{Informer: informer.New(newScript(t), informer.Options{})}
		var d informer.Dispatcher
		stop := run(t, widgets.Informer)
		for i := range 3 {
			if err := informer.Dispatch(&d, widgets, &recorder{}, informer.HandlerOptions[*Widget]{}); err != nil {
				t.Fatal(err)
			}
			if held := d.Held(); held != 1 {
				t.Errorf("%d handlers are held after Dispatch %d, want 1", held, i)
			}
			synced := make(chan error, 1)
			go func() { synced <- d.WaitForSync(t.Context()) }()
			synctest.Wait()
			widgets.registered.Remove()
			if err := <-synced; err != nil {
				t.Errorf("WaitForSync, of a handler that was removed: %v", err)
			}
			<-widgets.registered.Done()
		}
		stop()
		if err := d.WaitForSync(t.Context()); err != nil {
			t.Errorf("WaitForSync, of a handler that was removed, after the informer has stopped: %v", err)
		}
		err := informer.Dispatch(&d, widgets, &recorder{}, informer.HandlerOptions[*Widget]{})
		if !errors.Is(err, informer.ErrStopped) {
			t.Errorf("Dispatch after the end: %v, want ErrStopped", err)
		}
	})
}

// Never two calls at once, which the race detector sees, and none after Wait,
// with removals at any time.
func TestADispatcherUnderLoad(t *testing.T) {
	for round := range 20 {
		var d informer.Dispatcher
		begun, calls := make(chan struct{}), 0 // calls is guarded by the dispatcher
		call := func(*Widget, bool) {
			if calls++; calls == 20 {
				close(begun)
			}
		}
		var stops []func()
		for range 4 {
			source := fake.NewSource[*Widget](fake.Options{})
			inf := informer.New(source, informer.Options{})
			if err := informer.Dispatch(&d, inf, informer.HandlerFuncs[*Widget]{OnAdd: call}, informer.HandlerOptions[*Widget]{}); err != nil {
				t.Fatal(err)
			}
			for j := range 50 {
				if _, err := source.Create(widget(fmt.Sprint("w-", j), j)); err != nil {
					t.Fatal(err)
				}
			}
			stops = append(stops, runOutside(t, inf))
		}
		want := 4 * 50
		if round%2 == 0 {
			if err := d.WaitForSync(t.Context()); err != nil {
				t.Fatal(err)
			}
		} else {
			<-begun
			want = -1
		}
		d.Remove()
		if err := d.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want < 0 {
			want = calls
		}
		for _, stop := range stops {
			stop()
		}
		if calls != want {
			t.Errorf("round %d: %d calls, want %d", round, calls, want)
		}
	}
}
