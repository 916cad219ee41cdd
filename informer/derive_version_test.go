// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/informer"
)

// Who waits for a version in a view of views reads what follows from the write,
// and waits until both inputs have it.
func TestG38_WaitingForAVersionComposesThroughViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t)
		r.create("a/x", 1)
		left := informer.New(r.source("a"), informer.Options{})
		right := informer.New(r.source("b"), informer.Options{})
		joined := informer.Join(sameSize(left), sameSize(right), func(w *Widget, matches iter.Seq[*Widget]) (string, error) {
			return names(matches), nil
		}, informer.ViewOptions[string]{})
		view := informer.Map(joined, func(matches string) (string, error) { return "of " + matches, nil }, informer.ViewOptions[string]{})
		for _, each := range []runner{left, right, joined, view} {
			defer run(t, each)()
		}
		written := r.create("b/y", 1)
		began := time.Now()
		go func() {
			time.Sleep(time.Minute)
			r.Bookmark() // of which the watch of a learns how far it is
		}()
		if err := view.WaitForVersion(t.Context(), written.ResourceVersion); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("it took %v, want it to wait for the bookmark", took)
		}
		if got, _ := view.Reader().Get(keyOf(widget("a/x", 0))); got != "of [b/y]" {
			t.Errorf("the view has %q, want what follows from the write", got)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var late *informer.VersionError
		if err := view.WaitForVersion(ctx, "1000"); !errors.As(err, &late) || late.Part == "" || late.Reached != written.ResourceVersion {
			t.Errorf("a version that does not come: %v", err)
		}
	})
}

func TestAViewOverASetOfNamesSaysThatItHasNoVersion(t *testing.T) {
	r := newRealm(t, "a")
	view := informer.Map(r.Informer, func(w *Widget) (int, error) { return w.Size, nil }, informer.ViewOptions[int]{})
	var failure *informer.VersionError
	if err := view.WaitForVersion(t.Context(), "1"); !errors.As(err, &failure) {
		t.Errorf("WaitForVersion = %v, want a VersionError at once", err)
	}
}

// What a view has changed at once is one change, from a version to the next.
func TestAViewHasSnapshotsWithChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		view := informer.Filter(inf, func(w *Widget) bool { return w.Size > 0 }, informer.ViewOptions[*Widget]{})
		defer run(t, inf)()
		defer run(t, view)()
		source.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"))
		synctest.Wait()
		snapshot := takeSnapshot(t, view)
		if snapshot.Version() != "10" {
			t.Errorf("the snapshot is of version %q", snapshot.Version())
		}
		live, since := note(snapshot.Changes(t.Context())), note(view.Changes(t.Context(), "10"))
		want := func(lines ...string) {
			t.Helper()
			wantLines(t, live(), lines...)
			wantLines(t, since(), lines...)
		}
		source.modified(at(widget("a", 3), "11"))
		want("11: Updated a=3")
		source.added(at(widget("hidden", 0), "12"))
		want("12:")
		source.expire()
		source.list("20", at(widget("a", 4), "15"), at(widget("c", 5), "16"))
		want("20: Deleted b=2 Updated a=4 Added c=5")
		for since, want := range map[string][]string{
			"10": {"11: Updated a=3", "12:", "20: Deleted b=2 Updated a=4 Added c=5"},
			"11": {"12:", "20: Deleted b=2 Updated a=4 Added c=5"},
			"12": {"20: Deleted b=2 Updated a=4 Added c=5"},
			"14": {`informer: *informer_test.Widget: what has changed since version "14" is not known in full (what is kept begins at "10"); take a Snapshot and go on with its Changes`},
			"20": nil,
		} {
			if diff := cmp.Diff(want, note(view.Changes(t.Context(), since))()); diff != "" {
				t.Errorf("changes since %s (-want +got):\n%s", since, diff)
			}
		}
	})
}

// The versions of two resources are no version of a view of both.
func TestAViewOfSeveralResourcesHasNoVersionToGoOnFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left, right := newSteady(t, "a"), newSteady(t, "b", "c")
		one, two := informer.New(left, informer.Options{}), informer.New(right, informer.Options{})
		view := informer.Join(sameSize(one), sameSize(two), matched, informer.ViewOptions[string]{})
		for _, each := range []runner{one, two, view} {
			defer run(t, each)()
		}
		left.update("a", 2)
		snapshot, err := view.Snapshot(t.Context())
		if err != nil || snapshot.Version() != "" {
			t.Errorf("the snapshot is of version %q, %v", snapshot.Version(), err)
		}
		for _, err := range view.Changes(t.Context(), left.Version()) {
			if wantVersionError(t, err, nil); !strings.Contains(err.Error(), "take a Snapshot") {
				t.Errorf("the error is %v", err)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		var got []string
		go func() {
			for change, err := range snapshot.Changes(ctx) {
				got = append(got, fmt.Sprintf("%q at %q: %d, %v", change.Part, change.Version, len(change.Events), err))
			}
		}()
		synctest.Wait()
		left.update("a", 3)
		right.update("b", 3)
		if snapshot, err := view.Snapshot(t.Context()); err != nil || snapshot.Version() != "" {
			t.Errorf("the next snapshot is of version %q, %v", snapshot.Version(), err)
		}
		cancel()
		synctest.Wait()
		if diff := cmp.Diff([]string{`"" at "": 1, <nil>`, `"" at "": 1, <nil>`}, got); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}
