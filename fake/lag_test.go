// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/fake"
)

func TestListFromALaggingReplica(t *testing.T) {
	newest := []string{"shop/a@4=3", "shop/c@6=4"}
	isTooLarge := func(err error) bool { return apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) }
	tests := []struct {
		behind  int
		options listOptions
		want    []string
		version string
		err     func(error) bool
	}{
		{behind: 0, options: listOptions{Version: "0"}, want: newest, version: "6"},
		{behind: 1, options: listOptions{Version: "0"}, want: []string{"shop/a@4=3"}, version: "5"},
		{behind: 2, options: listOptions{Version: "0"}, want: []string{"shop/a@4=3", "shop/b@3=2"}, version: "4"},
		{behind: 5, options: listOptions{Version: "0"}, want: nil, version: "1"},
		{behind: 9, options: listOptions{Version: "0"}, want: nil, version: "1"},
		{behind: 2, options: listOptions{Version: "3", VersionMatch: notBefore}, want: []string{"shop/a@4=3", "shop/b@3=2"}, version: "4"},
		{behind: 2, options: listOptions{Version: "4"}, want: []string{"shop/a@4=3", "shop/b@3=2"}, version: "4"},
		{behind: 2, options: listOptions{Version: "5", VersionMatch: notBefore}, err: isTooLarge},
		{behind: 2, options: listOptions{Version: "5"}, err: isTooLarge},
		{behind: 2, options: listOptions{}, want: newest, version: "6"},
		{behind: 2, options: listOptions{Version: "6", VersionMatch: exact}, want: newest, version: "6"},
		{behind: 2, options: listOptions{Version: "6", Limit: 5}, want: newest, version: "6"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%d %+v", test.behind, test.options), func(t *testing.T) {
			lines, page, err := list(t.Context(), history(t, fake.Options{}).Behind(test.behind), test.options)
			if test.err != nil {
				if !test.err(err) {
					t.Errorf("error = %v", err)
				}
				return
			}
			if diff := cmp.Diff(test.want, lines); diff != "" || err != nil || page.Version != test.version {
				t.Errorf("version %s, want %s; error %v (-want +got):\n%s", page.Version, test.version, err, diff)
			}
		})
	}
	compacted := history(t, fake.Options{})
	if err := compacted.CompactTo("4"); err != nil {
		t.Fatal(err)
	}
	lines, page, err := list(t.Context(), compacted.Behind(3), listOptions{Version: "0"})
	if diff := cmp.Diff([]string{"shop/a@4=3", "shop/b@3=2"}, lines); diff != "" || err != nil || page.Version != "4" {
		t.Errorf("behind what is kept: version %s, error %v (-want +got):\n%s", page.Version, err, diff)
	}
}

func TestWatchOfALaggingReplica(t *testing.T) {
	tests := []struct {
		options       watchOptions
		first, second []string // before and after one more write, of d at 7
		err           func(error) bool
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
			options: watchOptions{InitialEvents: true, Version: "3", Bookmarks: true},
			first:   []string{"Added shop/a@4=3", "Added shop/b@3=2", "Bookmark 4 end", "Bookmark 4"},
			second:  []string{"Deleted shop/b@5=2", "Bookmark 5"},
		},
		{
			options: watchOptions{InitialEvents: true, Bookmarks: true},
			first:   []string{"Added shop/a@4=3", "Added shop/c@6=4", "Bookmark 6 end", "Bookmark 6"},
			second:  []string{"Bookmark 6"},
		},
		{
			options: watchOptions{InitialEvents: true, Version: "5"},
			err:     func(err error) bool { return apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) },
		},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%+v", test.options), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				widgets := history(t, fake.Options{})
				r := record(ctx, widgets.Behind(2), test.options)
				synctest.Wait()
				if test.err != nil {
					if !r.ended || !test.err(r.err) {
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
				synctest.Wait()
				if diff := cmp.Diff(test.second, r.take()); diff != "" {
					t.Errorf("events after one more write (-want +got):\n%s", diff)
				}
			})
		})
	}
}
