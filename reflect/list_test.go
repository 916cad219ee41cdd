// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"errors"
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
	"github.com/typedinformer/typedinformer/store"
)

var (
	errBroken  = errors.New("broken")
	errItem    = &listwatch.ItemError{Stage: listwatch.StageDecode, Err: errBroken} // of the item it comes with
	errExpired = apierrors.NewResourceExpired("too old")
	errGone    = apierrors.NewGenericServerResponse(http.StatusGone, "GET", schema.GroupResource{}, "", "gone", 0, true)
	// plain is without a streaming list.
	plain = reflect.Options{NoStreamingList: true}
)

// errAhead is what a server says to a version that it has not reached.
func errAhead() error {
	err := apierrors.NewTimeoutError("Too large resource version", 1)
	err.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: metav1.CauseTypeResourceVersionTooLarge}}
	return err
}

func TestPagesAreHandedOverAsOneList(t *testing.T) {
	o := play(t, time.Second, reflect.Options{NoStreamingList: true, PageSize: 2},
		pageOf("9", "token-1", added("b", "1"), added("a", "2")),
		pageOf("9", "token-2", added("d", "3"), added("c", "4")),
		pageOf("9", "", added("e", "5")),
	)
	o.wantAsked(
		request{Verb: "list", Version: "0", Limit: 2},
		request{Verb: "list", Limit: 2, Continue: "token-1"},
		request{Verb: "list", Limit: 2, Continue: "token-2"},
		watchAt("9"),
	)
	o.wantTold("replace 9: b@1 a@2 d@3 c@4 e@5")
	o.wantFailures()
	want := reflect.Stats{Phase: reflect.Ended, Lists: 1, Watches: 1}
	if diff := cmp.Diff(want, o.stats); diff != "" {
		t.Errorf("Stats (-want +got):\n%s", diff)
	}
}

func TestExpiredContinueTokenLeadsToAFullList(t *testing.T) {
	o := play(t, time.Second, plain,
		pageOf("9", "token", added("a", "1"), added("b", "2")),
		listFails(errExpired),
		pageOf("12", "", added("b", "11")),
	)
	o.wantAsked(
		pagedAt("0"),
		request{Verb: "list", Limit: 500, Continue: "token"},
		request{Verb: "list"},
		watchAt("12"),
	)
	o.wantTold("replace 12: b@11")
	o.wantFailures(`list "" (1), list`)
	if o.times[2] != 0 {
		t.Errorf("the full list came after %v, want it at once", o.times[2])
	}
}

func TestListAtAVersionThatTheServerDoesNotHaveAsksForTheNewest(t *testing.T) {
	for name, refusal := range map[string]error{"expired": errExpired, "gone": errGone, "too large": errAhead()} {
		t.Run(name, func(t *testing.T) {
			o := play(t, 20*time.Minute, plain,
				pageOf("5", ""),
				watchFails(errExpired, modified("a", "6").in(10*time.Minute)),
				listFails(refusal),
				pageOf("9", ""),
			)
			o.wantAsked(pagedAt("0"), watchAt("5"), relistAt("6"), pagedAt(""), watchAt("9"))
			o.wantFailures(`watch "6" (1), list`, `list "6" (2), list`)
			if got := o.times[3]; got != 10*time.Minute {
				t.Errorf("the list of the newest state came after %v, want it at once", got)
			}
		})
	}
}

// A server without a watch cache answers version "0" in pages; to read a later
// list in one piece would spare it nothing.
func TestRelistIsPagedWhereTheFirstListWas(t *testing.T) {
	o := play(t, 20*time.Minute, plain,
		pageOf("5", "token"),
		pageOf("5", ""),
		watchFails(errExpired, bookmark("6").in(10*time.Minute)),
		pageOf("9", ""),
	)
	o.wantAsked(
		pagedAt("0"), request{Verb: "list", Limit: 500, Continue: "token"}, watchAt("5"),
		request{Verb: "list", Version: "6", Match: metav1.ResourceVersionMatchNotOlderThan, Limit: 500},
		watchAt("9"),
	)
}

// The newest state comes in pages from any server: that says nothing.
func TestRelistIsNotPagedWhereOnlyTheNewestStateWas(t *testing.T) {
	o := play(t, time.Hour, plain,
		pageOf("5", ""),
		watchFails(errExpired, bookmark("6").in(10*time.Minute)),
		listFails(errExpired),
		pageOf("9", "token"),
		pageOf("9", ""),
		watchFails(errExpired, bookmark("10").in(10*time.Minute)),
		pageOf("12", ""),
	)
	o.wantAsked(
		pagedAt("0"), watchAt("5"), relistAt("6"),
		pagedAt(""), request{Verb: "list", Limit: 500, Continue: "token"}, watchAt("9"),
		relistAt("10"), watchAt("12"),
	)
}

func TestFailedListIsTriedAgainWithBackoff(t *testing.T) {
	o := play(t, 10*time.Minute, plain,
		listFails(errBroken), listFails(errBroken), listFails(errBroken), listFails(errBroken),
		listFails(errBroken), listFails(errBroken), listFails(errBroken), pageOf("5", ""),
	)
	for i, shortest := range []time.Duration{800, 1600, 3200, 6400, 12800, 25600, 30000} {
		o.wantWait(i, shortest*time.Millisecond, i+1)
	}
	o.wantTold("replace 5:")
	if got := o.failures[6]; !errors.Is(got, errBroken) || got.Attempt != 7 {
		t.Errorf("the last failure is %v (attempt %d), want one of 7 with the error of the source", got, got.Attempt)
	}
}

func TestContinueTokenThatDoesNotChangeIsAFailure(t *testing.T) {
	o := play(t, time.Minute, plain, pageOf("5", "same"), pageOf("5", "same"), pageOf("6", ""))
	o.wantTold("replace 6:")
	o.wantFailures(`list "0" (1), list`)
	o.wantWait(0, 800*time.Millisecond, 2)
}

func TestListFailureSaysWhatItIsAbout(t *testing.T) {
	forbidden := &apierrors.StatusError{ErrStatus: metav1.Status{
		Code: http.StatusForbidden, Reason: metav1.StatusReasonForbidden, Message: "no rights",
		Details: &metav1.StatusDetails{RetryAfterSeconds: 3},
	}}
	o := play(t, time.Second, plain, listFails(forbidden))
	if len(o.failures) != 1 {
		t.Fatalf("there were %d failures, want 1", len(o.failures))
	}
	const want = `reflect: things.test.io: list at version "0" failed (1 in a row), list follows in 3s: no rights; who asks needs the verbs list and watch on this resource`
	if got := o.failures[0].Error(); got != want {
		t.Errorf("the error reads\n%s, want\n%s", got, want)
	}
	if !apierrors.IsForbidden(o.failures[0]) {
		t.Error("the server's error cannot be seen in it")
	}
}

func TestItemThatCannotBeUsedIsReportedAndTheRestGoesOn(t *testing.T) {
	failing := func(name string, err error) entry { return added(name, "").failing(err) }
	o := play(t, time.Second, plain, pageOf("5", "",
		added("a", "1"),
		added("", "2"),
		failing("c", &listwatch.ItemError{Key: store.Key{Name: "c"}, Stage: listwatch.StageDecode, Err: errBroken}),
		failing("d", errBroken),
		added("e/f", "3"),
		added("g", "4"),
	))
	o.wantTold("replace 5: kept c kept d kept e/f a@1 g@4", "Quarantine c@", "Quarantine d@", "Quarantine e/f@3")
	var got []string
	for _, item := range o.items {
		got = append(got, string(item.Stage)+" "+item.Key.String())
	}
	if diff := cmp.Diff([]string{"key ", "decode c", "decode d", "key e/f"}, got); diff != "" {
		t.Errorf("reported items (-want +got):\n%s", diff)
	}
	o.wantFailures()
}

func TestItemThatCannotBeUsedIsKeptWhicheverWayItsKeyIsKnown(t *testing.T) {
	broken := &listwatch.ItemError{Key: store.Key{Name: "b"}, Version: "7", Stage: listwatch.StageDecode, Err: errBroken}
	for name, entry := range map[string]entry{
		"key in the item":  added("b", "7").failing(errBroken),
		"key in the error": {err: broken},
	} {
		t.Run(name, func(t *testing.T) {
			o := play(t, time.Second, plain, pageOf("8", "", added("a", "1"), entry, added("c", "3")))
			o.wantTold("replace 8: kept b a@1 c@3", "Quarantine b@7")
		})
	}
}

func TestG17_AListedItemWithTheCachedVersionKeepsItsPointer(t *testing.T) {
	for name, answers := range map[string][]answer{
		"paged list": {
			pageOf("8", "token", added("same", "1"), added("changed", "7")), pageOf("8", "", added("unversioned", "")),
		},
		"streaming list": {
			watchHolds(added("same", "1"), added("changed", "7"), added("unversioned", ""), initialEnd("8")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newRecorder()
				before := map[store.Key]store.Item[*thing]{}
				for _, item := range []store.Item[*thing]{at("same", "1"), at("changed", "2"), at("unversioned", "")} {
					sink.known[item.Key], before[item.Key] = item, item
				}
				o := perform(t, time.Second, reflect.Options{NoStreamingList: name == "paged list"}, sink, answers...)
				o.wantTold("replace 8: same@1 changed@7 unversioned@")
				for key, want := range map[store.Key]bool{{Name: "same"}: true, {Name: "changed"}: false, {Name: "unversioned"}: false} {
					if got := o.known[key].Object == before[key].Object; got != want {
						t.Errorf("%v kept its pointer: %t, want %t", key, got, want)
					}
				}
			})
		})
	}
}

// When the last item of a page comes, the new copies of those before it are to be
// garbage already.
func TestG17_TheComparisonTakesPlaceWhileTheListIsBeingRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		compared := map[string]time.Duration{}
		sink := newRecorder()
		held := at("a", "1")
		sink.known[held.Key] = held
		sink.onKnown = func(key store.Key) { compared[key.Name] = time.Since(began) }
		perform(t, time.Minute, plain, sink, pageOf("8", "",
			added("a", "1").in(time.Second), added("b", "2").in(time.Second), added("c", "3").in(time.Second)))
		want := map[string]time.Duration{"a": time.Second, "b": 2 * time.Second, "c": 3 * time.Second}
		if diff := cmp.Diff(want, compared); diff != "" {
			t.Errorf("when each was compared (-want +got):\n%s", diff)
		}
	})
}

// To ask for each item would be in vain.
func TestAnEmptyCacheIsAskedForNothing(t *testing.T) {
	for name, answers := range map[string][]answer{
		"paged list": {
			pageOf("8", "token", added("a", "1"), added("b", "2")), pageOf("8", "", added("a", "3")),
		},
		"streaming list": {
			watchHolds(added("a", "1"), added("b", "2"), initialEnd("8")),
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := newRecorder()
				sink.onKnown = func(key store.Key) { t.Errorf("asked for %v", key) }
				perform(t, time.Second, reflect.Options{NoStreamingList: name == "paged list"}, sink, answers...)
				if len(sink.known) != 2 {
					t.Errorf("%d objects have been listed, want 2", len(sink.known))
				}
			})
		})
	}
}
