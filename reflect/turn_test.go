// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/typedinformer/typedinformer/reflect"
)

// A list waits for its turn and then has it until it is complete: the watch that
// a streaming list goes on as keeps nobody waiting, nor does the wait after a
// failure.
func TestListsTakeTurns(t *testing.T) {
	for name, test := range map[string]struct {
		answers []answer
		lasts   time.Duration // how long the first turn
	}{
		"a streaming list": {
			[]answer{watchHolds(added("a", "1").in(3*time.Second), initialEnd("5").in(2*time.Second))},
			5 * time.Second,
		},
		"a list in pages": {
			[]answer{noStream(), pageOf("9", "token", added("a", "1").in(2*time.Second)), pageOf("9", "", added("b", "2").in(time.Second))},
			3 * time.Second,
		},
		"a list that fails": {
			[]answer{noStream(), {verb: "list", entries: []entry{added("a", "1").in(4 * time.Second)}, err: errBroken}, pageOf("9", "")},
			4 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lists := semaphore.NewWeighted(1)
				took := func() time.Duration {
					start := time.Now()
					if err := lists.Acquire(t.Context(), 1); err != nil {
						t.Fatal(err)
					}
					lists.Release(1)
					return time.Since(start)
				}
				var first time.Duration
				go func() {
					time.Sleep(time.Millisecond)
					first = took() + time.Millisecond
				}()
				perform(t, time.Minute, reflect.Options{ListSemaphore: lists}, newRecorder(), test.answers...)
				synctest.Wait()
				if first != test.lasts {
					t.Errorf("another list had to wait for %v, want %v", first, test.lasts)
				}
				if last := took(); last != 0 {
					t.Errorf("the turn was given back only after %v", last)
				}
			})
		})
	}
}

func TestWaitingForATurnIsNoFailureAndEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lists := semaphore.NewWeighted(1)
		if err := lists.Acquire(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(10*time.Minute, func() { lists.Release(1) })
		options := reflect.Options{ListSemaphore: lists}
		early := perform(t, 5*time.Minute, options, newRecorder())
		early.wantAsked()
		early.wantFailures()
		late := perform(t, 6*time.Minute, options, newRecorder(), watchHolds(initialEnd("5")))
		late.wantAsked(streamAt(""))
		late.wantTimes(5 * time.Minute)
		late.wantFailures()
	})
}
