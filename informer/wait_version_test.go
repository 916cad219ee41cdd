// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

// waiting is a wait in a goroutine of its own.
type waiting struct {
	t    *testing.T
	done chan error
}

func startWaiting(t *testing.T, wait func() error) waiting {
	w := waiting{t, make(chan error, 1)}
	go func() { w.done <- wait() }()
	synctest.Wait()
	return w
}

// waitsFor waits for a version.
func waitsFor(t *testing.T, on interface {
	WaitForVersion(ctx context.Context, version string) error
}, version string) waiting {
	return startWaiting(t, func() error { return on.WaitForVersion(t.Context(), version) })
}

// goesOn fails the test if the wait has ended.
func (w waiting) goesOn(when string) {
	w.t.Helper()
	synctest.Wait()
	select {
	case err := <-w.done:
		w.t.Errorf("%s, the wait has ended, with %v", when, err)
	default:
	}
}

// ended fails the test unless the wait has ended without an error.
func (w waiting) ended(when string) {
	w.t.Helper()
	if err := w.result(); err != nil {
		w.t.Errorf("%s, the wait ended with %v", when, err)
	}
}

// result returns what the wait has ended with.
func (w waiting) result() error {
	w.t.Helper()
	synctest.Wait()
	select {
	case err := <-w.done:
		return err
	default:
		w.t.Error("the wait goes on")
		return nil
	}
}

// wantVersionError returns an error as what it has to be.
func wantVersionError(t *testing.T, err, cause error) *informer.VersionError {
	t.Helper()
	var missed *informer.VersionError
	if !errors.As(err, &missed) || cause != nil && !errors.Is(err, cause) {
		t.Fatalf("the error is %v, want a VersionError with %v", err, cause)
	}
	return missed
}

func TestG38_StoreAndIndexesReflectTheVersionThatWasWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		bySize, err := index.Add(inf.Indexer(), "size", func(w *Widget) (int, bool) { return w.Size, true })
		if err != nil {
			t.Fatal(err)
		}
		defer run(t, inf)()
		for size := range 100 {
			written := s.update("a", 10+size)
			if err := inf.WaitForVersion(t.Context(), written.ResourceVersion); err != nil {
				t.Fatal(err)
			}
			if cached, _ := inf.Reader().Get(keyOf(written)); cached.Size != written.Size || bySize.Count(written.Size) != 1 {
				t.Fatalf("the cache holds %v and the index %d, want %v and 1", cached, bySize.Count(written.Size), written)
			}
		}
	})
}

func TestG38_AListADeletionAndABookmarkReachAVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		early := waitsFor(t, inf, "5")
		defer run(t, inf)()
		early.goesOn("before the first list")
		source.list("5", at(widget("a", 1), "3"))
		early.ended("with the list of its version")
		waitsFor(t, inf, "4").ended("with a version that is past")

		by := map[string]waiting{}
		for _, version := range []string{"6", "7", "8", "10", "30"} { // "10" is after "8" though not as a text
			by[version] = waitsFor(t, inf, version)
		}
		source.send(listwatch.Bookmark, store.Item[*Widget]{Version: "6"})
		by["6"].ended("with a bookmark")
		source.deleted(at(widget("a", 1), "7"))
		by["7"].ended("with a deletion")
		source.left("never", "8")
		by["8"].ended("with something that the cache does not hold")
		by["10"].goesOn("at version 8")
		source.expire()
		source.list("20")
		by["10"].ended("with a later list")
		by["30"].goesOn("at version 20")
		source.send(listwatch.Bookmark, store.Item[*Widget]{Version: "100"})
		by["30"].ended("with a later bookmark")
	})
}

func TestG38_AWriteOutsideOfTheSelectorIsReachedByABookmark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a")
		inf := informer.New(s.Namespace("shop"), informer.Options{})
		defer run(t, inf)()
		written := s.create("cart/a", 1)
		own := startWaiting(t, func() error { return informer.WaitForObject(t.Context(), inf, written) })
		own.goesOn("though nothing has come that tells of it")
		s.Bookmark()
		own.ended("with a bookmark")
	})
}

// TestG38_AnObjectThatCannotBeUsed holds that what is said of a listed object
// that cannot be used, which comes behind the list with a version of its own, does
// not turn the version of the cache back.
func TestG38_AnObjectThatCannotBeUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.listItems("9", itemOf(at(widget("a", 1), "2")), brokenItem("b", "3"))
		synctest.Wait()
		waitsFor(t, inf, "9").ended("at the version of the list")

		source.breaks("a", "12")
		waitsFor(t, inf, "12").ended("at the version of what could not be used")
		if err := informer.WaitForObject(t.Context(), inf, at(widget("a", 1), "2")); err != nil {
			t.Errorf("the cache holds version 2, but WaitForObject = %v", err)
		}
		missed := wantVersionError(t, informer.WaitForObject(t.Context(), inf, at(widget("a", 5), "12")), errBroken)
		var item *listwatch.ItemError
		if !errors.As(missed, &item) || item.Version != "12" {
			t.Errorf("the error is %v, want it to have the ItemError of version 12", missed)
		}
		source.modified(at(widget("a", 6), "13"))
		synctest.Wait()
		if err := informer.WaitForObject(t.Context(), inf, at(widget("a", 5), "12")); err != nil {
			t.Errorf("with a later state in the cache, WaitForObject = %v", err)
		}
	})
}

func TestG38_TheErrorSaysWhatWasReached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}, Backoff: time.Hour, MaxBackoff: time.Hour})
		stop := run(t, inf)
		defer stop()
		wait := func(version string) *informer.VersionError {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			return wantVersionError(t, inf.WaitForVersion(ctx, version), context.DeadlineExceeded)
		}
		if missed := wait("8"); missed.Reached != "" || missed.Wanted != "8" || missed.Last != nil {
			t.Errorf("before the list, the error is %+v", missed)
		}
		source.list("7")
		if missed := wait("8"); missed.Reached != "7" {
			t.Errorf("at version 7, the error is %+v", missed)
		}
		source.events <- scriptedEvent{err: errBroken}
		missed := wait("8")
		if want := `informer: *informer_test.Widget: waiting for version "8": context deadline exceeded; the cache has reached "7"; the last error was: `; !strings.HasPrefix(missed.Error(), want) {
			t.Errorf("the error is %v\nwant it to begin with %s", missed, want)
		}
		if !errors.Is(missed, errBroken) {
			t.Errorf("the error of the source cannot be seen in %v", missed)
		}
		late := waitsFor(t, inf, "8")
		stop()
		wantVersionError(t, late.result(), informer.ErrStopped)
		wantVersionError(t, inf.WaitForVersion(t.Context(), "8"), informer.ErrStopped)
		if err := inf.WaitForVersion(t.Context(), "7"); err != nil {
			t.Errorf("of a version that was reached before the end, WaitForVersion = %v", err)
		}
	})
}

func TestG38_VersionsThatCannotBeComparedAreAnError(t *testing.T) {
	for _, version := range []string{"", "0", "007", "seven", "-1"} {
		inf := informer.New(newServer(t), informer.Options{})
		missed := wantVersionError(t, inf.WaitForVersion(t.Context(), version), nil)
		if missed.Wanted != version || !strings.Contains(missed.Error(), "not well formed") {
			t.Errorf("of version %q, the error is %v", version, missed)
		}
	}
	for _, version := range []string{"", "first"} {
		synctest.Test(t, func(t *testing.T) {
			source := newScript(t)
			inf := informer.New(source, informer.Options{})
			defer run(t, inf)()
			early := waitsFor(t, inf, "5")
			source.list(version, at(widget("a", 1), "3"))
			for _, w := range []waiting{early, waitsFor(t, inf, "6")} {
				if err := w.result(); err == nil || !strings.Contains(err.Error(), "can be compared") {
					t.Errorf("from a source at version %q, the error is %v", version, err)
				}
			}
		})
	}
}

// TestG38_AServerThatWentBackHasNotReachedTheVersion holds that what is waited for is what the cache
// reflects now, not what it once did.
func TestG38_AServerThatWentBackHasNotReachedTheVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.list("50")
		source.expire() // at once after a list: the next one is of whatever there is
		source.list("40")
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if missed := wantVersionError(t, inf.WaitForVersion(ctx, "45"), context.DeadlineExceeded); missed.Last != nil {
			t.Errorf("the error is %v, though the source is well again", missed)
		}
		w := waitsFor(t, inf, "45")
		w.goesOn("at version 40")
		source.added(at(widget("a", 1), "45"))
		w.ended("at version 45")
	})
}

func TestG38_AHandlerHasReturnedFromAllUpToTheVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a", "b")
		inf := informer.New(s, informer.Options{OnError: func(error) {}})
		steps := make(chan struct{})
		slow := addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnAdd:    func(*Widget, bool) { <-steps },
			OnUpdate: func(_, w *Widget) { <-steps; panic("count it as returned") },
		}, informer.HandlerOptions[*Widget]{Name: "slow", Filter: func(w *Widget) bool { return w.Name != "hidden" }})
		fast := addHandler(t, inf, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		first := waitsFor(t, slow, s.Version())
		steps <- struct{}{}
		first.goesOn("with one initial add to go")
		steps <- struct{}{}
		first.ended("after the initial adds")

		// All of these lie together in the log, and the last is not shown to it.
		var versions []string
		for size := range 3 {
			versions = append(versions, s.update("a", 10+size).ResourceVersion)
		}
		hidden := s.create("hidden", 1)
		if err := inf.WaitForVersion(t.Context(), hidden.ResourceVersion); err != nil {
			t.Errorf("the cache waits for a handler: %v", err)
		}
		waitsFor(t, fast, hidden.ResourceVersion).ended("in the handler that is not slow")
		last := startWaiting(t, func() error { return slow.WaitForObject(t.Context(), hidden) })
		for range versions {
			last.goesOn("with updates to go")
			steps <- struct{}{}
		}
		last.ended("after the updates")
	})
}

// TestG38_AHandlerSaysSoOnTheWay holds that a wait ends with the event that it is
// about, and not with all that lies behind it in the log.
func TestG38_AHandlerSaysSoOnTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		steps := make(chan struct{})
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnUpdate: func(_, w *Widget) { <-steps },
		}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		written := s.update("a", 2)
		synctest.Wait()
		w := waitsFor(t, registration, s.update("a", 3).ResourceVersion)
		for size := range 20 {
			s.update("a", 10+size)
		}
		synctest.Wait()
		steps <- struct{}{}
		steps <- struct{}{} // the first of those that lie together behind it
		w.ended("after its event")
		middle := waitsFor(t, registration, strconv.Itoa(atoi(t, written.ResourceVersion)+5))
		for range 19 {
			steps <- struct{}{}
		}
		middle.goesOn("with one event to go that had come before the wait")
		steps <- struct{}{}
		middle.ended("after all that had come before the wait")
	})
}

func atoi(t *testing.T, version string) int {
	t.Helper()
	n, err := strconv.Atoi(version)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestG38_WhatCameToNothingHasBeenReturnedFrom holds that a handler that coalesces
// is not waited for when nothing is left of what it has missed.
func TestG38_WhatCameToNothingHasBeenReturnedFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{Backlog: informer.Coalesce(0)})
		defer run(t, inf)()
		s.update("hold", 0)
		synctest.Wait()
		s.create("a", 1)
		deleted := s.delete("a")
		w := waitsFor(t, registration, deleted.ResourceVersion)
		w.goesOn("with a call running")
		handler.release()
		w.ended("after the call")
	})
}

// TestG38_AHandlerThatWaitedForItsTurnHasNotReturned holds that a handler that was
// removed before its turn came has not heard of what it was to be called for.
func TestG38_AHandlerThatWaitedForItsTurnHasNotReturned(t *testing.T) {
	for name, late := range map[string]informer.Handler[*Widget]{
		"handler": &recorder{},
		"batches": informer.BatchFunc[*Widget](func([]informer.Event[*Widget]) {}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, others := newServer(t), newServer(t, "hold")
				inf, other := &remembering{Informer: informer.New(s, informer.Options{})}, informer.New(others, informer.Options{})
				var d informer.Dispatcher
				busy := newStuck()
				dispatch(t, &d, other, inf, busy, late)
				defer run(t, other)()
				defer run(t, inf.Informer)()
				others.update("hold", 0)
				synctest.Wait()
				written := s.create("a", 1)
				synctest.Wait()
				inf.registered.Remove()
				busy.release()
				synctest.Wait()
				wantVersionError(t, inf.registered.WaitForVersion(t.Context(), written.ResourceVersion), informer.ErrRemoved)
			})
		})
	}
}

func TestG38_ARegistrationThatEndsSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		hold := make(chan struct{})
		stuck := informer.HandlerFuncs[*Widget]{OnUpdate: func(_, _ *Widget) { <-hold }}
		removed := addHandler(t, inf, stuck, informer.HandlerOptions[*Widget]{Name: "stuck"})
		stopped := addHandler(t, inf, stuck, informer.HandlerOptions[*Widget]{})
		stop := run(t, inf)
		written := s.update("a", 2)
		later := strconv.Itoa(atoi(t, written.ResourceVersion) + 1)
		behind, ahead := waitsFor(t, removed, written.ResourceVersion), waitsFor(t, removed, later)
		late := waitsFor(t, stopped, written.ResourceVersion)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		missed := wantVersionError(t, stopped.WaitForVersion(ctx, written.ResourceVersion), context.DeadlineExceeded)
		if missed.Handler != "handler-2" {
			t.Errorf("the error names the handler %q", missed.Handler)
		}
		removed.Remove()
		for _, w := range []waiting{behind, ahead} {
			if missed := wantVersionError(t, w.result(), informer.ErrRemoved); missed.Handler != "stuck" {
				t.Errorf("the error is %v, want it to name the handler", missed)
			}
		}
		wantVersionError(t, removed.WaitForVersion(t.Context(), written.ResourceVersion), informer.ErrRemoved)
		late.goesOn("in a handler that was not removed")
		close(hold)
		late.ended("when the handler goes on")
		late = waitsFor(t, stopped, later)
		stop()
		wantVersionError(t, late.result(), informer.ErrStopped)
	})
}

func TestG38_EachNamespaceHasAVersionOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		defer run(t, r.Informer)()
		written := r.create("a/x", 1)
		if err := informer.WaitForObject(t.Context(), r, written); err != nil {
			t.Error(err)
		}
		if err := r.WaitForVersionOf(t.Context(), "a", written.ResourceVersion); err != nil {
			t.Error(err)
		}
		all := waitsFor(t, r, written.ResourceVersion)
		all.goesOn("though nothing has come of the namespace b")
		r.api.Bookmark()
		all.ended("with a bookmark for each")

		written = r.create("c/x", 1)
		wantVersionError(t, informer.WaitForObject(t.Context(), r, written), informer.ErrNotInSet)
		all = waitsFor(t, r, written.ResourceVersion)
		leaving := startWaiting(t, func() error { return r.WaitForVersionOf(t.Context(), "b", written.ResourceVersion) })
		r.namespaces.Remove("a", "b")
		all.ended("of names that have left the set")
		if missed := wantVersionError(t, leaving.result(), informer.ErrNotInSet); missed.Part != "b" {
			t.Errorf("the error is %v, want it to name b", missed)
		}
		r.add("c")
		if err := informer.WaitForObject(t.Context(), r, written); err != nil { // with no wait in between
			t.Error(err)
		}
		if _, found := r.Reader().Get(keyOf(written)); !found {
			t.Error("the object that was waited for is not in the cache")
		}
	})
}

func TestG38_SeveralClustersHaveNoVersionInCommon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		east := newServer(t, "x")
		var clusters informer.NameSet
		if err := clusters.Add("east"); err != nil {
			t.Fatal(err)
		}
		inf := informer.NewOverClusters(&clusters, func(string) listwatch.ListWatcher[*Widget] { return east }, informer.Options{})
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		written := east.update("x", 2)
		for _, err := range []error{
			inf.WaitForVersion(t.Context(), written.ResourceVersion),
			informer.WaitForObject(t.Context(), inf, written),
			registration.WaitForVersion(t.Context(), written.ResourceVersion),
		} {
			if wantVersionError(t, err, nil); !strings.Contains(err.Error(), "several clusters") {
				t.Errorf("the error is %v", err)
			}
		}
		if err := registration.WaitForVersionOf(t.Context(), "east", written.ResourceVersion); err != nil {
			t.Error(err)
		}
	})
}

func TestG38_WhatCannotBeReachedIsAnErrorAtOnce(t *testing.T) {
	whole := informer.New(newServer(t), informer.Options{})
	if err := whole.WaitForVersionOf(t.Context(), "a", "5"); err == nil || !strings.Contains(err.Error(), "no set of names") {
		t.Errorf("of an informer over no set, WaitForVersionOf = %v", err)
	}
	broken := informer.NewOverNamespaces[*Widget](nil, nil, informer.Options{})
	if err := broken.WaitForVersion(t.Context(), "5"); err == nil || !strings.Contains(err.Error(), "the set is nil") {
		t.Errorf("of an informer that can never run, WaitForVersion = %v", err)
	}
}

func TestG38_AHandleWaitsToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{})
		informer.Provide(group, informer.Provider[*Widget]{
			Resource: widgets,
			Source:   func(scope informer.Scope) listwatch.ListWatcher[*Widget] { return s.Namespace(scope.Namespace) },
		})
		handle, err := informer.Acquire[*Widget](group, informer.Scope{Namespace: "shop"})
		if err != nil {
			t.Fatal(err)
		}
		registration := addHandler(t, handle, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
		stop := run(t, group)
		written := s.update("shop/a", 2)
		for _, err := range []error{
			handle.WaitForVersion(t.Context(), written.ResourceVersion),
			informer.WaitForObject(t.Context(), handle, written),
			registration.WaitForObject(t.Context(), written),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		late := waitsFor(t, handle, "1000")
		stop()
		missed := wantVersionError(t, late.result(), informer.ErrStopped)
		if want := "widgets.test.io in shop"; missed.Resource != want {
			t.Errorf("the error names %q, want %q", missed.Resource, want)
		}
	})
}

// TestG38_ADeletionAndAnAdditionForOneEvent holds that a handler to which two calls
// are made for an event has returned from it after both.
func TestG38_ADeletionAndAnAdditionForOneEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		steps := make(chan struct{})
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{
			OnAdd:    func(*Widget, bool) { <-steps },
			OnDelete: func(*Widget, bool) { <-steps },
		}, informer.HandlerOptions[*Widget]{RecreateAsDeleteAdd: true})
		defer run(t, inf)()
		recreated := func(name, uid, version string) *Widget {
			w := at(widget(name, 1), version)
			w.UID = types.UID(uid)
			return w
		}
		source.list("10", recreated("a", "1", "1"), recreated("b", "1", "1"))
		steps <- struct{}{}
		source.modified(recreated("a", "2", "11")) // both lie together behind the initial adds
		source.modified(recreated("b", "2", "12"))
		w := waitsFor(t, registration, "12")
		steps <- struct{}{}
		for range 4 {
			w.goesOn("with a call to go")
			steps <- struct{}{}
		}
		w.ended("after both calls for both")
	})
}

func TestG38_WhoGivesUpLeavesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "hold")
		inf := informer.New(s, informer.Options{})
		handler := newStuck()
		registration := addHandler(t, inf, handler, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		written := s.update("hold", 0)
		for _, wait := range []func(context.Context, string) error{inf.WaitForVersion, registration.WaitForVersion} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			wantVersionError(t, wait(ctx, "1000"), context.DeadlineExceeded)
			cancel()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantVersionError(t, registration.WaitForVersion(ctx, written.ResourceVersion), context.DeadlineExceeded)
		if left := inf.Awaited(); left != 0 {
			t.Errorf("%d milestones are left", left)
		}
		handler.release()
	})
}

// TestG38_ManyWait lets thousands wait for versions in no order, some of whom give
// up, and looks at what has ended after each write.
func TestG38_ManyWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const writes, waiters = 50, 10_000
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		registration := addHandler(t, inf, informer.HandlerFuncs[*Widget]{}, informer.HandlerOptions[*Widget]{})
		defer run(t, inf)()
		start := atoi(t, s.Version())
		patience, giveUp := context.WithCancel(t.Context())
		defer giveUp()
		random := rand.New(rand.NewPCG(3, 8))
		var ended, gaveUp [writes + 1]atomic.Int32 // by the version waited for
		var want, wantGivenUp [writes + 1]int32
		for i := range waiters {
			n := 1 + random.IntN(writes)
			version := strconv.Itoa(start + n)
			wait := inf.WaitForVersion
			if i%2 == 0 {
				wait = registration.WaitForVersion
			}
			ctx, count := t.Context(), &ended[n]
			if random.IntN(4) == 0 {
				ctx, count = patience, &gaveUp[n]
				wantGivenUp[n]++
			} else {
				want[n]++
			}
			go func() {
				_ = wait(ctx, version)
				count.Add(1)
			}()
		}
		check := func(ended *[writes + 1]atomic.Int32, want [writes + 1]int32, upTo int) {
			t.Helper()
			for n := range want {
				if n > upTo {
					want[n] = 0
				}
				if got := ended[n].Load(); got != want[n] {
					t.Errorf("%d waits for version +%d have ended at +%d, want %d", got, n, upTo, want[n])
				}
			}
		}
		synctest.Wait()
		for n := 1; n <= writes; n++ {
			s.update("a", n)
			synctest.Wait()
			check(&ended, want, n)
			if n == writes/2 {
				check(&gaveUp, wantGivenUp, n)
				giveUp()
				synctest.Wait()
				check(&gaveUp, wantGivenUp, writes)
			}
		}
		if left := inf.Awaited(); left != 0 {
			t.Errorf("%d milestones are left", left)
		}
	})
}

// ExampleWaitForObject reads what was written a moment ago.
func ExampleWaitForObject() {
	source := fake.NewSource[*Widget](fake.Options{})
	inf := informer.New(source, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()

	lamp, err := source.Create(widget("shop/lamp", 1)) // with a clientset: Create of the typed client
	if err != nil {
		fmt.Println(err)
	}
	if err := informer.WaitForObject(ctx, inf, lamp); err != nil {
		fmt.Println(err)
	}
	cached, found := inf.Reader().Get(store.Key{Namespace: "shop", Name: "lamp"})
	fmt.Println(found, cached)

	ahead, stop := context.WithTimeout(ctx, time.Millisecond)
	defer stop()
	fmt.Println(inf.WaitForVersion(ahead, "1000"))
	cancel()
	fmt.Println(<-ended)
	// Output:
	// true shop/lamp=1
	// informer: widgets: waiting for version "1000": context deadline exceeded; the cache has reached "2"
	// <nil>
}
