// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
)

var things = schema.GroupResource{Group: "test.io", Resource: "things"}

// The waits are 800 ms, 1.6 s, 3.2 s and so on up to 30 s, each with up to as
// much again at random; what is announced is what is waited, to the nanosecond.
func TestG35_TheBackoffCurve(t *testing.T) {
	curve := []time.Duration{800, 1600, 3200, 6400, 12800, 25600, 30000, 30000}
	for name, test := range map[string]struct {
		options reflect.Options
		first   []answer // before the failures
		fails   answer
		then    answer
	}{
		"refused list":           {plain, nil, listFails(errRefused), pageOf("5", "")},
		"throttled list":         {plain, nil, listFails(apierrors.NewTooManyRequestsError("later")), pageOf("5", "")},
		"refused streaming list": {reflect.Options{}, nil, watchFails(errRefused), watchHolds(initialEnd("5"))},
		"refused watch":          {plain, []answer{pageOf("5", "")}, watchFails(errRefused), watchHolds()},
		"throttled watch":        {plain, []answer{pageOf("5", "")}, watchFails(apierrors.NewTooManyRequestsError("later")), watchHolds()},
		"broken stream":          {plain, []answer{pageOf("5", "")}, watchFails(errBroken, bookmark("5")), watchHolds()},
	} {
		t.Run(name, func(t *testing.T) {
			answers := test.first
			for range curve {
				answers = append(answers, test.fails)
			}
			o := play(t, time.Hour, test.options, append(answers, test.then)...)
			for i, shortest := range curve {
				o.wantWait(i, shortest*time.Millisecond, len(test.first)+i+1)
			}
			if got := o.stats.Lists; got != 1 {
				t.Errorf("there were %d lists, want one", got)
			}
		})
	}
}

func TestG35_TheBackoffStartsOverAfterTwoQuietMinutes(t *testing.T) {
	for name, test := range map[string]struct {
		quiet, want time.Duration
	}{
		"a nanosecond less":   {2*time.Minute - 1, 3200 * time.Millisecond},
		"two minutes, and so": {2 * time.Minute, 800 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("5", ""), watchFails(errRefused), watchFails(errRefused),
				watchFails(errRefused, bookmark("6").in(test.quiet)), watchHolds())
			o.wantWait(2, test.want, 4)
		})
	}
}

func TestG35_RetryAfterIsHonoured(t *testing.T) {
	for name, test := range map[string]struct {
		answers []answer
		request int
	}{
		"list":           {[]answer{listFails(apierrors.NewTooManyRequests("later", 17)), pageOf("5", "")}, 1},
		"watch":          {[]answer{pageOf("5", ""), watchFails(apierrors.NewTooManyRequests("later", 17)), watchHolds()}, 2},
		"server timeout": {[]answer{listFails(apierrors.NewServerTimeout(things, "list", 17)), pageOf("5", "")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Minute, plain, test.answers...)
			if got := o.times[test.request]; got != 17*time.Second {
				t.Errorf("the next request came after %v, want 17s", got)
			}
		})
	}
}

func TestG35_AWatchThatComesToTheSameEndIsRetriedWithinABound(t *testing.T) {
	var alive []entry
	for range 200 {
		alive = append(alive, bookmark("9").in(20*time.Second))
	}
	for name, test := range map[string]struct {
		fails answer
		cause reflect.Cause
	}{
		"500":            {watchFails(apierrors.NewInternalError(errBroken)), reflect.CauseServer},
		"closed at once": {watchEnds(), reflect.CauseClosed},
		"silent":         {watchHolds(), reflect.CauseSilent},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, reflect.Options{NoStreamingList: true, WatchGrace: defaults, MinWatchTimeout: time.Minute},
				pageOf("5", ""), test.fails, test.fails, test.fails, test.fails, test.fails,
				pageOf("9", ""), watchHolds(alive...))
			o.wantAsked(pagedAt("0"), watchAt("5"), watchAt("5"), watchAt("5"), watchAt("5"), watchAt("5"), relistAt("5"), watchAt("9"))
			if diff := cmp.Diff(map[reflect.Cause]int{test.cause: 1}, o.health.Relists); diff != "" {
				t.Errorf("relists (-want +got):\n%s", diff)
			}
			for i, shortest := range []time.Duration{800, 1600, 3200, 6400, 12800} {
				if test.cause != reflect.CauseSilent { // between those lie minutes, in which the backoff forgets
					o.wantWait(i, shortest*time.Millisecond, i+2)
				}
			}
		})
	}
}

func TestG35_410ListsAgain(t *testing.T) {
	gone := &apierrors.StatusError{ErrStatus: metav1.Status{Code: http.StatusGone, Reason: metav1.StatusReasonGone}}
	for name, failure := range map[string]error{"expired": errExpired, "gone": gone} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Hour, plain, pageOf("5", ""), watchFails(failure, bookmark("6").in(2*time.Minute)), pageOf("9", ""))
			o.wantAsked(pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("9"))
			o.wantTimes(0, 0, 2*time.Minute, 2*time.Minute)
			if diff := cmp.Diff(map[reflect.Cause]int{reflect.CauseExpired: 1}, o.health.Relists); diff != "" {
				t.Errorf("relists (-want +got):\n%s", diff)
			}
		})
	}
}

func TestG36_EveryFailureReachesTheErrorHandlerByType(t *testing.T) {
	status := func(code int32, reason metav1.StatusReason) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Code: code, Reason: reason, Message: "no"}}
	}
	o := play(t, time.Hour, plain,
		listFails(errRefused),
		listFails(status(401, metav1.StatusReasonUnauthorized)),
		listFails(status(403, metav1.StatusReasonForbidden)),
		listFails(status(404, metav1.StatusReasonNotFound)),
		listFails(status(503, metav1.StatusReasonServiceUnavailable)),
		listFails(fmt.Errorf("no idea")),
		pageOf("5", ""),
		watchFails(status(429, metav1.StatusReasonTooManyRequests)),
		watchEnds(),
		watchFails(errBroken, bookmark("6")),
		watchFails(status(500, metav1.StatusReasonInternalError)),
		watchFails(errExpired),
		listFails(errAhead()),
		pageOf("9", ""),
	)
	o.wantTyped("ListError refused", "ListError unauthorized", "ListError forbidden", "ListError not found",
		"ListError unavailable", "ListError other", "WatchError throttled", "StreamError closed early",
		"StreamError other", "WatchError server error", "WatchError expired", "ListError version too large")
	for i, failure := range o.failures {
		if failure.Resource.GroupResource() != things || failure.Phase == 0 || failure.Next == 0 || failure.Err == nil {
			t.Errorf("failure %d lacks something: %+v", i, failure)
		}
	}
}

func TestG36_HealthTellsHowThingsAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		source := newScript(t, listFails(errRefused), pageOf("5", "more", added("a", "1")), answer{
			verb: "list", page: listwatch.Page{Version: "5"}, entries: []entry{added("b", "2").in(time.Minute), added("c", "3").in(time.Minute)},
		}, watchFails(errExpired, bookmark("6").in(time.Hour)), pageOf("9", ""))
		var recoveries []int
		reflector := reflect.New[*thing](source, newRecorder(), reflect.Options{
			NoStreamingList: true, WatchGrace: 2 * time.Hour, ListTimeout: time.Hour,
			OnRecovery: func(failures int) { recoveries = append(recoveries, failures) },
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- reflector.Run(ctx) }()

		synctest.Wait()
		health := reflector.Health()
		var listError *reflect.ListError
		if !errors.As(health.LastError, &listError) || health.Failures != 1 || health.Phase != reflect.Waiting || !health.LastErrorTime.Equal(began) {
			t.Errorf("after the first failure: %+v", health)
		}
		if !health.LastContact.IsZero() {
			t.Errorf("there was contact at %v, before the source served", health.LastContact)
		}
		second := began.Add(listError.Wait)
		time.Sleep(time.Until(second) + 90*time.Second)
		if health = reflector.Health(); health.Received != 2 || health.Phase != reflect.Listing || !health.PhaseSince.Equal(second) || !health.LastContact.Equal(second) {
			t.Errorf("within the list: %+v, want two items since %v", health, second)
		}
		time.Sleep(time.Minute)
		if health = reflector.Health(); health.Failures != 0 || health.LastError == nil || health.Phase != reflect.Watching {
			t.Errorf("after the list: %+v", health)
		}
		time.Sleep(time.Hour)
		want := map[reflect.Cause]int{reflect.CauseExpired: 1}
		if health = reflector.Health(); !cmp.Equal(want, health.Relists) || health.Failures != 0 || health.Received != 0 {
			t.Errorf("after the relist, of nothing: %+v", health)
		}
		clear(health.Relists) // it is the caller's
		if health = reflector.Health(); !cmp.Equal(want, health.Relists) {
			t.Errorf("relists %v, want %v", health.Relists, want)
		}
		if diff := cmp.Diff([]int{1, 1}, recoveries); diff != "" {
			t.Errorf("recoveries (-want +got):\n%s", diff)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// A quiet resource has nothing but bookmarks to show that all is well.
func TestABookmarkShowsThatTheServerServesAgain(t *testing.T) {
	o := play(t, time.Minute, plain, pageOf("5", ""), watchFails(errRefused), watchHolds(bookmark("5").in(time.Second)))
	if o.health.Failures != 0 {
		t.Errorf("after a bookmark Health counts %d failures in a row", o.health.Failures)
	}
	o = play(t, time.Minute, plain, pageOf("5", ""), watchFails(errRefused), watchHolds(bookmark("5")))
	if o.health.Failures != 1 {
		t.Errorf("after a bookmark at once Health counts %d failures in a row, want 1: the watch may well be closed next", o.health.Failures)
	}
}
