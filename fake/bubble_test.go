// SPDX-License-Identifier: Apache-2.0

package fake_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/listwatch"
)

// TestInABubble is how a test with a Source is written: there is no waiting and
// no polling. After synctest.Wait, everything that follows from a write has
// happened.
func TestInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		widgets := fake.NewSource[*Widget](fake.Options{})
		seen := 0
		go func() {
			for event, err := range widgets.Watch(ctx, listwatch.WatchOptions{}) {
				if err == nil && event.Type == listwatch.Added {
					seen++
				}
			}
		}()
		must(t)(widgets.Create(widget("shop", "chair", 90)))
		synctest.Wait()
		if seen != 1 {
			t.Errorf("seen %d, want 1", seen)
		}
		time.Sleep(2 * time.Hour) // an instant
		must(t)(widgets.Create(widget("shop", "table", 120)))
		synctest.Wait()
		if seen != 1 {
			t.Errorf("seen %d after the watch has ended, want 1", seen)
		}
	})
}
