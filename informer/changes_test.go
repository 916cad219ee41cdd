// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

type changes = iter.Seq2[informer.Change[*Widget], error]

// historian holds a state, to which it applies changes. It fails the test if one
// does not fit.
type historian struct {
	t       *testing.T
	state   map[store.Key]string
	version string
}

func newHistorian(t *testing.T, s informer.Snapshot[*Widget]) *historian {
	f := &historian{t, map[store.Key]string{}, s.Version()}
	for key, w := range s.Items() {
		f.state[key] = text(w)
	}
	return f
}

// text tells states apart, in the form of cached.
func text(w *Widget) string { return w.String() + "@" + w.ResourceVersion }

func (f *historian) apply(change informer.Change[*Widget]) {
	f.t.Helper()
	for _, event := range change.Events {
		held, found := f.state[event.Key]
		switch event.Type {
		case informer.Added:
			if found {
				f.t.Errorf("at version %s %v is added, but is there as %s", f.version, event.Object, held)
			}
			f.state[event.Key] = text(event.Object)
		case informer.Updated:
			if !found || held != text(event.Old) || held == text(event.Object) {
				f.t.Errorf("at version %s %v becomes %v, but it is %q", f.version, text(event.Old), text(event.Object), held)
			}
			f.state[event.Key] = text(event.Object)
		case informer.Deleted:
			if !found || held != text(event.Old) {
				f.t.Errorf("at version %s %v is deleted, but it is %q", f.version, text(event.Old), held)
			}
			delete(f.state, event.Key)
		default:
			f.t.Errorf("an event of type %v", event.Type)
		}
	}
	f.version = change.Version
}

// note writes changes down until there are no more. take returns those since the
// last take.
func note(from changes) (take func() []string) {
	lines := make(chan string, 1000)
	go func() {
		for change, err := range from {
			if err != nil {
				lines <- err.Error()
				continue
			}
			line := change.Version + ":"
			for _, event := range change.Events {
				line += fmt.Sprintf(" %v %v", event.Type, event.Object)
			}
			lines <- strings.TrimSpace(change.Part + " " + line)
		}
	}()
	return func() (got []string) {
		synctest.Wait()
		for {
			select {
			case line := <-lines:
				got = append(got, line)
			default:
				return got
			}
		}
	}
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func takeSnapshot(t *testing.T, of interface {
	Snapshot(ctx context.Context) (informer.Snapshot[*Widget], error)
}) informer.Snapshot[*Widget] {
	t.Helper()
	s, err := of.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestChangesAreStepsFromStateToState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.list("10", at(widget("a", 1), "1"), at(widget("b", 2), "2"))
		snapshot := takeSnapshot(t, inf)
		if snapshot.Version() != "10" || snapshot.Len() != 2 {
			t.Errorf("the snapshot has %d objects at %q", snapshot.Len(), snapshot.Version())
		}
		live := note(snapshot.Changes(ctx))
		source.added(at(widget("c", 3), "11"))
		source.left("never", "12")
		wantLines(t, live(), "11: Added c=3", "12:")
		source.send(listwatch.Bookmark, store.Item[*Widget]{Version: "15"})
		source.deleted(at(widget("b", 5), "16"))
		wantLines(t, live(), "15:", "16: Deleted b=5")
		source.expire()
		source.list("20", at(widget("a", 7), "19"), at(widget("d", 4), "18"))
		wantLines(t, live(), "20: Deleted c=3 Updated a=7 Added d=4")

		again := note(snapshot.Changes(ctx))
		wantLines(t, again(), "11: Added c=3", "15:", "16: Deleted b=5", "20: Deleted c=3 Updated a=7 Added d=4")
		for since, want := range map[string][]string{
			"10": {"11: Added c=3", "15:", "16: Deleted b=5", "20: Deleted c=3 Updated a=7 Added d=4"},
			"13": {"15:", "16: Deleted b=5", "20: Deleted c=3 Updated a=7 Added d=4"},
			"16": {"20: Deleted c=3 Updated a=7 Added d=4"},
			"20": nil,
			"25": nil,
			"9":  {`informer: *informer_test.Widget: what has changed since version "9" is not known in full (what is kept begins at "10"); take a Snapshot and go on with its Changes`},
			"17": {`informer: *informer_test.Widget: what has changed since version "17" is not known in full (what is kept begins at "10"); take a Snapshot and go on with its Changes`},
		} {
			if diff := cmp.Diff(want, note(inf.Changes(ctx, since))()); diff != "" {
				t.Errorf("changes since %s (-want +got):\n%s", since, diff)
			}
		}
		ahead := note(inf.Changes(ctx, "25"))
		source.modified(at(widget("a", 8), "25"))
		wantLines(t, ahead())
		source.modified(at(widget("a", 9), "26"))
		wantLines(t, ahead(), "26: Updated a=9")
		wantLines(t, live(), "25: Updated a=8", "26: Updated a=9")
		cancel()
		wantLines(t, live())
	})
}

func TestChangesEndWithTheInformer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{})
		stop := run(t, inf)
		snapshot := takeSnapshot(t, inf)
		live := note(snapshot.Changes(t.Context()))
		s.update("a", 2)
		synctest.Wait()
		stop()
		ended := "informer: widgets: Changes: the informer has stopped"
		wantLines(t, live(), "3: Updated a=2", ended)
		late := note(inf.Changes(t.Context(), snapshot.Version()))
		wantLines(t, late(), "3: Updated a=2", ended)

		early := informer.New(newServer(t), informer.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := early.Snapshot(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("of an informer that does not run, Snapshot = %v", err)
		}
		for range early.Changes(ctx, "5") {
			t.Error("a change, or an error, though the context has ended")
		}
		for range (informer.Snapshot[*Widget]{}).Changes(t.Context()) {
			t.Error("a change of nothing")
		}
	})
}

func TestOnlySoManyChangesAreKeptAndNoneUnlessAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "a")
		inf := informer.New(s, informer.Options{HistoryLimit: 3})
		unasked := informer.New(s, informer.Options{})
		defer run(t, inf)()
		defer run(t, unasked)()
		begin := s.Version()
		snapshot := takeSnapshot(t, inf)
		for size := range 3 {
			s.update("a", 10+size)
		}
		since := note(inf.Changes(t.Context(), begin))
		wantLines(t, since(), "3: Updated a=10", "4: Updated a=11", "5: Updated a=12")
		s.update("a", 13)
		wantLines(t, since(), "6: Updated a=13")
		var gap *informer.GapError
		for _, from := range []changes{inf.Changes(t.Context(), begin), snapshot.Changes(t.Context())} {
			for _, err := range from {
				if !errors.As(err, &gap) || gap.Since != begin || gap.Oldest != "3" {
					t.Errorf("the error is %v, want a gap from %s to 3", err, begin)
				}
			}
		}
		later := note(inf.Changes(t.Context(), "3"))
		wantLines(t, later(), "4: Updated a=11", "5: Updated a=12", "6: Updated a=13")
		if kept, unaskedKept := inf.Kept(), unasked.Kept(); kept != 3 || unaskedKept != 0 {
			t.Errorf("%d events are kept, and %d where nobody asked", kept, unaskedKept)
		}
		// More at once than is kept: a list.
		for i := range 4 {
			s.create("more-"+strconv.Itoa(i), i)
		}
		s.Compact() // before the watch has seen them
		time.Sleep(time.Minute)
		synctest.Wait()
		wantSameState(t, s, inf)
		if kept := inf.Kept(); kept > 3 {
			t.Errorf("%d events are kept after a list", kept)
		}
	})
}

func TestABookmarkBetweenChangesCountsAsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{HistoryLimit: 2})
		defer run(t, inf)()
		source.list("10")
		takeSnapshot(t, inf)
		source.added(at(widget("a", 1), "11"))
		source.send(listwatch.Bookmark, store.Item[*Widget]{Version: "12"})
		source.modified(at(widget("a", 2), "13"))
		synctest.Wait()
		since := note(inf.Changes(t.Context(), "11"))
		wantLines(t, since(), "12:", "13: Updated a=2")
		var gap *informer.GapError
		for _, err := range inf.Changes(t.Context(), "10") {
			if !errors.As(err, &gap) || gap.Oldest != "11" {
				t.Errorf("the error is %v, want a gap up to 11", err)
			}
		}
	})
}

// A reader that waits keeps nothing alive of what it has read.
func TestAReaderOfChangesKeepsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{HistoryLimit: 2, OnError: func(error) {}})
		defer run(t, inf)()
		source.list("1")
		live := note(takeSnapshot(t, inf).Changes(t.Context()))
		read := func() weak.Pointer[Widget] {
			w := at(widget("b", 1), "2")
			source.expire()
			source.list("2", at(widget("a", 1), "2"), w)
			live()
			return weak.Make(w)
		}()
		for version := 3; version < 7; version++ {
			source.modified(at(widget("b", version), strconv.Itoa(version)))
			live()
		}
		runtime.GC()
		if read.Value() != nil {
			t.Error("a state is kept that was read, and is no more in the history")
		}
	})
}

func TestABookmarkLeavesTheVersionsBeforeItWhereTheyAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		defer run(t, inf)()
		source.list("10")
		takeSnapshot(t, inf)
		for _, version := range []string{"12", "14"} {
			source.send(listwatch.Bookmark, store.Item[*Widget]{Version: version})
		}
		for _, since := range []string{"10", "11", "13"} {
			take := note(inf.Changes(t.Context(), since))
			wantLines(t, take(), "14:")
		}
	})
}

func TestARepetitionIsNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{})
		defer run(t, inf)()
		source.list("10", at(widget("a", 1), "10"))
		take := note(takeSnapshot(t, inf).Changes(t.Context()))
		source.modified(at(widget("a", 1), "10"))
		source.modified(at(widget("a", 2), "11"))
		wantLines(t, take(), "11: Updated a=2")
	})
}

func TestAListThatFindsNothingNewIsNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.list("10", at(widget("a", 1), "3"))
		take := note(takeSnapshot(t, inf).Changes(t.Context()))
		source.expire()
		source.list("10", at(widget("a", 1), "3"))
		source.modified(at(widget("a", 2), "11"))
		wantLines(t, take(), "11: Updated a=2")
		since := note(inf.Changes(t.Context(), "10"))
		wantLines(t, since(), "11: Updated a=2")
	})
}

func TestAVersionThatStandsForTwoStatesCannotBeGoneOnFrom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newScript(t)
		inf := informer.New(source, informer.Options{OnError: func(error) {}})
		defer run(t, inf)()
		source.list("10")
		first := takeSnapshot(t, inf)
		source.added(at(widget("a", 1), "11"))
		synctest.Wait()
		between := takeSnapshot(t, inf)
		source.added(at(widget("b", 2), "11"))
		source.modified(at(widget("b", 3), "")) // and one without a version
		synctest.Wait()
		all := note(first.Changes(t.Context()))
		wantLines(t, all(), "11: Added a=1", "11: Added b=2", "11: Updated b=3")
		rest := note(between.Changes(t.Context()))
		wantLines(t, rest(), "11: Added b=2", "11: Updated b=3")
		wantGap := func(since string) {
			t.Helper()
			var gap *informer.GapError
			for _, err := range inf.Changes(t.Context(), since) {
				if !errors.As(err, &gap) {
					t.Fatalf("since %s: the error is %v, want a gap", since, err)
				}
			}
		}
		wantGap("11")
		source.modified(at(widget("b", 4), "12"))
		synctest.Wait()
		since := note(inf.Changes(t.Context(), "10"))
		wantLines(t, since(), "11: Added a=1", "11: Added b=2", "11: Updated b=3", "12: Updated b=4")
		wantLines(t, all(), "12: Updated b=4")

		// The server is restored from a backup.
		source.expire()
		source.list("5")
		wantLines(t, all(), "5: Deleted a=1 Deleted b=4")
		wantGap("4")
		source.added(at(widget("c", 1), "11"))
		synctest.Wait()
		wantGap("5") // which may be of the time before
		source.added(at(widget("c", 2), "12"))
		synctest.Wait()
		since = note(inf.Changes(t.Context(), "11"))
		wantLines(t, since(), "12: Updated c=2")
	})
}

func TestASetOfNamesHasSnapshotsWithChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRealm(t, "a", "b")
		r.create("a/x", 1)
		stop := run(t, r.Informer)
		defer stop()
		snapshot := takeSnapshot(t, r)
		if snapshot.Version() != "" {
			t.Errorf("the snapshot has version %s, as if all had one", snapshot.Version())
		}
		live := note(snapshot.Changes(t.Context()))
		r.create("b/x", 2)
		wantLines(t, live(), "b 3: Added b/x=2")
		r.create("c/x", 3)
		r.add("c")
		wantLines(t, live(), "c 4: Added c/x=3")
		r.namespaces.Remove("b")
		wantLines(t, live(), "b 3: Deleted b/x=2")
		for _, err := range r.Changes(t.Context(), "3") {
			if wantVersionError(t, err, nil); !strings.Contains(err.Error(), "take a Snapshot") {
				t.Errorf("the error is %v", err)
			}
		}
		stop()
		live()
	})
}

func TestChangesOfAHandleEndWithItsRelease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(t, "shop/a")
		group := informer.NewGroup(informer.GroupOptions{Options: informer.Options{HistoryLimit: 1}})
		informer.Provide(group, informer.Provider[*Widget]{
			Resource: widgets,
			Source:   func(scope informer.Scope) listwatch.ListWatcher[*Widget] { return s.Namespace(scope.Namespace) },
		})
		acquire := func() *informer.Handle[*Widget] {
			handle, err := informer.Acquire[*Widget](group, informer.Scope{Namespace: "shop"})
			if err != nil {
				t.Fatal(err)
			}
			return handle
		}
		ours, theirs := acquire(), acquire()
		stop := run(t, group)
		snapshot := takeSnapshot(t, ours)
		first := note(snapshot.Changes(t.Context()))
		second := note(ours.Changes(t.Context(), snapshot.Version()))
		s.update("shop/a", 2)
		for _, take := range []func() []string{first, second} {
			wantLines(t, take(), "3: Updated shop/a=2")
		}
		s.update("shop/a", 3)
		synctest.Wait()
		for _, from := range []changes{snapshot.Changes(t.Context()), ours.Changes(t.Context(), snapshot.Version())} {
			for _, err := range from {
				var gap *informer.GapError
				if !errors.As(err, &gap) || gap.Resource != "widgets.test.io in shop" {
					t.Errorf("the error is %v, want a gap that names the scope", err)
				}
			}
		}
		first()
		second()
		ours.Release()
		synctest.Wait()
		if !closed(ours.Done()) {
			t.Error("a loop over changes goes on after the release")
		}
		s.update("shop/a", 4)
		wantLines(t, append(first(), second()...))
		theirs.Release()
		stop()
	})
}

// TestSnapshotAndChangesFoldToTheCache writes at random while followers come and
// go, some from a snapshot and some from the version they were at, and compares
// them with the cache whenever nothing moves. Each change has to fit the state of
// its historian exactly.
func TestSnapshotAndChangesFoldToTheCache(t *testing.T) {
	gaps, changes := 0, 0
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 4))
			s := newServer(t)
			inf := informer.New(s, informer.Options{HistoryLimit: 1 + random.IntN(20), OnError: func(error) {}})
			defer run(t, inf)()
			f := newHistorian(t, takeSnapshot(t, inf))
			for range 150 {
				for range random.IntN(20) {
					writeAtRandom(s, random)
				}
				switch random.IntN(10) {
				case 0:
					s.Compact() // the watch has not seen all: a list comes next
					time.Sleep(5 * time.Minute)
				case 1:
					s.Bookmark()
				}
				synctest.Wait()
				ctx, cancel := context.WithCancel(t.Context())
				from := inf.Changes(ctx, f.version)
				if f.version == "" || random.IntN(4) == 0 {
					snapshot := takeSnapshot(t, inf)
					*f = *newHistorian(t, snapshot)
					for range random.IntN(5) {
						writeAtRandom(s, random)
					}
					from = snapshot.Changes(ctx)
				}
				synctest.Wait()
				done := make(chan struct{})
				leaveAt := random.IntN(60) // now and then in the middle
				go func() {
					defer close(done)
					for change, err := range from {
						var gap *informer.GapError
						if errors.As(err, &gap) {
							gaps++
							f.version = ""
							return
						}
						if err != nil {
							t.Error(err)
							return
						}
						f.apply(change)
						changes++
						if leaveAt--; leaveAt < 0 {
							return
						}
					}
				}()
				synctest.Wait()
				cancel()
				<-done
				if f.version != inf.Stats().Version {
					continue // it left, or there is a gap
				}
				if want := cached(inf); !maps.Equal(want, f.state) {
					t.Fatalf("seed %d: at version %s the historian has %v, the cache %v", seed, f.version, f.state, want)
				}
			}
		})
	}
	if gaps < 30 || changes < 3000 {
		t.Errorf("with %d gaps and %d changes, little was tested", gaps, changes)
	}
}

// writeAtRandom makes, changes or deletes one of a few objects.
func writeAtRandom(s server, random *rand.Rand) {
	key := fmt.Sprint("w-", random.IntN(8))
	switch _, exists := s.Get(store.Key{Name: key}); {
	case !exists:
		s.create(key, random.IntN(100))
	case random.IntN(3) == 0:
		s.delete(key)
	default:
		s.update(key, random.IntN(100))
	}
}

// ExampleInformer_Changes mirrors a cache elsewhere: from a snapshot, and later
// from where it was.
func ExampleInformer_Changes() {
	source := fake.NewSource[*Widget](fake.Options{})
	write := func(w *Widget, err error) {
		if err != nil {
			fmt.Println(err)
		}
	}
	write(source.Create(widget("lamp", 1)))
	inf := informer.New(source, informer.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- inf.Run(ctx) }()

	snapshot, err := inf.Snapshot(ctx)
	if err != nil {
		fmt.Println(err)
	}
	fmt.Println(snapshot.Len(), "at version", snapshot.Version())
	since := snapshot.Version()

	write(source.Update(widget("lamp", 2)))
	write(source.Delete(store.Key{Name: "lamp"}))
	for change, err := range inf.Changes(ctx, since) {
		var gap *informer.GapError
		if errors.As(err, &gap) {
			break // take another snapshot
		}
		for _, event := range change.Events {
			fmt.Println(change.Version, event.Type, event.Object)
		}
		if since = change.Version; since == "4" {
			break // later, inf.Changes(ctx, since) goes on from here
		}
	}
	cancel()
	fmt.Println(<-ended)
	// Output:
	// 1 at version 2
	// 3 Updated lamp=2
	// 4 Deleted lamp=2
	// <nil>
}
