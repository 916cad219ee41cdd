// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/reflect"
	"github.com/typedinformer/typedinformer/store"
)

func TestG32_TheStartIsAStreamingList(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{}, watchHolds(added("a", "3"), initialEnd("5")))
	o.wantAsked(streamAt(""))
	o.wantTold("replace 5: a@3")
	o.wantFailures()
}

func TestG32_AServerThatSaysNoGetsAPlainListAtOnceAndForGood(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{},
		noStream(), pageOf("5", ""), watchFails(errExpired, bookmark("6").in(3*time.Minute)), pageOf("8", ""))
	o.wantAsked(streamAt(""), pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("8"))
	o.wantTimes(0, 0, 0, 3*time.Minute, 3*time.Minute)
	o.wantFailures(`watch "6" (1), list`) // a no is none
}

// The second and last try comes after the first wait, and the plain list with it.
func TestG32_AServerThatClosesEarlyGetsTwoTriesAndThenAPlainList(t *testing.T) {
	early := watchEnds(added("a", "1"))
	o := play(t, time.Hour, reflect.Options{}, early, early, pageOf("5", "", added("a", "1")))
	o.wantAsked(streamAt(""), streamAt(""), pagedAt("0"), watchAt("5"))
	wait := o.failures[0].Wait
	o.wantTimes(0, wait, wait, wait)
	o.wantTyped("StreamError closed early", "StreamError closed early")
}

func TestG32_AServerThatStaysSilentGetsTwoTriesAndThenAPlainList(t *testing.T) {
	for name, silent := range map[string]answer{
		"from the start":    watchHolds(),
		"after some events": watchHolds(added("a", "1").in(time.Second), added("b", "2"), bookmark("3")),
	} {
		t.Run(name, func(t *testing.T) {
			const silence = 30 * time.Second
			o := play(t, time.Hour, reflect.Options{StreamTimeout: defaults}, silent, silent, pageOf("5", ""))
			o.wantAsked(streamAt(""), streamAt(""), pagedAt("0"), watchAt("5"))
			given := silence
			if len(silent.entries) > 0 {
				given *= 2 // at the first look something had come
			}
			second := given + o.failures[0].Wait
			o.wantTimes(0, second, second+given, second+given)
			o.wantTyped("StreamError silent", "StreamError silent")
		})
	}
}

// Rights may be given later.
func TestG32_AStreamingListThatIsForbiddenIsTriedAgainNextTime(t *testing.T) {
	forbidden := watchFails(apierrors.NewForbidden(things, "", errBroken))
	o := play(t, time.Hour, reflect.Options{}, forbidden, forbidden, pageOf("5", ""),
		watchFails(errExpired, bookmark("6").in(3*time.Minute)), watchHolds(initialEnd("8")))
	o.wantAsked(streamAt(""), streamAt(""), pagedAt("0"), watchAt("5"), streamAt("6"))
}

func TestSilenceMayBeLeftAlone(t *testing.T) {
	o := play(t, 100*time.Hour, reflect.Options{WatchGrace: -1, StreamTimeout: -1, ListTimeout: -1},
		noStream(), pageOf("5", "", added("a", "1").in(10*time.Hour)), watchHolds(modified("a", "6").in(50*time.Hour)))
	o.wantAsked(streamAt(""), pagedAt("0"), watchAt("5"))
	o.wantTold("replace 5: a@1", "Modified a@6")
}

// A list that is long, or slow, is none that is silent.
func TestG32_AStreamingListMayTakeAsLongAsItBringsSomething(t *testing.T) {
	var slow []entry
	for range 100 {
		slow = append(slow, added("a", "1").in(29*time.Second))
	}
	o := play(t, 2*time.Hour, reflect.Options{StreamTimeout: defaults}, watchHolds(append(slow, initialEnd("5"))...))
	o.wantAsked(streamAt(""))
	o.wantFailures()
}

// What has no name may be any object, and only a list can tell. It comes when the
// watch ends, so that one such object does not cause list after list.
func TestWhatHasNoNameCausesAListAfterTheWatch(t *testing.T) {
	for name, test := range map[string]struct{ list, watch []entry }{
		"in a list":  {[]entry{added("a", "1"), added("", "2")}, []entry{modified("a", "6").in(7 * time.Minute)}},
		"in a watch": {[]entry{added("a", "1")}, []entry{added("", "6").in(7 * time.Minute)}},
		"in a watch, before a broken one that has a name": {
			[]entry{added("a", "1")}, []entry{added("", "5").in(7 * time.Minute), added("b", "6").failing(errItem)},
		},
	} {
		for end, ends := range map[string]func(...entry) answer{
			"ended":  watchEnds,
			"failed": func(entries ...entry) answer { return watchFails(errRefused, entries...) },
		} {
			t.Run(name+", "+end, func(t *testing.T) {
				o := play(t, time.Hour, plain, pageOf("5", "", test.list...), ends(test.watch...),
					pageOf("8", "", added("a", "1")), watchEnds(modified("a", "9").in(7*time.Minute)), watchHolds())
				o.wantAsked(pagedAt("0"), watchAt("5"), relistAt("6"), watchAt("8"), watchAt("9"))
				if diff := cmp.Diff(map[reflect.Cause]int{reflect.CauseUnnamed: 1}, o.health.Relists); diff != "" {
					t.Errorf("relists (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestAListThatStaysSilentIsAskedForAgain(t *testing.T) {
	o := play(t, time.Hour, reflect.Options{NoStreamingList: true, ListTimeout: defaults},
		answer{verb: "list", hold: true}, pageOf("5", ""))
	o.wantAsked(pagedAt("0"), pagedAt("0"), watchAt("5"))
	again := 90*time.Second + o.failures[0].Wait
	o.wantTimes(0, again, again)
	o.wantTyped("ListError silent")
}

// deaf is a source that does not hear that its list was given up.
type deaf struct{ *script }

func (d deaf) List(ctx context.Context, options listwatch.ListOptions, each func(store.Item[*thing], error)) (listwatch.Page, error) {
	return d.script.List(context.WithoutCancel(ctx), options, each)
}

func TestAListThatIsCompleteIsTakenHoweverLateItComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source, sink := newScript(t, pageOf("5", "", added("a", "1").in(10*time.Minute)), watchHolds()), newRecorder()
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Minute)
		defer cancel()
		options := reflect.Options{NoStreamingList: true, OnError: func(err error) { t.Errorf("reported: %v", err) }}
		if err := reflect.New[*thing](deaf{source}, sink, options).Run(ctx); err != nil {
			t.Error(err)
		}
		wantSame(t, "what the sink was told", []string{"replace 5: a@1"}, sink.log)
	})
}

// The server is to end the watch between 5 and 10 minutes after it began; 30 s
// later a watch that is still open is dead, if nothing comes.
func TestASilentWatchIsTakenUpAgain(t *testing.T) {
	// Long enough for one watch to be found out, and too short for two.
	o := play(t, 10*time.Minute+35*time.Second, reflect.Options{NoStreamingList: true, WatchGrace: defaults},
		pageOf("5", ""), watchHolds(added("a", "6").in(time.Minute)))
	o.wantAsked(pagedAt("0"), watchAt("5"), watchAt("6"))
	dead := o.timeouts[0] + 30*time.Second
	if diff := cmp.Diff([]time.Duration{dead}, o.when); diff != "" {
		t.Errorf("instants of failures (-want +got):\n%s", diff)
	}
	o.wantTimes(0, 0, dead+o.failures[0].Wait)
	o.wantTyped("StreamError silent")
}

// One that goes on is left alone, also by a server that does not look at the
// time it was given.
func TestAWatchThatIsNotSilentIsNotCut(t *testing.T) {
	var busy []entry
	for range 100 {
		busy = append(busy, bookmark("6").in(29*time.Second))
	}
	o := play(t, 40*time.Minute, reflect.Options{NoStreamingList: true, WatchGrace: defaults}, pageOf("5", ""), watchHolds(busy...))
	o.wantAsked(pagedAt("0"), watchAt("5"))
	o.wantFailures()
}
