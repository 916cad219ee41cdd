// SPDX-License-Identifier: Apache-2.0

package main

import (
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{7}, 7},
		{[]float64{9, 1, 5}, 5},
		{[]float64{8, 2, 4, 6}, 5},
		{[]float64{1, 1, 1_000_000}, 1},
	} {
		if got := median(tc.values); got != tc.want {
			t.Errorf("median(%v) = %v, want %v", tc.values, got, tc.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, output string
		want         result
	}{
		{
			name:   "an operation",
			output: "goos: linux\nBenchmarkGet/hot/typedinformer-2 \t 5446756\t  66.42 ns/op\t  8 B/op\t  1 allocs/op\nPASS\n",
			want:   result{nanoseconds: 66.42, bytes: 8, allocations: 1},
		},
		{
			name:   "many objects an operation",
			output: "BenchmarkInitialSync/client-go-2  3  500000 ns/op  1000 objects/op  24000 B/op  2500 allocs/op",
			want:   result{nanoseconds: 500, bytes: 24, allocations: 2.5},
		},
		{
			name:   "counted deliveries, without suffix",
			output: "BenchmarkRelist/client-go  1  7 ns/op  100000 deliveries/op  0 B/op  0 allocs/op",
			want:   result{nanoseconds: 7, deliveries: 100_000},
		},
		{
			name:   "what is retained",
			output: "BenchmarkStuck/client-go  1  20 ns/op  10 objects/op  300 retained-B/op  0 B/op  0 allocs/op",
			want:   result{nanoseconds: 2, retained: 300},
		},
		{
			name:   "the middle and the 99th percentile",
			output: "BenchmarkLatency/client-go-2  100  1800 ns/op  2500 p99-ns/op  0 B/op  0 allocs/op",
			want:   result{nanoseconds: 1_800, tail: 2_500},
		},
		{
			// As ReportMetric has them: for one object already, in the order of units.
			name:   "processor time and the peak of the heap",
			output: "BenchmarkRest/json/stream/client-go-2  1  8000 ns/op  65000 cpu-ns/op  4 objects/op  40000 peak-B/op  10000 retained-B/op  80 B/op  4 allocs/op",
			want:   result{nanoseconds: 2_000, processor: 65_000, peak: 40_000, retained: 10_000, bytes: 20, allocations: 1},
		},
	} {
		got, err := parse(tc.output)
		if err != nil || got != tc.want {
			t.Errorf("%s: got %+v, %v, want %+v", tc.name, got, err, tc.want)
		}
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, output := range []string{"", "PASS\n", "BenchmarkX-2  1  many ns/op  0 B/op"} {
		if got, err := parse(output); err == nil {
			t.Errorf("parse(%q) = %+v, want an error", output, got)
		}
	}
}

func TestSummarizeComparesMediansAndNeighbours(t *testing.T) {
	mine := []result{{nanoseconds: 10}, {nanoseconds: 20}, {nanoseconds: 12}}
	theirs := []result{{nanoseconds: 40}, {nanoseconds: 40}, {nanoseconds: 60}}
	got := summarize(mine, theirs)
	if got.ratio() != 40.0/12 || got.least != 2 || got.most != 5 {
		t.Errorf("ratio %v between %v and %v, want 3.33 between 2 and 5", got.ratio(), got.least, got.most)
	}
}

func TestMediansOfAllFigures(t *testing.T) {
	want := result{nanoseconds: 1, bytes: 2, allocations: 3, deliveries: 4, retained: 5, tail: 6, processor: 7, peak: 8}
	if got := medians([]result{{}, want, want}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestRowSaysWhatIsMissed(t *testing.T) {
	m := measure{name: "walk", goals: []goal{faster(3), allocationsAtMost(0), bytesAtMost(10)}}
	for _, tc := range []struct {
		name string
		ours result
		want string
	}{
		{"all reached", result{nanoseconds: 10, bytes: 10}, "yes"},
		{"too slow", result{nanoseconds: 11}, "**no**: ≥ 3 × faster"},
		{"two missed", result{nanoseconds: 10, bytes: 11, allocations: 0.1}, "**no**: ≤ 0 allocs, ≤ 10 B"},
	} {
		r := newRow(m, results{ours: tc.ours, peer: result{nanoseconds: 30}})
		if got := r[len(r)-1]; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestRowSaysWhatElseWasMeasured(t *testing.T) {
	for _, tc := range []struct {
		name string
		m    measure
		r    results
		want string
	}{
		{"nothing else", measure{}, results{}, "walk"},
		{"deliveries", measure{}, results{ours: result{deliveries: 2}, peer: result{deliveries: 30}}, "walk (2 deliveries, client-go 30)"},
		{"what is retained", measure{}, results{ours: result{retained: 2}, peer: result{retained: 30}}, "walk (2 B retained, client-go 30)"},
		{"a percentile", measure{}, results{ours: result{tail: 2}, peer: result{tail: 3_000}}, "walk (p99 2 ns, client-go 3 µs)"},
		{"processor time", measure{}, results{ours: result{processor: 2_000}, peer: result{processor: 3}}, "walk (CPU 2 µs, client-go 3 ns)"},
		{"the peak and what is retained", measure{}, results{ours: result{peak: 4, retained: 2}, peer: result{peak: 50, retained: 30}},
			"walk (4 B at the peak, client-go 50) (2 B retained, client-go 30)"},
		{"another peer", measure{peer: "a view"}, results{}, "walk (a view in place of client-go)"},
		{"another peer's percentile", measure{peer: "a view"}, results{ours: result{tail: 2}, peer: result{tail: 3}}, "walk (p99 2 ns, a view 3 ns)"},
	} {
		tc.m.name = "walk"
		if got := newRow(tc.m, tc.r)[0]; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestGoals(t *testing.T) {
	for _, tc := range []struct {
		goal         goal
		reached, not result
	}{
		{timeAtMost(time.Millisecond), result{nanoseconds: 1e6}, result{nanoseconds: 1e6 + 1}},
		{tailNoLater(), result{tail: 300}, result{tail: 301}},
		{moreAllocationsAtMost(0.5), result{allocations: 3.5}, result{allocations: 3.6}},
		{processorShare(0.5), result{processor: 100}, result{processor: 101}},
		{peakShare(0.5), result{peak: 200}, result{peak: 201}},
		{retainedShare(0.25), result{retained: 20}, result{retained: 21}},
		{peakOfRetained(1.5), result{peak: 150, retained: 100}, result{peak: 151, retained: 100}}, // whatever theirs is
	} {
		theirs := result{nanoseconds: 1, tail: 300, allocations: 3, processor: 200, peak: 400, retained: 80}
		if !tc.goal.reached(results{ours: tc.reached, peer: theirs}) || tc.goal.reached(results{ours: tc.not, peer: theirs}) {
			t.Errorf("%s: it should be reached by %+v and not by %+v", tc.goal.text, tc.reached, tc.not)
		}
	}
}

func TestSourceIsTakenOffButNotItsTime(t *testing.T) {
	got := result{nanoseconds: 9, bytes: 100, allocations: 3}.beyond(result{nanoseconds: 4, bytes: 30, allocations: 5})
	if want := (result{nanoseconds: 9, bytes: 70}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestTable(t *testing.T) {
	r := newRow(measure{name: "walk", goals: []goal{faster(2)}}, results{
		ours:  result{nanoseconds: 1_234, allocations: 0.25, bytes: 16},
		peer:  result{nanoseconds: 999_999, allocations: 12, bytes: 1_605_744},
		least: 700, most: 900,
	})
	want := strings.TrimLeft(`
| measured | ours    | client-go | ratio               | allocs | client-go | B  | client-go | to reach     | reached |
| -------- | ------- | --------- | ------------------- | ------ | --------- | -- | --------- | ------------ | ------- |
| walk     | 1.23 µs | 1 ms      | 810.4 (700.0–900.0) | 0.25   | 12        | 16 | 1605744   | ≥ 2 × faster | yes     |
`, "\n")
	if got := table([]row{r}); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestChoose(t *testing.T) {
	from := []measure{{name: "get, hot"}, {name: "get, cold"}, {name: "relist"}}
	if got, err := choose(from, 1, "^get"); err != nil || len(got) != 2 {
		t.Errorf("got %d, %v; want the two gets", len(got), err)
	}
	for _, bad := range []struct {
		count int
		only  string
	}{{1, "nothing"}, {1, "("}, {0, ""}} {
		if got, err := choose(from, bad.count, bad.only); err == nil {
			t.Errorf("choose(%d, %q) = %v, want an error", bad.count, bad.only, got)
		}
	}
}
