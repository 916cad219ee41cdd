// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

func TestListFaults(t *testing.T) {
	tests := []struct {
		name  string
		fault fake.Fault
		want  []string
	}{
		{"none", fake.Fault{}, []string{"0s shop/a@4=3", "0s shop/c@6=4", "0s page 6"}},
		{"delay", fake.Fault{Delay: 2500 * time.Millisecond}, []string{"2.5s shop/a@4=3", "2.5s shop/c@6=4", "2.5s page 6"}},
		{"delay and refuse", fake.Fault{Delay: 2 * time.Second, Refuse: true}, []string{
			"2s fake: list widgets.toys.example.com: dial tcp: connect: connection refused",
		}},
		{"longer than the client waits", fake.Fault{Delay: time.Hour}, []string{"10m0s canceled"}},
		{"silent", fake.Fault{Silent: true}, []string{"10m0s canceled"}},
		{"truncate", fake.Fault{Truncate: 2}, []string{"0s shop/a@4=3", "0s unexpected EOF"}},
		{"truncate at once", fake.Fault{Truncate: 1}, []string{"0s unexpected EOF"}},
		{"truncate behind the end", fake.Fault{Truncate: 3}, []string{"0s shop/a@4=3", "0s shop/c@6=4", "0s page 6"}},
		{"broken", fake.Fault{Broken: 1}, []string{"0s shop/a@4: " + errBroken, "0s shop/c@6=4", "0s page 6"}},
		{"wrong kind", fake.Fault{WrongKind: 2}, []string{"0s shop/a@4=3", "0s shop/c@6: " + errWrongKind, "0s page 6"}},
		{"faults of streams", fake.Fault{DropAtOnce: true, DropAfterEvents: 1, SilentAfterEvents: 1, Duplicate: 1}, []string{
			"0s shop/a@4=3", "0s shop/c@6=4", "0s page 6",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				server.Play(always(test.fault))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				defer time.AfterFunc(patience, cancel).Stop()
				got := newTape()
				got.list(ctx, fake.ListWatcher[*Widget](server, toys), listOptions{})
				if diff := cmp.Diff(test.want, got.lines); diff != "" {
					t.Errorf("list (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A list is expired from its second page on.
func TestExpireContinue(t *testing.T) {
	server := newServer(t)
	server.Play(always(fake.Fault{ExpireContinue: true}))
	widgets := fake.ListWatcher[*Widget](server, toys)
	lines, page, err := list(t.Context(), widgets, listOptions{Limit: 1})
	if len(lines) != 1 || page.Continue == "" || err != nil {
		t.Fatalf("first page: %v, %+v, %v", lines, page, err)
	}
	if _, _, err := list(t.Context(), widgets, listOptions{Limit: 1, Continue: page.Continue}); !apierrors.IsResourceExpired(err) {
		t.Errorf("second page: %v, want expired", err)
	}
}

// A list without an end has all the items, and then empty pages as long as the
// fault is there.
func TestEndlessContinue(t *testing.T) {
	for _, limit := range []int64{0, 1} {
		server := newServer(t)
		server.Play(fake.Script{Rules: []fake.Rule{{To: 10, Fault: fake.Fault{EndlessContinue: true}}}})
		widgets := fake.ListWatcher[*Widget](server, toys)
		var all []string
		var pages int
		var next string
		for pages == 0 || next != "" {
			lines, page, err := list(t.Context(), widgets, listOptions{Limit: limit, Continue: next})
			if err != nil || page.Version != "6" {
				t.Fatalf("page %d: %+v, %v", pages, page, err)
			}
			all, next = append(all, lines...), page.Continue
			pages++
		}
		if diff := cmp.Diff([]string{"shop/a@4=3", "shop/c@6=4"}, all); diff != "" || pages != 11 {
			t.Errorf("limit %d: %d pages, want 11; items (-want +got):\n%s", limit, pages, diff)
		}
	}
}

// A page that has failed for the server's own reasons is told as that.
func TestListErrorsPassTheScript(t *testing.T) {
	server := newServer(t)
	widgets := fake.ListWatcher[*Widget](server, toys)
	if _, _, err := list(t.Context(), widgets, listOptions{Version: "x"}); !apierrors.IsBadRequest(err) {
		t.Errorf("bad version: %v, want a bad request", err)
	}
	for _, err := range widgets.Watch(t.Context(), watchOptions{Version: "x"}) {
		if !isNoNumber(err) {
			t.Errorf("bad version: %v", err)
		}
	}
}

func TestListWatcherScope(t *testing.T) {
	server := newServer(t)
	must(t)(sourceOf(t, server).Create(widget("home", "d", 5, "red")))
	tests := []struct {
		scope fake.Scope
		want  []string
	}{
		{fake.Scope{Namespace: "home"}, []string{"home/d@7=5"}},
		{fake.Scope{Labels: labels.SelectorFromSet(labels.Set{"red": "yes"})}, []string{"home/d@7=5"}},
		{fake.Scope{Namespace: "shop"}, []string{"shop/a@4=3", "shop/c@6=4"}},
	}
	for _, test := range tests {
		lines, _, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys, test.scope), listOptions{})
		if diff := cmp.Diff(test.want, lines); diff != "" || err != nil {
			t.Errorf("%+v: error %v, items (-want +got):\n%s", test.scope, err, diff)
		}
	}
}

func TestListWatcherIsDescribed(t *testing.T) {
	described, ok := fake.ListWatcher[*Widget](newServer(t), toys).(listwatch.Described)
	if !ok || described.Resource() != toys {
		t.Errorf("described %v, want by %v", ok, toys)
	}
}

func TestListWatcherOfUnknownResource(t *testing.T) {
	server := newServer(t)
	other := toys
	other.Resource = "gadgets"
	widgets := fake.ListWatcher[*Widget](server, other)
	if _, err := widgets.List(t.Context(), listOptions{}, func(store.Item[*Widget], error) {}); err == nil {
		t.Error("List of a resource that is not there has no error")
	}
	var failures []error
	for _, err := range widgets.Watch(t.Context(), watchOptions{}) {
		failures = append(failures, err)
	}
	if len(failures) != 1 || failures[0] == nil {
		t.Errorf("Watch of a resource that is not there: %v, want one error", failures)
	}
}
