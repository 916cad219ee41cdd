// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

type (
	listOptions  = listwatch.ListOptions
	watchOptions = listwatch.WatchOptions
)

const (
	exact     = metav1.ResourceVersionMatchExact
	notBefore = metav1.ResourceVersionMatchNotOlderThan
)

func history(t testing.TB, options fake.Options) *fake.Source[*Widget] {
	t.Helper()
	return withHistory(t, fake.NewSource[*Widget](options))
}

// withHistory writes: 2 a=1, 3 b=2, 4 a=3, 5 delete b, 6 c=4.
func withHistory(t testing.TB, widgets *fake.Source[*Widget]) *fake.Source[*Widget] {
	t.Helper()
	ok := must(t)
	ok(widgets.Create(widget("shop", "a", 1)))
	ok(widgets.Create(widget("shop", "b", 2)))
	ok(widgets.Update(widget("shop", "a", 3)))
	ok(widgets.Delete(shop("b")))
	ok(widgets.Create(widget("shop", "c", 4)))
	return widgets
}

func isTooLarge(err error) bool {
	return apierrors.HasStatusCause(err, metav1.CauseTypeResourceVersionTooLarge) && apierrors.IsTimeout(err)
}

func TestListVersions(t *testing.T) {
	newest := []string{"shop/a@4=3", "shop/c@6=4"}
	tests := []struct {
		options listOptions
		kept    int
		want    []string
		version string
		err     func(error) bool
	}{
		{options: listOptions{}, want: newest, version: "6"},
		{options: listOptions{Version: "0"}, want: newest, version: "6"},
		{options: listOptions{Version: "0", Limit: 1}, want: newest, version: "6"},
		{options: listOptions{Version: "3"}, want: newest, version: "6"},
		{options: listOptions{Version: "3", VersionMatch: notBefore}, want: newest, version: "6"},
		{options: listOptions{Version: "3", VersionMatch: exact}, want: []string{"shop/a@2=1", "shop/b@3=2"}, version: "3"},
		{options: listOptions{Version: "3", Limit: 2}, want: []string{"shop/a@2=1", "shop/b@3=2"}, version: "3"},
		{options: listOptions{Version: "5", VersionMatch: exact}, want: []string{"shop/a@4=3"}, version: "5"},
		{options: listOptions{Version: "1", VersionMatch: exact}, want: nil, version: "1"},
		{options: listOptions{Version: "4", VersionMatch: exact}, kept: 2, want: []string{"shop/a@4=3", "shop/b@3=2"}, version: "4"},
		{options: listOptions{Version: "3", VersionMatch: exact}, kept: 2, err: apierrors.IsResourceExpired},
		{options: listOptions{Version: "7", VersionMatch: exact}, err: isTooLarge},
		{options: listOptions{Version: "7"}, err: isTooLarge},
		{options: listOptions{Version: "x"}, err: apierrors.IsBadRequest},
		{options: listOptions{Version: "0", VersionMatch: exact}, err: apierrors.IsInvalid},
		{options: listOptions{VersionMatch: exact}, err: apierrors.IsInvalid},
		{options: listOptions{Version: "3", VersionMatch: "Roughly"}, err: apierrors.IsInvalid},
		{options: listOptions{Continue: "x"}, err: apierrors.IsBadRequest},
		{options: listOptions{Continue: "e30"}, err: apierrors.IsBadRequest}, // {}
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%+v", test.options), func(t *testing.T) {
			lines, page, err := list(t.Context(), history(t, fake.Options{History: test.kept}), test.options)
			if test.err != nil {
				if !test.err(err) {
					t.Errorf("error = %v", err)
				}
				return
			}
			if err != nil || page != (listwatch.Page{Version: test.version}) {
				t.Errorf("page %+v, error %v; want version %s", page, err, test.version)
			}
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
		})
	}
}

func TestListPagesShowOneState(t *testing.T) {
	ok := must(t)
	widgets := fake.NewSource[*Widget](fake.Options{})
	for i := range 7 {
		ok(widgets.Create(widget("shop", fmt.Sprintf("w%d", 6-i), i)))
	}
	want, _, _ := list(t.Context(), widgets, listOptions{})
	var got []string
	var next string
	for pages := 0; pages == 0 || next != ""; pages++ {
		lines, page, err := list(t.Context(), widgets, listOptions{Limit: 2, Continue: next})
		if err != nil || page.Version != "8" {
			t.Fatalf("page %d: %+v, %v", pages, page, err)
		}
		got, next = append(got, lines...), page.Continue
		// Behind and before the place where the next page begins.
		ok(widgets.Create(widget("shop", fmt.Sprintf("w%d-new", pages), 0)))
		ok(widgets.Create(widget("shop", fmt.Sprintf("w%d-late", 6-pages), 0)))
		ok(widgets.Update(widget("shop", "w5", 100+pages)))
		if pages == 0 {
			ok(widgets.Delete(shop("w6")))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("all pages (-want +got):\n%s", diff)
	}

	_, page, err := list(t.Context(), widgets, listOptions{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := list(t.Context(), widgets, listOptions{Continue: page.Continue, Version: "3"}); !apierrors.IsBadRequest(err) {
		t.Errorf("continue with a version: %v, want a bad request", err)
	}
	if _, _, err := list(t.Context(), fake.NewSource[*Widget](fake.Options{}), listOptions{Continue: page.Continue}); !apierrors.IsBadRequest(err) {
		t.Errorf("continue on a source that has not come so far: %v, want a bad request", err)
	}
	ok(widgets.Create(widget("shop", "z", 0)))
	widgets.Compact()
	if _, _, err := list(t.Context(), widgets, listOptions{Limit: 2, Continue: page.Continue}); !apierrors.IsResourceExpired(err) {
		t.Errorf("continue after Compact: %v, want expired", err)
	}
}

// isNoNumber is for the error of a watch from a version that is none.
func isNoNumber(err error) bool {
	status := apierrors.APIStatus(nil)
	return errors.As(err, &status) && status.Status().Code == 500 && strings.Contains(err.Error(), "want a number")
}

func TestWatchVersions(t *testing.T) {
	all := []string{"Added shop/a@2=1", "Added shop/b@3=2", "Modified shop/a@4=3", "Deleted shop/b@5=2", "Added shop/c@6=4"}
	initial := []string{"Added shop/a@4=3", "Added shop/c@6=4"}
	tests := []struct {
		options watchOptions
		kept    int
		want    []string
		err     func(error) bool
	}{
		{options: watchOptions{Version: "1"}, want: all},
		{options: watchOptions{Version: "3"}, want: all[2:]},
		{options: watchOptions{Version: "6"}},
		{options: watchOptions{Version: "7"}}, // of the time to come: it waits
		{options: watchOptions{Version: "4"}, kept: 2, want: all[3:]},
		{options: watchOptions{Version: "3"}, kept: 2, err: apierrors.IsResourceExpired},
		{options: watchOptions{}, want: initial},
		{options: watchOptions{Version: "0"}, kept: 1, want: initial},
		{options: watchOptions{InitialEvents: true}, want: append(slices.Clone(initial), "Bookmark 6 end")},
		{options: watchOptions{InitialEvents: true, Version: "2"}, kept: 1, want: append(slices.Clone(initial), "Bookmark 6 end")},
		{options: watchOptions{InitialEvents: true, Version: "7"}, err: isTooLarge},
		{options: watchOptions{Version: "x"}, err: isNoNumber},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%+v", test.options), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				r := record(ctx, history(t, fake.Options{History: test.kept}), test.options)
				synctest.Wait()
				if diff := cmp.Diff(test.want, r.take()); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				if test.err != nil && (!r.ended || !test.err(r.err)) || test.err == nil && r.ended {
					t.Errorf("ended %t with %v", r.ended, r.err)
				}
				cancel()
				synctest.Wait()
				if test.err == nil && !errors.Is(r.err, context.Canceled) {
					t.Errorf("ended with %v, want the context's error", r.err)
				}
			})
		})
	}
}

func TestWatchFollowsWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ok := must(t)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		widgets := fake.NewSource[*Widget](fake.Options{})
		first := record(ctx, widgets, watchOptions{Version: "1"})
		second := record(ctx, widgets, watchOptions{Version: "1", Bookmarks: true})
		synctest.Wait()
		ok(widgets.Create(widget("shop", "a", 1)))
		synctest.Wait()
		want := []string{"Added shop/a@2=1"}
		for _, r := range []*recorder{first, second} {
			if diff := cmp.Diff(want, r.take()); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		}
		ok(widgets.Update(widget("shop", "a", 2)))
		widgets.Bookmark()
		synctest.Wait()
		if diff := cmp.Diff([]string{"Modified shop/a@3=2"}, first.take()); diff != "" {
			t.Errorf("events without bookmarks (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"Modified shop/a@3=2", "Bookmark 3"}, second.take()); diff != "" {
			t.Errorf("events with bookmarks (-want +got):\n%s", diff)
		}
		// What was read already is not asked for again.
		widgets.Compact()
		synctest.Wait()
		if first.ended || second.ended {
			t.Errorf("Compact ended a watch that was not behind: %v, %v", first.err, second.err)
		}
	})
}

// A watch that comes round to them after several calls of Bookmark sends one.
func TestBookmarkCallsAreOne(t *testing.T) {
	ok := must(t)
	widgets := fake.NewSource[*Widget](fake.Options{})
	ok(widgets.Create(widget("shop", "a", 1)))
	next, stop := iter.Pull2(widgets.Watch(t.Context(), watchOptions{Version: "1", Bookmarks: true}))
	defer stop()
	var got []string
	read := func(events int) {
		for range events {
			event, err, _ := next()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, eventLine(event))
		}
	}
	read(1)
	widgets.Bookmark()
	ok(widgets.Update(widget("shop", "a", 2)))
	widgets.Bookmark()
	read(2)
	ok(widgets.Update(widget("shop", "a", 3)))
	read(1)
	want := []string{"Added shop/a@2=1", "Modified shop/a@3=2", "Bookmark 3", "Modified shop/a@4=3"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestWatchTimeoutAndBookmarkPeriod(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets := fake.NewSource[*Widget](fake.Options{BookmarkPeriod: time.Minute})
		start := time.Now()
		var got []string
		for event, err := range widgets.Watch(t.Context(), watchOptions{Version: "1", Bookmarks: true, Timeout: 150 * time.Second}) {
			got = append(got, fmt.Sprint(time.Since(start), " ", eventLine(event), " ", err))
		}
		want := []string{"1m0s Bookmark 1 <nil>", "2m0s Bookmark 1 <nil>"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
		if took := time.Since(start); took != 150*time.Second {
			t.Errorf("the watch ended after %v, want 2m30s", took)
		}
		for event := range widgets.Watch(t.Context(), watchOptions{Version: "1", Timeout: 150 * time.Second}) {
			t.Errorf("%s without having asked for bookmarks", eventLine(event))
		}
	})
}

// Time is up for a watch that never comes to rest, too.
func TestWatchTimeoutWhileBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		widgets := fake.NewSource[*Widget](fake.Options{})
		must(t)(widgets.Create(widget("shop", "a", 1)))
		count := 0
		for _, err := range widgets.Watch(t.Context(), watchOptions{Version: "1", Timeout: 10 * time.Second}) {
			if err != nil {
				t.Fatal(err)
			}
			must(t)(widgets.Update(widget("shop", "a", 1)))
			time.Sleep(time.Second)
			if count++; count > 100 {
				t.Fatal("the watch goes on after its time")
			}
		}
		if count != 10 {
			t.Errorf("%d events, want 10: one a second", count)
		}
	})
}

// A reader that is too slow for the kept history is told so; no writer waits.
func TestSlowReaderExpires(t *testing.T) {
	ok := must(t)
	widgets := fake.NewSource[*Widget](fake.Options{History: 10})
	ok(widgets.Create(widget("shop", "a", 0)))
	var err error
	events := 0
	for _, err = range widgets.Watch(t.Context(), watchOptions{Version: "1"}) {
		events++
		if events == 1 {
			for i := range 200 {
				ok(widgets.Update(widget("shop", "a", i)))
			}
		}
	}
	if events != 2 || !apierrors.IsResourceExpired(err) {
		t.Errorf("%d pairs, the last with %v; want one event, then expired", events, err)
	}
}

func TestScopes(t *testing.T) {
	label := func(text string) labels.Selector {
		selector, err := labels.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return selector
	}
	tests := []struct {
		name  string
		scope fake.Scope
		list  []string
		watch []string
	}{
		{
			"all", fake.Scope{},
			[]string{"lab/a@4=1", "shop/a@5=2"},
			[]string{"Added shop/a@2=1", "Added shop/b@3=1", "Added lab/a@4=1", "Modified shop/a@5=2", "Modified shop/b@6=2", "Deleted shop/b@7=2"},
		},
		{
			"namespace", fake.Scope{Namespace: "lab"},
			[]string{"lab/a@4=1"},
			[]string{"Added lab/a@4=1"},
		},
		{
			"labels", fake.Scope{Labels: label("red=yes")},
			[]string{"shop/a@5=2"},
			// b loses the label: its last state with it, at the version of the write.
			[]string{"Added shop/b@3=1", "Added shop/a@5=2", "Deleted shop/b@6=1"},
		},
		{
			"name", fake.Scope{Fields: fields.OneTermEqualSelector("metadata.name", "a")},
			[]string{"lab/a@4=1", "shop/a@5=2"},
			[]string{"Added shop/a@2=1", "Added lab/a@4=1", "Modified shop/a@5=2"},
		},
		{
			"everything at once", fake.Scope{Namespace: "shop", Labels: label("!red"), Fields: fields.OneTermNotEqualSelector("metadata.namespace", "lab")},
			nil,
			[]string{"Added shop/a@2=1", "Deleted shop/a@5=1", "Added shop/b@6=2", "Deleted shop/b@7=2"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ok := must(t)
				widgets := fake.NewSource[*Widget](fake.Options{})
				view := widgets.Within(test.scope)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				r := record(ctx, view, watchOptions{Version: "1"})
				ok(widgets.Create(widget("shop", "a", 1)))
				ok(widgets.Create(widget("shop", "b", 1, "red")))
				ok(widgets.Create(widget("lab", "a", 1)))
				ok(widgets.Update(widget("shop", "a", 2, "red")))
				ok(widgets.Update(widget("shop", "b", 2)))
				ok(widgets.Delete(shop("b")))
				synctest.Wait()
				if diff := cmp.Diff(test.watch, r.take()); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
				lines, _, err := list(ctx, view, listOptions{})
				if diff := cmp.Diff(test.list, lines); diff != "" || err != nil {
					t.Errorf("items (-want +got), error %v:\n%s", err, diff)
				}
				// A delete that only this view has seen leaves what was stored alone.
				past, _, err := list(ctx, widgets, listOptions{Version: "3", VersionMatch: exact})
				if diff := cmp.Diff([]string{"shop/a@2=1", "shop/b@3=1"}, past); diff != "" || err != nil {
					t.Errorf("items of version 3 (-want +got), error %v:\n%s", err, diff)
				}
			})
		})
	}
	unknown := fake.NewSource[*Widget](fake.Options{}).Within(fake.Scope{Fields: fields.OneTermEqualSelector("spec.color", "red")})
	if _, _, err := list(t.Context(), unknown, listOptions{}); !apierrors.IsBadRequest(err) || !strings.Contains(err.Error(), "spec.color") {
		t.Errorf("unknown field: %v, want a bad request that names it", err)
	}
}

// The states of all versions, and the events between them, against a plain map
// that is copied at each write.
func TestHistoryAgainstModel(t *testing.T) {
	const writes = 1000
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	ok := must(t)
	widgets := fake.NewSource[*Widget](fake.Options{History: 100})
	state := make(map[string]string)
	states := map[int][]string{1: nil}
	var events []string
	for i := range writes {
		version := i + 2
		name := fmt.Sprintf("w%02d", random.IntN(40))
		object := widget("shop", name, i)
		_, exists := state[name]
		kind, text := "", fmt.Sprintf("shop/%s@%d=%d", name, version, i)
		switch {
		case !exists:
			ok(widgets.Create(object))
			kind = "Added "
			state[name] = text
		case random.IntN(3) == 0:
			last := ok(widgets.Delete(shop(name)))
			kind, text = "Deleted ", fmt.Sprintf("shop/%s@%d=%d", name, version, last.Size)
			delete(state, name)
		default:
			ok(widgets.Update(object))
			kind = "Modified "
			state[name] = text
		}
		events = append(events, kind+text)
		var lines []string
		for _, line := range state {
			lines = append(lines, line)
		}
		slices.Sort(lines)
		states[version] = lines

		at := version - random.IntN(min(150, version))
		got, _, err := list(t.Context(), widgets, listOptions{Version: fmt.Sprint(at), VersionMatch: exact})
		if at < version-100 {
			if !apierrors.IsResourceExpired(err) {
				t.Fatalf("list of version %d at %d: %v, want expired", at, version, err)
			}
			continue
		}
		if diff := cmp.Diff(states[at], got); diff != "" || err != nil {
			t.Fatalf("list of version %d at %d, error %v (-want +got):\n%s", at, version, err, diff)
		}
		if widgets.Len() != len(state) {
			t.Fatalf("Len() = %d at %d, want %d", widgets.Len(), version, len(state))
		}
		if at == version {
			continue // a watch from here would wait
		}
		var followed []string
		for event, err := range widgets.Watch(t.Context(), watchOptions{Version: fmt.Sprint(at)}) {
			if err != nil {
				t.Fatal(err)
			}
			followed = append(followed, eventLine(event))
			if event.Item.Version == fmt.Sprint(version) {
				break
			}
		}
		if diff := cmp.Diff(events[at-1:], followed); diff != "" {
			t.Fatalf("events from version %d at %d (-want +got):\n%s", at, version, diff)
		}
	}
}

// Objects that come and go must not pile up, whether anybody lists or not.
func TestHistoryForgets(t *testing.T) {
	const kept = 10
	for _, lists := range []bool{false, true} {
		widgets := fake.NewSource[*Widget](fake.Options{History: kept})
		for i := range 5000 {
			name := fmt.Sprint("w", i)
			must(t)(widgets.Create(widget("shop", name, 1)))
			must(t)(widgets.Delete(shop(name)))
			if lists {
				_, _, _ = list(t.Context(), widgets, listOptions{})
			}
		}
		want := kept + 1
		if !lists {
			want += 2 * 1024 // are looked through when there are so many
		}
		if got := widgets.Rows(); got > want {
			t.Errorf("lists %t: %d objects are held on to, want at most %d", lists, got, want)
		}
	}
}

// Writers, watchers and lists at once: each watcher sees every version, once
// and in order.
func TestConcurrentUse(t *testing.T) {
	const writers, writes, watchers = 4, 200, 8
	widgets := fake.NewSource[*Widget](fake.Options{})
	var group sync.WaitGroup
	for range watchers {
		group.Go(func() {
			next := 2
			for event, err := range widgets.Watch(t.Context(), watchOptions{Version: "1"}) {
				if err != nil || event.Item.Version != fmt.Sprint(next) {
					t.Errorf("got version %s, error %v; want %d", event.Item.Version, err, next)
					return
				}
				if next++; next == writers*writes+2 {
					return
				}
			}
		})
	}
	for w := range writers {
		group.Go(func() {
			key := shop(fmt.Sprint("w", w))
			for i := range writes {
				var err error
				switch i % 4 {
				case 0:
					_, err = widgets.Create(widget(key.Namespace, key.Name, i))
				case 3:
					_, err = widgets.Delete(key)
				default:
					_, err = widgets.Update(widget(key.Namespace, key.Name, i))
				}
				if err != nil {
					t.Error(err)
				}
				if _, err := widgets.List(t.Context(), listOptions{}, func(store.Item[*Widget], error) {}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	widgets := history(t, fake.Options{})
	if _, _, err := list(ctx, widgets, listOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("list: %v", err)
	}
	for _, err := range widgets.Watch(ctx, watchOptions{}) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("watch: %v", err)
		}
	}
}
