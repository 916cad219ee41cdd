// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

func TestG33_EveryEventOfAWatchMovesTheVersion(t *testing.T) {
	o := play(t, time.Minute, plain,
		pageOf("5", "", added("a", "1")),
		watchEnds(modified("a", "6").in(2*time.Second)),
		watchEnds(has(listwatch.Deleted, "a", "7").in(2*time.Second)),
		watchEnds(has(listwatch.Left, "b", "8").in(2*time.Second)),
		watchEnds(bookmark("11").in(2*time.Second)),
		watchEnds(added("c", "").in(2*time.Second)),     // no version: from the same again
		watchEnds(added("e/f", "13").in(2*time.Second)), // no key that a cache can hold
		watchEnds(has(99, "d", "14").in(2*time.Second)),
		watchEnds(entry{err: &listwatch.ItemError{Key: store.Key{Name: "g"}, Version: "15", Err: errBroken}}.in(2*time.Second)),
	)
	o.wantAsked(pagedAt("0"), watchAt("5"), watchAt("6"), watchAt("7"), watchAt("8"),
		watchAt("11"), watchAt("11"), watchAt("13"), watchAt("14"), watchAt("15"))
	o.wantTold("replace 5: a@1", "Modified a@6", "Deleted a@7", "Left b@8", "Bookmark @11", "Added c@",
		"Quarantine e/f@13", "Quarantine d@14", "Quarantine g@15")
	if len(o.items) != 3 {
		t.Errorf("%d items were reported, want 3: %v", len(o.items), o.items)
	}
	o.wantFailures()
}

func TestItemOfAWatchThatCannotBeUsedDoesNotEndIt(t *testing.T) {
	o := play(t, time.Minute, plain, pageOf("5", ""), watchHolds(
		added("", "6"),
		added("a", "7").failing(fmt.Errorf("wrapped: %w", &listwatch.ItemError{Err: errBroken})),
		added("b", "8"),
	))
	o.wantAsked(pagedAt("0"), watchAt("5"))
	o.wantTold("replace 5:", "Quarantine @6", "Quarantine a@7", "Added b@8")
}

// It is told of, but what the cache has is not out of date by it.
func TestItemOfAWatchThatCannotBeUsedAndIsOldSpoilsNothing(t *testing.T) {
	o := play(t, time.Minute, plain, pageOf("5", "", added("a", "5")), watchHolds(added("a", "4").failing(errItem), added("b", "6")))
	o.wantAsked(pagedAt("0"), watchAt("5"))
	o.wantTold("replace 5: a@5", "Added b@6")
	if len(o.items) != 1 {
		t.Errorf("%d items were reported, want 1: %v", len(o.items), o.items)
	}
}

func TestG33_WatchesAskForFiveToTenMinutesAtRandom(t *testing.T) {
	var answers []answer
	for range 200 {
		answers = append(answers, watchEnds(bookmark("6").in(time.Second)))
	}
	o := play(t, time.Hour, plain, append([]answer{pageOf("5", "")}, answers...)...)
	different := map[time.Duration]bool{}
	for _, timeout := range o.timeouts {
		if timeout < 5*time.Minute || timeout > 10*time.Minute {
			t.Errorf("a watch was asked for with a timeout of %v, want 5 to 10 minutes", timeout)
		}
		different[timeout] = true
	}
	if len(different) < 100 {
		t.Errorf("200 watches had %d different timeouts", len(different))
	}
}

// Connections that are refused and requests that are too many say nothing about
// the version, so there is no list, however long it takes.
func TestWatchIsResumedAtTheSameVersion(t *testing.T) {
	for name, failure := range map[string]error{
		"refused":           errRefused,
		"too many requests": apierrors.NewTooManyRequestsError("later"),
		"unavailable":       apierrors.NewServiceUnavailable("starting"),
		"network":           errBroken,
	} {
		t.Run(name, func(t *testing.T) {
			down := watchFails(failure)
			o := play(t, time.Hour, plain, pageOf("5", ""), down, down, down, down, down, down, down, down, watchHolds(added("a", "6")))
			want := []request{pagedAt("0")}
			for range 9 {
				want = append(want, watchAt("5"))
			}
			o.wantAsked(want...)
			for i, shortest := range []time.Duration{800, 1600, 3200, 6400, 12800, 25600, 30000, 30000} {
				o.wantWait(i, shortest*time.Millisecond, i+2)
			}
			o.wantTold("replace 5:", "Added a@6")
		})
	}
}

func TestErrorThatTheServerAnswersAgainAndAgainLeadsToAList(t *testing.T) {
	for name, failure := range map[string]error{
		"500":       apierrors.NewInternalError(errBroken),
		"400":       apierrors.NewBadRequest("no such version"),
		"too large": errAhead(),
	} {
		t.Run(name, func(t *testing.T) {
			fails := watchFails(failure)
			o := play(t, time.Hour, plain, pageOf("5", ""),
				fails, fails, watchFails(errRefused), fails, fails, fails, pageOf("7", ""), fails, watchHolds())
			o.wantAsked(pagedAt("0"),
				watchAt("5"), watchAt("5"), watchAt("5"), watchAt("5"), watchAt("5"), watchAt("5"),
				relistAt("5"), watchAt("7"), watchAt("7"))
			o.wantWait(5, 25600*time.Millisecond, 7)
		})
	}
}

func TestVersionThatIsNoLongerKeptLeadsToAListAtOnce(t *testing.T) {
	for name, failure := range map[string]error{"expired": errExpired, "gone": errGone} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("5", "", added("a", "1")),
				watchFails(failure, modified("a", "6").in(3*time.Minute)),
				pageOf("9", "", added("a", "8")), watchHolds())
			o.wantAsked(pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("9"))
			o.wantTold("replace 5: a@1", "Modified a@6", "replace 9: a@8")
			o.wantFailures(`watch "6" (1), list`)
			if got := o.times[2]; got != 3*time.Minute {
				t.Errorf("the list came after %v, want it at once", got)
			}
			if o.stats.Lists != 2 || o.stats.Relists != 1 {
				t.Errorf("Stats counts %d lists, %d of them again; want 2, 1", o.stats.Lists, o.stats.Relists)
			}
		})
	}
}

// Whether or not something comes before each refusal, lists in a circle are
// further and further apart, and ask for the newest state.
func TestVersionThatIsRefusedAgainAndAgainDoesNotLeadToListsInACircle(t *testing.T) {
	for name, before := range map[string][]entry{
		"nothing":    nil,
		"a bookmark": {bookmark("6")},
		"a change":   {added("a", "6")},
	} {
		t.Run(name, func(t *testing.T) {
			refused := watchFails(errExpired, before...)
			o := play(t, 10*time.Minute, plain,
				pageOf("5", ""), refused, pageOf("5", ""), refused, pageOf("5", ""), refused, pageOf("5", ""), watchHolds())
			o.wantAsked(pagedAt("0"), watchAt("5"), pagedAt(""), watchAt("5"), pagedAt(""), watchAt("5"), pagedAt(""), watchAt("5"))
			for i, shortest := range []time.Duration{800, 1600, 3200} {
				o.wantWait(i, shortest*time.Millisecond, 2*i+2)
			}
		})
	}
}

func TestWatchThatClosesAtOnceWithNothingNewIsAFailure(t *testing.T) {
	for name, short := range map[string]answer{
		"nothing":                  watchEnds(),
		"nothing, almost a second": watchEnds(bookmark("5").in(999 * time.Millisecond)),
		"a bookmark":               watchEnds(bookmark("6")),
		"a change of no version":   watchEnds(added("a", "")),
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, 10*time.Minute, plain, pageOf("5", ""), short, short, short, watchHolds())
			for i := range 3 {
				o.wantWait(i, 800*time.Millisecond<<i, i+2)
			}
			if len(o.asked) != 5 {
				t.Errorf("there were %d requests, want 5", len(o.asked))
			}
		})
	}
}

func TestWatchThatClosesInTheOrdinaryWayIsTakenUpAgainAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		watch answer
		next  string
		after time.Duration
	}{
		"a change":         {watchEnds(added("a", "6")), "6", 0},
		"a second":         {watchEnds(bookmark("5").in(time.Second)), "5", time.Second},
		"a quiet long one": {watchEnds(bookmark("9").in(7 * time.Minute)), "9", 7 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("5", ""), test.watch)
			o.wantAsked(pagedAt("0"), watchAt("5"), watchAt(test.next))
			if o.times[2] != test.after {
				t.Errorf("the next watch came after %v, want %v", o.times[2], test.after)
			}
			o.wantFailures()
		})
	}
}

func TestAttemptsAreCountedInARow(t *testing.T) {
	o := play(t, time.Hour, plain, pageOf("5", ""),
		watchFails(errRefused), watchFails(errRefused, added("a", "6")), watchFails(errRefused),
		watchEnds(bookmark("7").in(time.Minute)), watchFails(errRefused), watchHolds())
	o.wantFailures(`watch "5" (1), watch`, `watch "6" (1), watch`, `watch "6" (2), watch`, `watch "7" (1), watch`)
	want := reflect.Stats{Phase: reflect.Ended, Lists: 1, Watches: 6, Errors: 4}
	if diff := cmp.Diff(want, o.stats); diff != "" {
		t.Errorf("Stats (-want +got):\n%s", diff)
	}
}
