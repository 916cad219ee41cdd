// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"
	"time"

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
