// SPDX-License-Identifier: Apache-2.0

package reflect_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// The timer may have fired already when something else comes to be expected: its
// look comes too late then, and must not make silence count before it does.
func TestALateLookOfTheWatchdogChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, dog, release := reflect.WatchOver(t.Context(), time.Now(), 30*time.Second)
		defer release()
		dog.Expect(time.Now().Add(5*time.Minute), 30*time.Second)
		dog.Look()
		time.Sleep(5*time.Minute + 30*time.Second - time.Nanosecond)
		synctest.Wait()
		if ctx.Err() != nil {
			t.Error("the request was given up before its silence was of any account")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if ctx.Err() == nil {
			t.Error("the request goes on, and nothing has come")
		}
	})
}
