// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
)

// A replica that is behind shows the past to all who do not insist.
func TestBehindLists(t *testing.T) {
	newest := []string{"shop/a@4=3", "shop/c@6=4"}
	fourth := []string{"shop/a@4=3", "shop/b@3=2"}
	tests := []struct {
		writes  int
		options listOptions
		want    []string
		version string // "" for an error: too large
	}{
		{0, listOptions{Version: "0"}, newest, "6"},
		{-1, listOptions{Version: "0"}, newest, "6"},
		{1, listOptions{Version: "0"}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "0"}, fourth, "4"},
		{3, listOptions{Version: "0", Limit: 1}, []string{"shop/a@2=1", "shop/b@3=2"}, "3"},
		{5, listOptions{Version: "0"}, nil, "1"},
		{6, listOptions{Version: "0"}, nil, "1"},
		{9, listOptions{Version: "0"}, nil, "1"},
		{1, listOptions{}, newest, "6"},
		{2, listOptions{}, newest, "6"},
		{1, listOptions{Version: "5", VersionMatch: notBefore}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "3", VersionMatch: notBefore}, fourth, "4"},
		{1, listOptions{Version: "5"}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "4"}, fourth, "4"},
		{1, listOptions{Version: "6", VersionMatch: notBefore}, nil, ""},
		{2, listOptions{Version: "5", VersionMatch: notBefore}, nil, ""},
		{1, listOptions{Version: "6"}, nil, ""},
		{2, listOptions{Version: "5"}, nil, ""},
		{3, listOptions{Version: "5", VersionMatch: exact}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "6", VersionMatch: exact}, newest, "6"},
		{3, listOptions{Version: "5", Limit: 10}, []string{"shop/a@4=3"}, "5"},
		{2, listOptions{Version: "6", Limit: 5}, newest, "6"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d %+v", test.writes, test.options), func(t *testing.T) {
			server := newServer(t)
			server.Play(always(fake.Fault{Behind: test.writes}))
			lines, page, err := list(t.Context(), fake.ListWatcher[*Widget](server, toys), test.options)
			if tooLarge := isTooLarge(err); tooLarge != (test.version == "") || !tooLarge && err != nil {
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

// A watch of a replica hears of a write when that has got as far. Until the time
// is up it stays open.
func TestBehindStreams(t *testing.T) {
	tests := []struct {
		options       watchOptions
		first, second []string // before and after one more write, of d at 7
		tooLarge      bool
	}{
		{
			options: watchOptions{Version: "2"},
			first:   []string{"Added shop/b@3=2", "Modified shop/a@4=3"},
			second:  []string{"Deleted shop/b@5=2"},
		},
		{options: watchOptions{Version: "5"}}, // further than the replica: it waits
		{
			options: watchOptions{Version: "0"},
			first:   []string{"Added shop/a@4=3", "Added shop/b@3=2"},
			second:  []string{"Deleted shop/b@5=2"},
		},
		{options: watchOptions{}, first: []string{"Added shop/a@4=3", "Added shop/c@6=4"}},
		{
			options: watchOptions{InitialEvents: true, Version: "4"},
			first:   []string{"Added shop/a@4=3", "Added shop/b@3=2", "Bookmark 4 end"},
			second:  []string{"Deleted shop/b@5=2"},
		},
		{
			options: watchOptions{InitialEvents: true, Version: "3", Bookmarks: true},
			first:   []string{"Added shop/a@4=3", "Added shop/b@3=2", "Bookmark 4 end", "Bookmark 4"},
			second:  []string{"Deleted shop/b@5=2", "Bookmark 5"},
		},
		{options: watchOptions{InitialEvents: true}, first: []string{"Added shop/a@4=3", "Added shop/c@6=4", "Bookmark 6 end"}},
		{
			options: watchOptions{InitialEvents: true, Bookmarks: true},
			first:   []string{"Added shop/a@4=3", "Added shop/c@6=4", "Bookmark 6 end", "Bookmark 6"},
			second:  []string{"Bookmark 6"},
		},
		{options: watchOptions{InitialEvents: true, Version: "5"}, tooLarge: true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%+v", test.options), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				server := newServer(t)
				server.Play(always(fake.Fault{Behind: 2}))
				widgets := sourceOf(t, server)
				options := test.options
				options.Timeout = streamTimeout
				r := record(ctx, fake.ListWatcher[*Widget](server, toys), options)
				synctest.Wait()
				if test.tooLarge {
					if !r.ended || !isTooLarge(r.err) {
						t.Errorf("ended %t with %v", r.ended, r.err)
					}
					return
				}
				widgets.Bookmark()
				synctest.Wait()
				if diff := cmp.Diff(test.first, r.take()); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				must(t)(widgets.Create(widget("shop", "d", 5)))
				widgets.Bookmark()
				time.Sleep(2 * streamTimeout)
				synctest.Wait()
				if diff := cmp.Diff(test.second, r.take()); diff != "" {
					t.Errorf("events after one more write (-want +got):\n%s", diff)
				}
				if !r.ended || r.err != nil || r.after != streamTimeout {
					t.Errorf("ended %t after %v, error %v; want the end after %v", r.ended, r.after, r.err, streamTimeout)
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
	if err := sourceOf(t, server).CompactTo("4"); err != nil {
		t.Fatal(err)
	}
	server.Play(always(fake.Fault{Behind: 3}))
	lines, page, err = list(t.Context(), fake.ListWatcher[*Widget](server, toys), listOptions{Version: "0"})
	if diff := cmp.Diff([]string{"shop/a@4=3", "shop/b@3=2"}, lines); diff != "" || err != nil || page.Version != "4" {
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
