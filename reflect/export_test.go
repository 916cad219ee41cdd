// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"context"
	"time"
)

// Watchdog is what gives up a request in which nothing comes.
type Watchdog struct{ *watchdog }

// WatchOver makes one; see watchOver.
func WatchOver(ctx context.Context, from time.Time, every time.Duration) (context.Context, Watchdog, func()) {
	ctx, dog, release := watchOver(ctx, from, every)
	return ctx, Watchdog{dog}, release
}

// What the reflector and the timer do.
func (d Watchdog) Expect(from time.Time, every time.Duration) { d.expect(from, every) }
func (d Watchdog) Look()                                      { d.look() }
