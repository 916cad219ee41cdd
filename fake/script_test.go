// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
)

// code is the status that a script answers request with, zero for none.
func code(t testing.TB, server *fake.APIServer, request fake.Request) int {
	t.Helper()
	_, err := server.Admit(t.Context(), request)
	var status apierrors.APIStatus
	if errors.As(err, &status) {
		return int(status.Status().Code)
	}
	if err != nil {
		t.Error(err) // not Fatal: it is called by goroutines too
	}
	return 0
}

func TestRules(t *testing.T) {
	status := func(code int) fake.Fault { return fake.Fault{Status: code} }
	const (
		lists   = "list widgets"
		watches = "watch widgets"
		streams = "stream widgets"
	)
	tests := []struct {
		name  string
		rules []fake.Rule
		calls []string // "verb resource", or more of them
		want  []int
	}{
		{"no rule", nil, []string{lists}, []int{0}},
		{"the zero Rule, but for its fault", []fake.Rule{{Fault: status(500)}}, []string{lists, "create gadgets"}, []int{500, 500}},
		{"verb", []fake.Rule{{Verb: "list", Fault: status(500)}}, []string{lists, watches, streams, lists}, []int{500, 0, 0, 500}},
		{"a watch is no stream", []fake.Rule{{Verb: "watch", Fault: status(500)}}, []string{lists, watches, streams}, []int{0, 500, 0}},
		{"a stream is no watch", []fake.Rule{{Verb: "stream", Fault: status(500)}}, []string{lists, watches, streams}, []int{0, 0, 500}},
		{"resource", []fake.Rule{{Resource: "gadgets", Fault: status(500)}}, []string{lists, "list gadgets", "get gadgets"}, []int{0, 500, 500}},
		{"from", []fake.Rule{{From: 2, Fault: status(500)}}, []string{lists, lists, lists}, []int{0, 500, 500}},
		{"to", []fake.Rule{{To: 2, Fault: status(500)}}, []string{lists, lists, lists}, []int{500, 500, 0}},
		{"one call", []fake.Rule{{From: 2, To: 2, Fault: status(500)}}, []string{lists, lists, lists}, []int{0, 500, 0}},
		{"only calls that match count", []fake.Rule{{Verb: "list", Resource: "widgets", From: 2, Fault: status(500)}},
			[]string{lists, watches, "list gadgets", lists}, []int{0, 0, 0, 500}},
		{"the first rule decides", []fake.Rule{{To: 1, Fault: status(500)}, {Fault: status(503)}}, []string{lists, lists}, []int{500, 503}},
		{"a fault without effect decides too", []fake.Rule{{To: 1, Fault: fake.Fault{Duplicate: 1}}, {Fault: status(503)}}, []string{lists, lists}, []int{0, 503}},
		{"and so does none at all", []fake.Rule{{To: 1}, {Fault: status(503)}}, []string{lists, lists}, []int{0, 503}},
		{"a rule counts what others decide", []fake.Rule{{To: 1, Fault: status(500)}, {From: 2, To: 2, Fault: status(503)}},
			[]string{lists, lists, lists}, []int{500, 503, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := newServer(t)
			for range 2 { // Play begins anew
				server.Play(fake.Script{Rules: test.rules})
				var got []int
				for _, call := range test.calls {
					got = append(got, code(t, server, parseCall(call)))
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("answers (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func parseCall(call string) fake.Request {
	verb, resource, _ := strings.Cut(call, " ")
	request := fake.Request{Verb: verb, Resource: schema.GroupVersionResource{Version: "v1", Resource: resource}}
	if verb == "stream" {
		request.Verb, request.InitialEvents = "watch", true
	}
	return request
}

// faultyCalls returns which of the calls fail, by the verb.
func faultyCalls(t testing.TB, server *fake.APIServer, verbs []string) map[string]string {
	failed := map[string]string{}
	for _, verb := range verbs {
		mark := "."
		if code(t, server, parseCall(verb+" widgets")) != 0 {
			mark = "x"
		}
		failed[verb] += mark
	}
	return failed
}

// Which call fails depends on its number alone, not on what comes in between.
func TestChanceIsDrawnForEachCall(t *testing.T) {
	script := func(seed uint64) fake.Script {
		return fake.Script{Seed: seed, Rules: []fake.Rule{
			{Verb: "list", Chance: 0.3, Fault: fake.Fault{Status: 500}},
			{Verb: "watch", Chance: 0.7, Fault: fake.Fault{Status: 500}},
		}}
	}
	calls := append(slices.Repeat([]string{"list"}, 50), slices.Repeat([]string{"watch"}, 50)...)
	server := newServer(t)
	server.Play(script(1))
	want := faultyCalls(t, server, calls)
	for seed := range uint64(20) {
		shuffled := slices.Clone(calls)
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		server.Play(script(1))
		if diff := cmp.Diff(want, faultyCalls(t, server, shuffled)); diff != "" {
			t.Fatalf("order %d (-want +got):\n%s", seed, diff)
		}
	}
	server.Play(script(2))
	if other := faultyCalls(t, server, calls); cmp.Equal(want, other) {
		t.Error("another seed draws the same")
	}
}

// Of clients that run side by side as many calls fail as of one alone.
func TestChanceWithConcurrentCalls(t *testing.T) {
	script := fake.Script{Seed: 5, Rules: []fake.Rule{{Chance: 0.4, Fault: fake.Fault{Status: 500}}}}
	server := newServer(t)
	server.Play(script)
	const clients, calls = 8, 50
	want := 0
	for range clients * calls {
		if code(t, server, parseCall("list widgets")) != 0 {
			want++
		}
	}
	server.Play(script)
	counts := make([]int, clients)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			for range calls {
				if code(t, server, parseCall("list widgets")) != 0 {
					counts[i]++
				}
			}
		})
	}
	all.Wait()
	got := 0
	for _, count := range counts {
		got += count
	}
	if got != want {
		t.Errorf("%d calls failed, want %d", got, want)
	}
}

func TestChanceIsWhatItSays(t *testing.T) {
	for _, chance := range []float64{0.01, 0.2, 0.5, 0.9, 1} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%v/%d", chance, seed), func(t *testing.T) {
				const calls = 2000
				server := newServer(t)
				server.Play(fake.Script{Seed: seed, Rules: []fake.Rule{{Chance: chance, Fault: fake.Fault{Status: 500}}}})
				failed := 0
				for range calls {
					failed += min(code(t, server, parseCall("list widgets")), 1)
				}
				if share := float64(failed) / calls; share < chance-0.03 || share > chance+0.03 {
					t.Errorf("%v of the calls failed, want %v", share, chance)
				}
			})
		}
	}
}

func TestAMistakeInAScriptIsLoud(t *testing.T) {
	delay := fake.Fault{Delay: time.Second}
	for name, test := range map[string]struct {
		rule fake.Rule
		want string
	}{
		"verb":   {fake.Rule{Verb: "lsit", Fault: delay}, `no verb "lsit"`},
		"calls":  {fake.Rule{From: 3, To: 2, Fault: delay}, "no calls from 3 to 2"},
		"chance": {fake.Rule{Chance: 50, Fault: delay}, "a chance of 50"},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer(t)
			server.Play(fake.Script{Rules: []fake.Rule{{Verb: "watch", Fault: delay}, test.rule}})
			_, _, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), listOptions{})
			if !apierrors.IsInternalError(err) || !strings.Contains(err.Error(), "rule 1 of the script: ") || !strings.Contains(err.Error(), test.want) {
				t.Errorf("list = %v, want it to say %q", err, test.want)
			}
		})
	}
}
