// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilnet "k8s.io/apimachinery/pkg/util/net"

	"github.com/typedinformer/typedinformer/fake"
)

func contextThatEnded(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}

// Each status is an error that clients know by its reason.
func TestStatusFaults(t *testing.T) {
	tests := map[int]func(error) bool{
		400: apierrors.IsBadRequest,
		401: apierrors.IsUnauthorized,
		403: apierrors.IsForbidden,
		404: apierrors.IsNotFound,
		409: apierrors.IsConflict,
		410: apierrors.IsResourceExpired,
		422: apierrors.IsInvalid,
		429: apierrors.IsTooManyRequests,
		500: apierrors.IsInternalError,
		503: apierrors.IsServiceUnavailable,
		504: apierrors.IsTimeout,
	}
	for code, known := range tests {
		for retryAfter, wantSeconds := range map[time.Duration]int{0: 0, time.Millisecond: 1, 3 * time.Second: 3, 3001 * time.Millisecond: 4} {
			server := newServer(t)
			server.Play(always(fake.Fault{Status: code, RetryAfter: retryAfter}))
			_, _, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), listOptions{})
			var status apierrors.APIStatus
			if !known(err) || !errors.As(err, &status) || int(status.Status().Code) != code {
				t.Errorf("status %d: got %v", code, err)
			}
			seconds, found := apierrors.SuggestsClientDelay(err)
			if seconds != wantSeconds || found != (wantSeconds > 0) {
				t.Errorf("status %d, retry after %v: got %d seconds, %v", code, retryAfter, seconds, found)
			}
		}
	}
}

func TestRefuseIsARefusedConnection(t *testing.T) {
	server := newServer(t)
	server.Play(always(fake.Fault{Refuse: true}))
	_, _, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), listOptions{})
	var operation *net.OpError
	if !errors.Is(err, syscall.ECONNREFUSED) || !errors.As(err, &operation) || !utilnet.IsConnectionRefused(err) {
		t.Errorf("got %v, want a refused connection", err)
	}
}

// Requests of all kinds come by the script.
func TestFaultsOfOtherVerbs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, verb := range []string{"get", "create", "update", "patch", "delete", "deletecollection"} {
			server := newServer(t)
			server.Play(fake.Script{Rules: []fake.Rule{
				{Verb: verb, To: 1, Fault: fake.Fault{Delay: time.Second, Status: 500}},
				{Verb: verb, To: 2, Fault: fake.Fault{Silent: true}},
				{Verb: verb, Fault: fake.Fault{Broken: 1}},
			}})
			request := fake.Request{Verb: verb, Resource: toys, Namespace: "shop", Name: "a"}
			began := time.Now()
			if _, err := server.Admit(t.Context(), request); !apierrors.IsInternalError(err) || time.Since(began) != time.Second {
				t.Errorf("%s: after %v: %v, want an internal error after 1s", verb, time.Since(began), err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			began = time.Now()
			if _, err := server.Admit(ctx, request); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
				t.Errorf("%s: after %v: %v, want silence until the deadline", verb, time.Since(began), err)
			}
			cancel()
			fault, err := server.Admit(t.Context(), request)
			if diff := cmp.Diff(fake.Fault{Broken: 1}, fault); diff != "" || err != nil {
				t.Errorf("%s: error %v, what is left (-want +got):\n%s", verb, err, diff)
			}
			fault, err = server.Admit(t.Context(), fake.Request{Verb: "list", Resource: toys})
			if diff := cmp.Diff(fake.Fault{}, fault); diff != "" || err != nil {
				t.Errorf("a list: error %v, fault (-want +got):\n%s", err, diff)
			}
		}
	})
}

// A new script lets go of everything that the one before holds up, at once.
func TestPlayEndsWhatTheFormerScriptDoes(t *testing.T) {
	for _, fault := range []fake.Fault{
		{Delay: time.Hour, Status: 500}, {Silent: true}, {SilentAfterEvents: 2}, {NoInitialEventsEnd: true},
		{DropAfter: time.Hour}, {Behind: 1}, {Broken: 100},
	} {
		synctest.Test(t, func(t *testing.T) {
			server := newServer(t)
			server.Play(always(fault))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			widgets := fake.ListWatcher[*Widget](server, toys)
			listed, streamed := newTape(), newTape()
			go listed.list(ctx, widgets, listOptions{})
			go streamed.watch(ctx, widgets, watchOptions{Version: "1", InitialEvents: true})
			time.Sleep(time.Second)
			server.Play(fake.Script{})
			synctest.Wait()
			at := "0s"
			if fault.Delay > 0 || fault.Silent {
				at = "1s"
			}
			if diff := cmp.Diff([]string{at + " shop/a@4=3", at + " shop/c@6=4", at + " page 6"}, listed.lines); diff != "" {
				t.Errorf("%#v: list (-want +got):\n%s", fault, diff)
			}
			last := streamed.lines[len(streamed.lines)-1]
			want := "1s end"
			if fault.Delay > 0 { // it has only begun, and goes on without a fault
				want = "1s Bookmark 6 end"
			}
			if last != want {
				t.Errorf("%#v: the stream ends with %q, want %q", fault, last, want)
			}
		})
	}
}

// A stream without a fault is none of a script's business.
func TestPlayLeavesSoundStreamsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		server.Play(fake.Script{Rules: []fake.Rule{{Verb: "list", Fault: fake.Fault{Refuse: true}}}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		r := record(ctx, fake.ListWatcher[*Widget](server, toys), watchOptions{Version: "6"})
		synctest.Wait()
		server.Play(always(fake.Fault{Refuse: true}))
		must(t)(sourceOf(t, server).Create(widget("shop", "d", 5)))
		synctest.Wait()
		if diff := cmp.Diff([]string{"Added shop/d@7=5"}, r.take()); diff != "" || r.ended {
			t.Errorf("ended %v, events (-want +got):\n%s", r.ended, diff)
		}
	})
}

// The script is the caller's: what becomes of it after Play has no effect.
func TestPlayCopiesTheScript(t *testing.T) {
	server := newServer(t)
	script := always(fake.Fault{Refuse: true})
	server.Play(script)
	script.Rules[0] = fake.Rule{}
	if _, _, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), listOptions{}); err == nil {
		t.Error("the script was changed from outside")
	}
}

// Clients, and a test that changes the script, need no order among each other.
func TestPlayWhileRequestsRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		for range 4 {
			clients.Go(func() {
				widgets := fake.ListWatcher[*Widget](server, toys)
				for range 200 {
					_, _, _ = list(ctx, widgets, listOptions{Version: "0"})
					for range widgets.Watch(ctx, watchOptions{Version: "1", Timeout: 20 * time.Millisecond}) {
					}
				}
			})
		}
		for seed := range uint64(100) {
			server.Play(fake.RandomScript(seed))
			time.Sleep(10 * time.Millisecond)
			_ = server.Requests()
			server.ForgetRequests()
		}
		cancel()
		clients.Wait()
	})
}
