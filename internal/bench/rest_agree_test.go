// SPDX-License-Identifier: Apache-2.0

package main

import (
	"iter"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/store"
)

// TestRestInformersAgree takes both sides through a list, a change of every pod
// and a relist, and compares what they hold.
func TestRestInformersAgree(t *testing.T) {
	const pods, changed = 300, 3
	for _, tc := range []struct {
		name, encoding  string
		streams, http11 bool
	}{
		{"json, streaming list", "json", true, false},
		{"json, list", "json", false, false},
		{"protobuf, streaming list", "protobuf", true, false},
		{"protobuf, list", "protobuf", false, false},
		{"json, without TLS", "json", true, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			server := startRestServer(t, restServing{Encoding: tc.encoding, Pods: pods, HTTP1: tc.http11})
			defer server.stop()
			client := restClient{config: server.config, encoding: tc.encoding, streams: tc.streams}
			mine, theirs := newTally(1), newTally(1)
			expect := func(ofMine, ofTheirs int) { mine.expect(ofMine); theirs.expect(ofTheirs) }
			wait := func() { mine.wait(t); theirs.wait(t) }
			expect(pods, pods)
			typed, _, stop := startTypedRest[*corev1.Pod](t, client, mine.counters[0])
			defer stop()
			clientGo, _, stopClientGo := startClientGoRest(t, client, theirs.counters[0])
			defer stopClientGo()
			wait()
			compareRest(t, typed.Reader().All(), clientGo.GetStore().List(), "1")
			expect(pods, pods)
			server.take(t, restStep{Every: 1})
			wait()
			compareRest(t, typed.Reader().All(), clientGo.GetStore().List(), "2")
			expect(changed, pods)
			server.take(t, restStep{Every: pods / changed, Expires: true})
			wait()
			compareRest(t, typed.Reader().All(), clientGo.GetStore().List(), "2", "3")
		})
	}
}

// compareRest compares two caches. Ours drops who has set which field. Versions
// begin with one of those digits.
func compareRest(t *testing.T, typed iter.Seq[*corev1.Pod], theirs []any, digits ...string) {
	t.Helper()
	got, want := map[store.Key]*corev1.Pod{}, map[store.Key]*corev1.Pod{}
	for pod := range typed {
		got[store.Key{Namespace: pod.Namespace, Name: pod.Name}] = pod
	}
	found := map[string]bool{}
	for _, object := range theirs {
		pod := object.(*corev1.Pod).DeepCopy()
		if len(pod.ManagedFields) == 0 {
			t.Errorf("%s/%s has no managed fields", pod.Namespace, pod.Name)
		}
		pod.ManagedFields = nil
		want[store.Key{Namespace: pod.Namespace, Name: pod.Name}] = pod
		found[pod.ResourceVersion[:1]] = true
	}
	if len(got) != len(want) {
		t.Errorf("%d pods are cached, want %d", len(got), len(want))
	}
	for key, pod := range want {
		if reflect.DeepEqual(pod, got[key]) {
			continue // in a hundredth of the time that a diff takes
		}
		if diff := cmp.Diff(pod, got[key]); diff != "" {
			t.Errorf("%s differs (-client-go +ours):\n%s", key, diff)
		}
	}
	for _, digit := range digits {
		if !found[digit] {
			t.Errorf("no version begins with %s", digit)
		}
	}
	if len(found) != len(digits) {
		t.Errorf("versions begin with %v, want %s", found, strings.Join(digits, " and "))
	}
}
