// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

// noteBatches returns a handler that notes batches, each as one call, and takes
// a minute for each.
func noteBatches(r *recorder) informer.BatchFunc[*Widget] {
	return func(events []informer.Event[*Widget]) {
		var texts []string
		for _, event := range events {
			texts = append(texts, fmt.Sprint(event.Type, " ", event.Object))
		}
		r.note(strings.Join(texts, ", "))
		time.Sleep(time.Minute)
	}
}

func TestABatchHandlerIsCalledOnceForWhatIsPending(t *testing.T) {
	for name, test := range map[string]struct {
		options informer.HandlerOptions[*Widget]
		second  string // call after the initial one
	}{
		"every event": {second: "Updated a=3, Updated b=4, Updated a=5, Added c=6, Deleted b=4"},
		"filter": {
			informer.HandlerOptions[*Widget]{Filter: func(w *Widget) bool { return w.Name < "c" && w.Size < 5 }},
			"Updated a=3, Updated b=4, Deleted a=3, Deleted b=4",
		},
		"coalesce": {
			informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(2)},
			"Updated a=5, Deleted b=4, Added c=6",
		},
		"resync": {
			informer.HandlerOptions[*Widget]{Resync: time.Hour},
			"Updated a=3, Updated b=4, Updated a=5, Added c=6, Deleted b=4",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, "a", "b")
				inf := informer.New(s, informer.Options{})
				var calls recorder
				registration := addHandler(t, inf, noteBatches(&calls), test.options)
				defer run(t, inf)()
				wantCalls(t, &calls, "Added a=1, Added b=2")
				if closed(registration.Synced()) {
					t.Error("synced before the batch has returned")
				}
				s.update("a", 3)
				s.update("b", 4)
				s.update("a", 5)
				s.create("c", 6)
				s.delete("b")
				wantCalls(t, &calls)
				time.Sleep(time.Minute)
				wantCalls(t, &calls, test.second)
				if !closed(registration.Synced()) {
					t.Error("not synced")
				}
				time.Sleep(150 * time.Minute)
				synctest.Wait()
				calls.take()
				if stats := inf.Stats().Handlers[0]; stats.Backlog != 0 {
					t.Errorf("stats %+v, want no backlog", stats)
				}
			})
		})
	}
}

// The log's events are not the handler's to change.
func TestABatchIsTheHandlersOwnForTheTimeOfTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		var calls recorder
		addHandler(t, inf, informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) {
			clear(append(events, informer.Event[*Widget]{}))
		}), informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		addHandler(t, inf, &calls, informer.HandlerOptions[*Widget]{})
		s.update("a", 2)
		s.update("a", 3)
		wantCalls(t, &calls, "initial a=1", "update a 1→2", "update a 2→3")
	})
}

func TestABatchKeepsNothingAliveAfterItsCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		addHandler(t, inf, informer.BatchFunc[*Widget](func([]informer.Event[*Widget]) {}), informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		seen := func() weak.Pointer[Widget] {
			w := at(widget("b", 1), "2")
			source.list("2", at(widget("a", 1), "1"), w) // a batch of two
			synctest.Wait()
			return weak.Make(w)
		}()
		for version := 3; version < 6; version++ { // and batches of one
			source.modified(at(widget("b", version), strconv.Itoa(version)))
			synctest.Wait()
		}
		runtime.GC()
		if seen.Value() != nil {
			t.Error("a state is kept that the handler has returned from")
		}
	})
}

func TestAPanicInABatchIsThatOfTheWholeBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		reported := 0
		inf := informer.New(s, informer.Options{OnError: func(error) { reported++ }})
		var calls recorder
		note := noteBatches(&calls)
		addHandler(t, inf, informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) {
			note(events)
			if len(events) > 1 {
				panic("too many")
			}
		}), informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		time.Sleep(time.Hour)
		s.create("c", 3)
		wantCalls(t, &calls, "Added a=1, Added b=2", "Added c=3")
		if reported != 1 {
			t.Errorf("%d errors are reported, want 1", reported)
		}
		time.Sleep(time.Hour)
	})
}

// A handler that wraps another may know nothing of batches.
func TestABatchFuncIsAHandlerToo(t *testing.T) {
	var calls recorder
	var handler informer.Handler[*Widget] = informer.BatchFunc[*Widget](func(events []informer.Event[*Widget]) {
		for _, event := range events {
			noteEvents(&calls)(event)
		}
	})
	handler.HandleAdd(widget("a", 1), true)
	handler.HandleUpdate(widget("a", 1), widget("a", 2))
	handler.HandleDelete(widget("a", 2), true)
	want := []string{"Added : a=1 initial", "Updated : a=2 old a=1", "Deleted : a=2 old a=2 final"}
	if diff := cmp.Diff(want, calls.take()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	_, err := informer.New(newServer(t), informer.Options{}).AddHandler(informer.BatchFunc[*Widget](nil))
	if err == nil || !strings.Contains(err.Error(), "the handler is nil") {
		t.Errorf("AddHandler of a nil BatchFunc: %v", err)
	}
}

func TestABatchHandlerOfADispatcherWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, others := newServer(t, "a", "b"), newParts(t, "x", "y")
		widgets, parts := informer.New(s, informer.Options{}), informer.New(others, informer.Options{})
		var d informer.Dispatcher
		var calls recorder
		dispatch(t, &d, widgets, parts, noteBatches(&calls),
			informer.HandlerFuncs[*Part]{OnAdd: func(p *Part, _ bool) { calls.note(p.Name); time.Sleep(time.Minute) }})
		defer run(t, widgets)()
		defer run(t, parts)()
		began := time.Now()
		if err := d.WaitForSync(t.Context()); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took != 3*time.Minute || len(calls.take()) != 3 {
			t.Errorf("synced after %v, want 3 calls of a minute, one after the other", took)
		}
	})
}
