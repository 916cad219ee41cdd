// SPDX-License-Identifier: Apache-2.0

package main

import (
	"math/bits"
	"testing"
	"time"
)

// A histogram counts durations without allocating: each power of two has 32
// classes, so that a quantile is at most a thirty-second too low.
type histogram struct {
	counts [64 * classes]int
	total  int
}

const (
	classes   = 32
	classBits = 5
)

func (h *histogram) add(d time.Duration) {
	h.counts[classOf(uint64(max(0, d)))]++
	h.total++
}

// quantile returns the least duration of the class in which the given part of
// all, the shortest, ends.
func (h *histogram) quantile(part float64) time.Duration {
	before := 0
	for class, count := range h.counts {
		if before += count; count > 0 && float64(before) >= part*float64(h.total) {
			return leastOf(class)
		}
	}
	return 0
}

// classOf keeps the leading bits: what is less than classes is a class of its own.
func classOf(n uint64) int {
	shift := max(0, bits.Len64(n)-classBits-1)
	return shift*classes + int(n>>shift)
}

func leastOf(class int) time.Duration {
	shift := max(0, class/classes-1)
	return time.Duration(class-shift*classes) << shift
}

func TestHistogram(t *testing.T) {
	var h histogram
	if got := h.quantile(0.5); got != 0 {
		t.Errorf("the middle of nothing is %v, want 0", got)
	}
	for d := range time.Duration(100_000) {
		h.add(d + 1)
	}
	for _, part := range []float64{0.0001, 0.01, 0.5, 0.99, 1} {
		exact := time.Duration(part * 100_000)
		if got := h.quantile(part); got > exact || got < exact-exact/classes {
			t.Errorf("quantile %v is %v, want at most a %d. less than %v", part, got, classes, exact)
		}
	}
	if allocations := testing.AllocsPerRun(100, func() { h.add(time.Hour) }); allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}
