// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
)

// errRefused is how a connection that nobody takes reaches the reflector.
var errRefused = fmt.Errorf("dial tcp: %w", syscall.ECONNREFUSED)

func TestStreamingListIsAListAndThenAWatch(t *testing.T) {
	o := play(t, time.Minute, reflect.Options{}, watchHolds(
		added("a", "3"), added("b", "1"), bookmark("4"), initialEnd("5"),
		modified("a", "6").in(time.Second), bookmark("9"),
	))
	o.wantAsked(streamAt(""))
	o.wantTold("replace 5: a@3 b@1", "Modified a@6", "Bookmark @9")
	want := reflect.Stats{Phase: reflect.Ended, Lists: 1, Watches: 1}
	if diff := cmp.Diff(want, o.stats); diff != "" {
		t.Errorf("Stats (-want +got):\n%s", diff)
	}
}

func TestStreamingListTakesWhatHappensBeforeItsEnd(t *testing.T) {
	o := play(t, time.Second, reflect.Options{}, watchHolds(
		added("a", "1"), added("b", "2"), added("c", "3"), modified("a", "4"),
		has(listwatch.Deleted, "b", "5"), has(listwatch.Left, "c", "6"), initialEnd("6"),
	))
	// Of several states of one key the last one counts.
	o.wantTold("replace 6: a@1 a@4")
}

func TestStreamingListThatIsRefusedBecomesAListAtOnceAndForGood(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{},
		noStream(),
		pageOf("5", ""),
		watchFails(errExpired, bookmark("6").in(10*time.Minute)),
		pageOf("8", ""),
	)
	o.wantAsked(streamAt(""), pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("8"))
	if diff := cmp.Diff([]time.Duration{0, 0, 0, 10 * time.Minute, 10 * time.Minute}, o.times); diff != "" {
		t.Errorf("instants (-want +got):\n%s", diff)
	}
	o.wantFailures(`watch "6" (1), list`)
}

func TestStreamingListThatDoesNotGetDoneBecomesAListForGood(t *testing.T) {
	for name, attempt := range map[string]answer{
		"closed early":      watchEnds(added("a", "1"), bookmark("4")),
		"closed at once":    watchEnds(),
		"failed early":      watchFails(errBroken, added("a", "1")),
		"answered, 500":     watchFails(apierrors.NewInternalError(errBroken)),
		"too old as newest": watchFails(errExpired),
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, reflect.Options{},
				attempt, attempt,
				pageOf("5", "", added("a", "1")),
				watchFails(errExpired, bookmark("6").in(10*time.Minute)),
				pageOf("8", ""),
			)
			o.wantAsked(streamAt(""), streamAt(""), pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("8"))
			o.wantWait(0, 800*time.Millisecond, 1)
			if o.times[2] != o.times[1] {
				t.Errorf("the plain list came after %v, the last streaming one after %v; want it at once", o.times[2], o.times[1])
			}
			o.wantTold("replace 5: a@1", "Bookmark @6", "replace 8:")
			o.wantFailures(
				`streaming list "" (1), streaming list`, `streaming list "" (2), list`, `watch "6" (1), list`,
			)
		})
	}
}

// A server that is down has not said anything about streaming lists.
func TestStreamingListIsTriedUntilThereIsAServer(t *testing.T) {
	o := play(t, 10*time.Minute, reflect.Options{},
		watchFails(errRefused), watchFails(errRefused), watchFails(errRefused), watchFails(errRefused),
		watchFails(apierrors.NewTooManyRequests("later", 40)), watchFails(apierrors.NewServiceUnavailable("starting")),
		watchHolds(initialEnd("5")),
	)
	o.wantAsked(streamAt(""), streamAt(""), streamAt(""), streamAt(""), streamAt(""), streamAt(""), streamAt(""))
	o.wantTold("replace 5:")
	if got := o.times[5] - o.times[4]; got != 40*time.Second {
		t.Errorf("the request after the 429 came after %v, want 40s", got)
	}
}

func TestStreamingListAgainAsksForNothingOlder(t *testing.T) {
	for name, refusal := range map[string]error{"expired": errExpired, "too large": errAhead()} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, reflect.Options{},
				watchFails(errExpired, initialEnd("5"), modified("a", "6").in(10*time.Minute)),
				watchFails(refusal),
				watchHolds(initialEnd("9")),
			)
			o.wantAsked(streamAt(""), streamAt("6"), streamAt(""))
			if diff := cmp.Diff([]time.Duration{0, 10 * time.Minute, 10 * time.Minute}, o.times); diff != "" {
				t.Errorf("instants (-want +got):\n%s", diff)
			}
			o.wantFailures(`watch "6" (1), streaming list`, `streaming list "6" (2), streaming list`)
			if want := (reflect.Stats{Phase: reflect.Ended, Lists: 2, Relists: 1, Watches: 3, Errors: 2}); o.stats != want {
				t.Errorf("Stats are %+v, want %+v", o.stats, want)
			}
		})
	}
}

func TestStreamThatBreaksAfterItsListIsTakenUpAgainAsAWatch(t *testing.T) {
	o := play(t, time.Minute, reflect.Options{},
		watchFails(errRefused, added("a", "1"), initialEnd("5")), watchHolds(modified("a", "6")))
	o.wantAsked(streamAt(""), watchAt("5"))
	o.wantTold("replace 5: a@1", "Modified a@6")
	o.wantFailures(`watch "5" (1), watch`)
	o.wantWait(0, 800*time.Millisecond, 1)
}

// The tries are counted for each list by itself.
func TestStreamingListThatGetsDoneInTheEndIsTriedAgainNextTime(t *testing.T) {
	early := watchEnds(added("a", "1"))
	o := play(t, time.Hour, reflect.Options{},
		early, watchFails(errExpired, initialEnd("5"), bookmark("6").in(10*time.Minute)),
		early, watchHolds(initialEnd("9")),
	)
	o.wantAsked(streamAt(""), streamAt(""), streamAt("6"), streamAt("6"))
	o.wantTold("replace 5:", "Bookmark @6", "replace 9:")
}

func TestStreamThatClosesAtOnceAfterItsListIsAFailure(t *testing.T) {
	for name, events := range map[string][]entry{
		"nothing":                {initialEnd("5")},
		"a bookmark":             {initialEnd("5"), bookmark("6")},
		"a change of no version": {initialEnd("5"), added("a", "")},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Minute, reflect.Options{}, watchEnds(events...), watchHolds())
			o.wantWait(0, 800*time.Millisecond, 1)
		})
	}
}

func TestItemOfAStreamingListThatComesAgainAndWholeIsSound(t *testing.T) {
	o := play(t, time.Second, reflect.Options{}, watchHolds(
		added("a", "1").failing(errItem), added("b", "2").failing(errItem), added("c", "3"),
		modified("a", "4"), has(listwatch.Deleted, "b", "5"), modified("c", "6").failing(errItem),
		initialEnd("6"),
	))
	o.wantTold("replace 6: kept c c@3 a@4", "Quarantine c@6")
}

func TestItemOfAStreamingListThatCannotBeUsedIsReported(t *testing.T) {
	o := play(t, time.Second, reflect.Options{}, watchHolds(
		added("a", "1"),
		added("b", "2").failing(errItem),
		added("", "3"),
		has(99, "c", "4"),
		added("d", "5"), initialEnd("5"),
	))
	o.wantTold("replace 5: kept b kept c a@1 d@5", "Quarantine b@2", "Quarantine c@4")
	if len(o.items) != 3 {
		t.Errorf("%d items were reported, want 3: %v", len(o.items), o.items)
	}
	o.wantFailures()
}
