// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"testing"
	"time"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
)

func TestG33_VersionsThatListsAskFor(t *testing.T) {
	expiredLater := watchFails(errExpired, bookmark("6").in(3*time.Minute))
	for name, test := range map[string]struct {
		options       reflect.Options
		first, second request
	}{
		"zero":               {reflect.Options{}, pagedAt("0"), relistAt("6")},
		"with a seed":        {reflect.Options{MinVersion: "4"}, relistAt("4"), relistAt("6")},
		"most recent":        {reflect.Options{Consistency: reflect.MostRecent}, pagedAt(""), pagedAt("")},
		"most recent, seed":  {reflect.Options{Consistency: reflect.MostRecent, MinVersion: "4"}, pagedAt(""), pagedAt("")},
		"any":                {reflect.Options{Consistency: reflect.Any}, pagedAt("0"), pagedAt("0")},
		"any, with a seed":   {reflect.Options{Consistency: reflect.Any, MinVersion: "4"}, pagedAt("0"), pagedAt("0")},
		"pages of one's own": {reflect.Options{PageSize: 7}, request{Verb: "list", Version: "0", Limit: 7}, request{Verb: "list", Version: "6", Match: "NotOlderThan", Limit: 7}},
	} {
		t.Run(name, func(t *testing.T) {
			test.options.NoStreamingList = true
			o := play(t, time.Hour, test.options, pageOf("5", ""), expiredLater, pageOf("8", ""))
			o.wantAsked(test.first, watchAt("5"), test.second, watchAt("8"))
			o.wantTimes(0, 0, 3*time.Minute, 3*time.Minute)
		})
	}
}

func TestG33_VersionsThatStreamingListsAskFor(t *testing.T) {
	for name, test := range map[string]struct {
		options       reflect.Options
		first, second string
	}{
		"zero":        {reflect.Options{}, "", "6"},
		"with a seed": {reflect.Options{MinVersion: "4"}, "4", "6"},
		"most recent": {reflect.Options{Consistency: reflect.MostRecent}, "", ""},
		"any":         {reflect.Options{Consistency: reflect.Any}, "0", "0"},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, test.options,
				watchFails(errExpired, initialEnd("5"), bookmark("6").in(3*time.Minute)), watchHolds(initialEnd("8")))
			o.wantAsked(streamAt(test.first), streamAt(test.second))
		})
	}
}

func TestG33_AnExpiredTokenFallsBackToAFullList(t *testing.T) {
	o := play(t, time.Minute, plain,
		pageOf("5", "token", added("a", "1")), listFails(errExpired), pageOf("9", "", added("b", "8")))
	o.wantAsked(pagedAt("0"), request{Verb: "list", Limit: 500, Continue: "token"}, request{Verb: "list"}, watchAt("9"))
	o.wantTold("replace 9: b@8")
	o.wantTimes(0, 0, 0, 0)
}

func TestG33_AfterExpiredAndTooLargeTheNewestIsAskedFor(t *testing.T) {
	for name, refusal := range map[string]error{"expired": errExpired, "too large": errAhead()} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("5", ""), watchFails(errExpired, bookmark("6").in(3*time.Minute)),
				listFails(refusal), pageOf("9", ""))
			o.wantAsked(pagedAt("0"), watchAt("5"), relistAt("6"), pagedAt(""), watchAt("9"))
			o.wantTimes(0, 0, 3*time.Minute, 3*time.Minute, 3*time.Minute)
		})
	}
}

// A server that lags behind does not turn the cache back: its list is thrown
// away, and the newest state asked for.
func TestAListThatIsOlderThanWhatWasSeenIsNotUsed(t *testing.T) {
	o := play(t, time.Hour, plain, pageOf("50", "", added("a", "40")), watchFails(errExpired, bookmark("60").in(3*time.Minute)),
		pageOf("9", "", added("a", "7")), pageOf("61", "", added("a", "40")))
	o.wantAsked(pagedAt("0"), watchAt("50"), relistAt("60"), pagedAt(""), watchAt("61"))
	o.wantTold("replace 50: a@40", "Bookmark @60", "replace 61: a@40")
	o.wantTyped("StreamError expired", "ListError behind")
}

func TestAStreamingListThatIsOlderThanWhatWasSeenIsNotUsed(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{MinVersion: "50"},
		watchHolds(added("a", "7"), initialEnd("9")), watchHolds(added("a", "40"), initialEnd("61")))
	o.wantAsked(streamAt("50"), streamAt(""))
	o.wantTold("replace 61: a@40")
	o.wantTyped("StreamError behind")
}

// When even the newest state is older, the server has been set back, from a
// backup perhaps: then that is how things are.
func TestAServerThatWasSetBackIsFollowed(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{NoStreamingList: true, MinVersion: "50"},
		listFails(errAhead()), pageOf("9", "", added("a", "7")), watchHolds(modified("a", "10")))
	o.wantAsked(relistAt("50"), pagedAt(""), watchAt("9"))
	o.wantTold("replace 9: a@7", "Modified a@10")
}

func TestAWatchThatGoesBackIsNoticedAndListedAnew(t *testing.T) {
	for name, event := range map[string]entry{
		"a state":    modified("b", "9"),
		"a deletion": has(listwatch.Deleted, "b", "9"),
		"a bookmark": bookmark("9"),
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("8", ""),
				watchHolds(modified("a", "10").in(3*time.Minute), event), pageOf("11", ""))
			o.wantAsked(pagedAt("0"), watchAt("8"), relistAt("10"), watchAt("11"))
			o.wantTimes(0, 0, 3*time.Minute, 3*time.Minute)
			o.wantTold("replace 8:", "Modified a@10", "replace 11:")
			o.wantTyped("StreamError went back")
		})
	}
}

// The same event twice is harmless, and versions that are no numbers of an API
// server say nothing about order.
func TestWhatIsNoStepBack(t *testing.T) {
	o := play(t, time.Hour, plain, pageOf("x9", ""),
		watchHolds(modified("a", "x2"), modified("a", "10"), modified("a", "10"), modified("b", ""), modified("a", "010")))
	o.wantAsked(pagedAt("0"), watchAt("x9"))
	o.wantFailures()
}

func TestConsistencyReadsWell(t *testing.T) {
	for consistency, want := range map[reflect.Consistency]string{
		reflect.NotOlderThan: "NotOlderThan", reflect.MostRecent: "MostRecent", reflect.Any: "Any", 9: "Consistency(?)",
	} {
		if got := consistency.String(); got != want {
			t.Errorf("consistency %d reads %q, want %q", consistency, got, want)
		}
	}
}
