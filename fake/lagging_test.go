// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
)

// A replica that is behind shows the past to all who do not insist.
func TestBehindLists(t *testing.T) {
	newest := []string{"shop/a@4=3", "shop/c@6=4"}
	tests := []struct {
		writes  int
		options listOptions
		want    []string
		version string // "" for an error: too large
	}{
		{0, listOptions{Version: "0"}, newest, "6"},
		{-1, listOptions{Version: "0"}, newest, "6"},
		{1, listOptions{Version: "0"}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "0"}, []string{"shop/a@4=3", "shop/b@3=2"}, "4"},
		{3, listOptions{Version: "0", Limit: 1}, []string{"shop/a@2=1", "shop/b@3=2"}, "3"},
		{5, listOptions{Version: "0"}, nil, "1"},
		{6, listOptions{Version: "0"}, nil, "1"},
		{1, listOptions{}, newest, "6"},
		{1, listOptions{Version: "5", VersionMatch: notBefore}, []string{"shop/a@4=3"}, "5"},
		{1, listOptions{Version: "5"}, []string{"shop/a@4=3"}, "5"},
		{1, listOptions{Version: "6", VersionMatch: notBefore}, nil, ""},
		{1, listOptions{Version: "6"}, nil, ""},
		{3, listOptions{Version: "5", VersionMatch: exact}, []string{"shop/a@4=3"}, "5"},
		{3, listOptions{Version: "5", Limit: 10}, []string{"shop/a@4=3"}, "5"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d %+v", test.writes, test.options), func(t *testing.T) {
			server := newServer(t)
			server.Play(always(fake.Fault{Behind: test.writes}))
			lines, page, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), test.options)
			if tooLarge := apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge); tooLarge != (test.version == "") || !tooLarge && err != nil {
				t.Fatalf("error = %v", err)
			}
			if diff := cmp.Diff(test.want, lines); diff != "" || page.Version != test.version {
				t.Errorf("version %q, want %q; items (-want +got):\n%s", page.Version, test.version, diff)
			}
		})
	}
}

// The pages of a list fit together, whichever replica has the first one.
func TestBehindPages(t *testing.T) {
	server := newServer(t)
	widgets := fake.ListWatcher[*Widget](server, toys)
	_, page, err := list(t.Context(), widgets, listOptions{Limit: 1})
	if err != nil || page.Continue == "" {
		t.Fatalf("page %+v, error %v", page, err)
	}
	server.Play(always(fake.Fault{Behind: 4}))
	for _, version := range []string{"", "0"} {
		lines, second, err := list(t.Context(), widgets, listOptions{Limit: 1, Continue: page.Continue, Version: version})
		if diff := cmp.Diff([]string{"shop/c@6=4"}, lines); diff != "" || err != nil || second.Version != "6" {
			t.Errorf("version %q: page %+v, error %v, items (-want +got):\n%s", version, second, err, diff)
		}
	}
}

func TestBehindStreams(t *testing.T) {
	tests := []struct {
		options watchOptions
		want    []string
	}{
		{watchOptions{Version: "2"}, []string{"0s Added shop/b@3=2", "0s Modified shop/a@4=3", "1m0s end"}},
		{watchOptions{Version: "5"}, []string{"1m0s end"}},
		{watchOptions{Version: "0"}, []string{"0s Added shop/a@4=3", "0s Added shop/b@3=2", "1m0s end"}},
		{watchOptions{Version: "4", InitialEvents: true}, []string{"0s Added shop/a@4=3", "0s Added shop/b@3=2", "0s Bookmark 4 end", "1m0s end"}},
		{watchOptions{InitialEvents: true}, []string{"0s Added shop/a@4=3", "0s Added shop/c@6=4", "0s Bookmark 6 end"}},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%+v", test.options), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := newServer(t)
				server.Play(always(fake.Fault{Behind: 2}))
				options := test.options
				options.Timeout = streamTimeout
				got := newTape()
				got.watch(t.Context(), fake.ListWatcher[*Widget](server, toys), options)
				if options.Version == "" { // what comes after the list part is not the point here
					got.lines = got.lines[:len(test.want)]
				}
				if diff := cmp.Diff(test.want, got.lines); diff != "" {
					t.Errorf("stream (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// What is forgotten cannot be served; what is written later does not matter to
// whoever looks at the past.
func TestBehindTheHistory(t *testing.T) {
	server := newServer(t)
	server.Play(fake.Script{Rules: []fake.Rule{{Fault: fake.Fault{Compact: true, Behind: 3}}}})
	widgets := fake.ListWatcher[*Widget](server, toys)
	lines, page, err := list(t.Context(), widgets, listOptions{Version: "0"})
	if diff := cmp.Diff([]string{"shop/a@4=3", "shop/c@6=4"}, lines); diff != "" || err != nil || page.Version != "6" {
		t.Errorf("page %+v, error %v, items (-want +got):\n%s", page, err, diff)
	}

	server = newServer(t)
	server.Play(always(fake.Fault{Behind: 2}))
	var got []string
	for event := range fake.ListWatcher[*Widget](server, toys).Watch(t.Context(), watchOptions{Version: "2"}) {
		got = append(got, eventLine(event))
		must(t)(sourceOf(t, server).Update(widget("shop", "a", 9)))
		if len(got) == 2 {
			break
		}
	}
	if diff := cmp.Diff([]string{"Added shop/b@3=2", "Modified shop/a@4=3"}, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
