// SPDX-License-Identifier: Apache-2.0

package backoff_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/typedinformer/typedinformer/internal/backoff"
)

const samples = 2000

// checkBounds fails unless many first, second, … waits of fresh Backoffs lie
// between the nominal lengths and twice those, and make use of that range.
func checkBounds(t *testing.T, first, longest time.Duration, nominal []time.Duration) {
	t.Helper()
	least, most := make([]time.Duration, len(nominal)), make([]time.Duration, len(nominal))
	for sample := range samples {
		b := backoff.New(first, longest)
		for i := range nominal {
			wait := b.Next()
			if sample == 0 {
				least[i], most[i] = wait, wait
			}
			least[i], most[i] = min(least[i], wait), max(most[i], wait)
		}
	}
	for i, n := range nominal {
		if least[i] < n || most[i] >= 2*n {
			t.Errorf("wait %d was %v to %v, want %v to less than %v", i, least[i], most[i], n, 2*n)
		}
		if slack := n / 20; least[i] > n+slack || most[i] < 2*n-slack {
			t.Errorf("wait %d was %v to %v only, of %v to %v", i, least[i], most[i], n, 2*n)
		}
	}
}

func TestBounds(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	tests := []struct {
		name           string
		first, longest time.Duration
		nominal        []time.Duration
	}{
		{"the defaults", 0, 0, []time.Duration{800 * ms, 1600 * ms, 3200 * ms, 6400 * ms, 12800 * ms, 25600 * ms, 30 * s, 30 * s}},
		{"the cap is one of the steps", s, 4 * s, []time.Duration{s, 2 * s, 4 * s, 4 * s}},
		{"a first wait beyond the cap is the cap", 10 * s, s, []time.Duration{10 * s, 10 * s}},
		{"negative is none", -1, -1, []time.Duration{800 * ms, 1600 * ms}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { checkBounds(t, test.first, test.longest, test.nominal) })
		})
	}
}

func TestVeryLongWaitsDoNotWrapAround(t *testing.T) {
	for range samples {
		b := backoff.New(math.MaxInt64/3, math.MaxInt64)
		for i := range 3 {
			if wait := b.Next(); wait < math.MaxInt64/3 {
				t.Fatalf("wait %d is %v", i, wait)
			}
		}
	}
}

func TestResetAfterTwoQuietMinutes(t *testing.T) {
	tests := []struct {
		name  string
		quiet time.Duration // from the end of the last wait
		reset bool
	}{
		{"at once", 0, false},
		{"just under", backoff.QuietReset - 1, false},
		{"exactly", backoff.QuietReset, true},
		{"over", backoff.QuietReset + 1, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := backoff.New(0, 0)
				for range 9 { // 30 s to 60 s by now
					time.Sleep(b.Next())
				}
				time.Sleep(test.quiet)
				if wait := b.Next(); (wait < 2*backoff.DefaultFirst) != test.reset {
					t.Errorf("the next wait is %v", wait)
				}
			})
		})
	}
}

// The waits themselves are not quiet time, however long they are.
func TestLongWaitsDoNotReset(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := backoff.New(time.Hour, time.Hour*4)
		for _, nominal := range []time.Duration{1, 2, 4, 4} {
			wait := b.Next()
			if wait < nominal*time.Hour || wait >= 2*nominal*time.Hour {
				t.Errorf("waited %v, want %dh to twice that", wait, nominal)
			}
			time.Sleep(wait)
		}
	})
}

func TestSleep(t *testing.T) {
	cause := errors.New("the power went")
	ended, end := context.WithCancelCause(t.Context())
	end(cause)
	t.Run("for as long as it was told", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if err := backoff.Sleep(t.Context(), time.Hour); err != nil {
				t.Error(err)
			}
			if slept := time.Since(start); slept != time.Hour {
				t.Errorf("slept %v", slept)
			}
		})
	})
	t.Run("until the context ends", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, cause)
			defer cancel()
			start := time.Now()
			if err := backoff.Sleep(ctx, time.Hour); !errors.Is(err, cause) {
				t.Errorf("error is %v, want the cause", err)
			}
			if slept := time.Since(start); slept != time.Minute {
				t.Errorf("slept %v", slept)
			}
		})
	})
	t.Run("never without an error when the context has ended", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			for range 100 {
				if err := backoff.Sleep(ended, 0); !errors.Is(err, cause) {
					t.Fatalf("error is %v, want the cause", err)
				}
			}
		})
	})
}

func BenchmarkNext(b *testing.B) {
	wait := backoff.New(0, 0)
	b.ReportAllocs()
	for b.Loop() {
		wait.Next()
	}
}
