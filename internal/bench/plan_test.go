// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"testing"
)

// TestPlanRuns takes every row of the plan through the runner, once and small,
// with this test's own binary.
func TestPlanRuns(t *testing.T) {
	r := newTestRunner(t)
	for _, m := range plan {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			m.time = "1x"
			// A relist of 2,000 makes other deliveries; the rest is as planned.
			got, err := r.run(t.Context(), m, 1)
			if err != nil {
				t.Fatal(err)
			}
			if got.ours.nanoseconds == 0 || got.peer.nanoseconds == 0 {
				t.Errorf("no time was measured: %+v", got)
			}
			if m.benchmark == "Relist" && (got.ours.deliveries != 20 || got.peer.deliveries != 2_000) {
				t.Errorf("%v and %v deliveries, want 20 and 2000", got.ours.deliveries, got.peer.deliveries)
			}
		})
	}
}

// TestRestPlanRuns does that with informers over an API server.
func TestRestPlanRuns(t *testing.T) {
	r := newTestRunner(t)
	for _, m := range restPlan {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			got, err := r.run(t.Context(), m, 1)
			if err != nil {
				t.Fatal(err)
			}
			for _, figures := range []result{got.ours, got.peer} {
				if figures.nanoseconds == 0 || figures.processor == 0 || figures.peak == 0 || figures.retained == 0 {
					t.Errorf("not all was measured: %+v", figures)
				}
			}
			if m.benchmark == "Rest/json/relist" && (got.ours.deliveries != 4 || got.peer.deliveries != 400) {
				t.Errorf("%v and %v deliveries, want 4 and 400", got.ours.deliveries, got.peer.deliveries)
			}
		})
	}
}

// TestKrtPlanRuns does that with what is measured of ours beside krt.
func TestKrtPlanRuns(t *testing.T) {
	r := newTestRunner(t)
	for _, m := range krtPlan {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			m.time = "1x"
			got, err := r.process(t.Context(), m, ours)
			if err != nil {
				t.Fatal(err)
			}
			if got.nanoseconds == 0 {
				t.Errorf("no time was measured: %+v", got)
			}
		})
	}
}

// newTestRunner runs this test's own binary.
func newTestRunner(t *testing.T) *runner {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Under the race detector a process waits a second before it ends.
	t.Setenv("GORACE", "atexit_sleep_ms=0")
	return &runner{binary: binary, arguments: []string{"-objects=2000"}}
}
