// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
)

// Whatever panics on the way of an initial add, and however often.
func TestG20_NoPanicKeepsARegistrationFromSyncing(t *testing.T) {
	boom := func(*Widget, bool) { panic("add") }
	for name, test := range map[string]struct {
		handler informer.Handler[*Widget]
		filter  func(*Widget) bool
		panics  uint64 // of 40 initial adds
	}{
		"handler": {handler: informer.HandlerFuncs[*Widget]{OnAdd: boom}, panics: 40},
		"events":  {handler: informer.EventFunc[*Widget](func(informer.Event[*Widget]) { panic("event") }), panics: 40},
		"batches": {handler: informer.BatchFunc[*Widget](func([]informer.Event[*Widget]) { panic("batch") }), panics: 1},
		"filter":  {handler: &recorder{}, filter: func(*Widget) bool { panic("filter") }, panics: 40},
		"one": {handler: informer.HandlerFuncs[*Widget]{OnAdd: func(w *Widget, initial bool) {
			if w.Size == 20 {
				boom(w, initial)
			}
		}}, panics: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t)
				for i := range 40 {
					s.create(fmt.Sprint("w", i), i)
				}
				inf := informer.New(s, informer.Options{OnError: func(error) {}})
				registration := addHandler(t, inf, test.handler, informer.HandlerOptions[*Widget]{Filter: test.filter})
				defer run(t, inf)()
				if !closed(registration.Synced()) {
					t.Error("not synced")
				}
				if err := inf.WaitForSync(t.Context()); err != nil {
					t.Error(err)
				}
				stats := inf.Stats().Handlers[0]
				if stats.Panics != test.panics || stats.Delivered != 40 || stats.Backlog != 0 {
					t.Errorf("stats %+v, want %d panics in 40 events", stats, test.panics)
				}
			})
		})
	}
}

func TestG25_AfterAPanicDeliveryGoesOnWithTheNextEvent(t *testing.T) {
	for name, backlog := range map[string]informer.Backlog{
		"every event": informer.EveryEvent(),
		"coalesce":    informer.Coalesce(0),
		"disconnect":  informer.Disconnect(5),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(t, "a", "hold")
				var reported []error
				inf := informer.New(s, informer.Options{OnError: func(err error) { reported = append(reported, err) }})
				handler := newStuck()
				addHandler(t, inf, informer.HandlerFuncs[*Widget]{OnUpdate: func(old, w *Widget) {
					handler.HandleUpdate(old, w)
					if w.Size == 2 {
						panic(errBroken)
					}
				}}, informer.HandlerOptions[*Widget]{Name: "h", Backlog: backlog})
				defer run(t, inf)()
				s.update("hold", 0)
				synctest.Wait()
				s.update("a", 2)
				s.create("b", 1)
				s.update("b", 3)
				synctest.Wait()
				handler.release()
				want := []string{"update a 1→2", "update b 1→3"}
				if name == "coalesce" {
					want = want[:1] // b is an add
				}
				wantCalls(t, &handler.recorder, want...)
				var panicked *informer.PanicError
				if len(reported) != 1 || !errors.As(reported[0], &panicked) || panicked.Handler != "h" || panicked.Raised || !errors.Is(reported[0], errBroken) {
					t.Errorf("reported %v", reported)
				}
				if !strings.Contains(string(panicked.Stack), "panicpolicy_test.go") {
					t.Errorf("the stack is not that of the panic:\n%s", panicked.Stack)
				}
			})
		})
	}
}

// The test runs itself in another process, which ends with the panic.
func TestG25_APanicIsRaisedIfThatIsWanted(t *testing.T) {
	const variable = "INFORMER_TEST_PANICS"
	if os.Getenv(variable) != "" {
		raisePanic()
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	again := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+t.Name()+"$")
	again.Env = append(os.Environ(), variable+"=1")
	output, err := again.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("the program went on: %v\n%s", err, output)
	}
	for _, want := range []string{"panic: out of oil", `reported: informer: widgets: handler "lamp" panicked, which is raised again: out of oil`, "raisePanic"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("the program's last words are without %q:\n%s", want, output)
		}
	}
}

func raisePanic() {
	source := fake.NewSource[*Widget](fake.Options{})
	inf := informer.New(source, informer.Options{OnError: func(err error) { fmt.Println("reported:", err) }})
	_, err := source.Create(widget("a", 1))
	_, added := inf.AddHandlerWithOptions(informer.HandlerFuncs[*Widget]{
		OnAdd: func(*Widget, bool) { panic("out of oil") },
	}, informer.HandlerOptions[*Widget]{Name: "lamp", PanicPolicy: informer.RaisePanics})
	fmt.Println(err, added, inf.Run(context.Background()))
}

func TestAPanicPolicySaysWhatItIs(t *testing.T) {
	for want, policy := range map[string]informer.PanicPolicy{
		"RecoverPanics": informer.RecoverPanics, "RaisePanics": informer.RaisePanics, "PanicPolicy(?)": 9,
	} {
		if got := policy.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
