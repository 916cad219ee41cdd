// SPDX-License-Identifier: Apache-2.0

package inorder_test

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// The same with goroutines that really run at once.
func TestRace(t *testing.T) {
	for workers := range 6 { // zero is GOMAXPROCS
		for _, leave := range []int{0, 1, 777, 2000} {
			var want, got []string
			j := newJob(workers, upTo(2000, 700, io.EOF), sum)
			err := j.run(t.Context(), func(result *string) bool {
				got = append(got, *result)
				return len(got) != leave
			})
			for i := range len(got) {
				want = append(want, fmt.Sprint(i+1, " ", 700, " ", 700*int(byte(i+1))))
			}
			if wanted := cmp.Or(leave, 2000); !slices.Equal(want, got) || len(got) != wanted || err != nil {
				t.Fatalf("%d workers, leave after %d: %d results, %v (-want +got):\n%s", workers, leave, len(got), err, gocmp.Diff(want, got))
			}
		}
	}
}

func TestNothingIsAllocatedPerPiece(t *testing.T) {
	allocated := func(pieces int) float64 {
		work := func([]byte, int) string { return "" }
		return testing.AllocsPerRun(3, func() {
			newJob(1, upTo(pieces, 1000, io.EOF), work).run(t.Context(), func(*string) bool { return true })
		})
	}
	few, many := allocated(200), allocated(2200)
	if perPiece := (many - few) / 2000; perPiece > 0.01 {
		t.Errorf("%v allocations for 200 pieces, %v for 2200", few, many)
	}
}
