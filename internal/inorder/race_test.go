// SPDX-License-Identifier: Apache-2.0

package inorder_test

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/inorder"
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

// Pieces come in bursts, and all of a burst are handed on though nothing comes after
// it. If a wake-up got lost, all goroutines would wait, which ends a bubble.
func TestBursts(t *testing.T) {
	for workers := range 5 {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(workers), 0))
			pieces, handedOn, ended := make(chan []byte), make(chan struct{}), make(chan error)
			var expected, got atomic.Int64
			read := 0
			j := newJob(workers+1, func() ([]byte, int, error) {
				piece, more := <-pieces
				if !more {
					return nil, 0, io.EOF
				}
				read++
				return piece, read, nil
			}, name)
			go func() {
				ended <- j.run(t.Context(), func(*string) bool {
					if got.Add(1) == expected.Load() {
						handedOn <- struct{}{}
					}
					return true
				})
			}()
			piece := make([]byte, 2*inorder.FullBatch)
			for range 300 {
				burst := 1 + random.IntN(1<<random.IntN(8))
				expected.Add(int64(burst))
				for range burst {
					pieces <- piece[:random.IntN(1<<random.IntN(16))]
				}
				<-handedOn
			}
			close(pieces)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
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
