// SPDX-License-Identifier: Apache-2.0

package inorder_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/typedinformer/typedinformer/internal/inorder"
)

// job is a job under test. It may take time, which is virtual in a bubble.
type job struct {
	workers int
	next    func() ([]byte, int, error)
	work    func(bytes []byte, piece int) string
	atOnce  atomic.Int64 // how many work
	most    atomic.Int64 // that did at once
	stopped atomic.Int64 // calls of Stop
	stop    chan struct{}
}

func newJob(workers int, next func() ([]byte, int, error), work func([]byte, int) string) *job {
	return &job{workers: workers, next: next, work: work, stop: make(chan struct{})}
}

func (j *job) run(ctx context.Context, yield func(*string) bool) error {
	return inorder.Run(ctx, inorder.Job[int, string]{
		Next: j.next,
		Stop: func() {
			if j.stopped.Add(1) == 1 {
				close(j.stop)
			}
		},
		Work: func(bytes []byte, piece int) string {
			defer j.atOnce.Add(-1)
			if at := j.atOnce.Add(1); at > j.most.Load() {
				j.most.Store(at)
			}
			return j.work(bytes, piece)
		},
		Workers: j.workers,
	}, yield)
}

// upTo is a Next of so many pieces, each of that many bytes, which all share one
// buffer. Then comes the error.
func upTo(count, size int, err error) func() ([]byte, int, error) {
	buffer := make([]byte, size)
	at := 0
	return func() ([]byte, int, error) {
		if at == count {
			return nil, 0, err
		}
		at++
		for i := range buffer {
			buffer[i] = byte(at)
		}
		return buffer, at, nil
	}
}

// name is a work that takes no time.
func name(bytes []byte, piece int) string { return fmt.Sprint(len(bytes), " ", piece) }

// script is a stream at random, and how long each step of it takes.
type script struct {
	pieces                 [][]byte
	reading, work, yielded []time.Duration
}

func newScript(seed uint64) *script {
	random := rand.New(rand.NewPCG(seed, 0))
	s := &script{}
	duration := func() time.Duration {
		return time.Duration(random.IntN(1<<random.IntN(12))) * time.Microsecond * time.Duration(random.IntN(2))
	}
	for i := range 1 + random.IntN(300) {
		piece := make([]byte, random.IntN(1<<random.IntN(17)))
		for j := range piece {
			piece[j] = byte(i + j)
		}
		s.pieces = append(s.pieces, piece)
		s.reading = append(s.reading, duration())
		s.work = append(s.work, duration())
		s.yielded = append(s.yielded, duration())
	}
	return s
}

// sum is what the work makes of a piece.
func sum(bytes []byte, piece int) string {
	total := 0
	for _, b := range bytes {
		total += int(b)
	}
	return fmt.Sprint(piece, " ", len(bytes), " ", total)
}

// What comes out is what a plain loop makes, whatever takes how long.
func TestOrder(t *testing.T) {
	for seed := range uint64(8) {
		for _, workers := range []int{1, 2, 3, 8} {
			synctest.Test(t, func(t *testing.T) {
				s := newScript(seed)
				var want, got []string
				for i, piece := range s.pieces {
					want = append(want, sum(piece, i))
				}
				buffer := make([]byte, 1<<17)
				at := -1
				j := newJob(workers, func() ([]byte, int, error) {
					if at++; at == len(s.pieces) {
						return nil, 0, io.EOF
					}
					time.Sleep(s.reading[at])
					n := copy(buffer, s.pieces[at])
					return buffer[:n], at, nil
				}, func(bytes []byte, piece int) string {
					time.Sleep(s.work[piece])
					return sum(bytes, piece)
				})
				err := j.run(t.Context(), func(result *string) bool {
					time.Sleep(s.yielded[len(got)])
					got = append(got, *result)
					return true
				})
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Fatalf("seed %d, %d workers: %v (-want +got):\n%s", seed, workers, err, diff)
				}
				if most := j.most.Load(); most > int64(workers) || j.stopped.Load() != 1 {
					t.Errorf("seed %d: %d worked at once, want at most %d; Stop was called %d times", seed, most, workers, j.stopped.Load())
				}
			})
		}
	}
}

// A piece that comes alone does not wait for more, and neither does the next one.
func TestAPieceThatComesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		next := upTo(3, 10, io.EOF)
		j := newJob(4, func() ([]byte, int, error) {
			time.Sleep(time.Hour)
			return next()
		}, name)
		start := time.Now()
		var got []time.Duration
		err := j.run(t.Context(), func(*string) bool {
			got = append(got, time.Since(start))
			return true
		})
		if diff := cmp.Diff([]time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}

// Where there is enough to do, all workers work all the time.
func TestWorkersShareTheWork(t *testing.T) {
	for _, size := range []int{100, inorder.FullBatch, 5 * inorder.FullBatch} {
		for _, workers := range []int{1, 2, 4} {
			synctest.Test(t, func(t *testing.T) {
				count := 40 * max(inorder.FullBatch/size, 1)
				j := newJob(workers, upTo(count, size, io.EOF), func([]byte, int) string {
					time.Sleep(time.Second)
					return ""
				})
				start, got := time.Now(), 0
				if err := j.run(t.Context(), func(*string) bool { got++; return true }); err != nil || got != count {
					t.Fatal(err, got)
				}
				ideal := time.Duration(count/workers) * time.Second
				if took := time.Since(start); took < ideal || took > ideal*5/4 || j.most.Load() != int64(workers) {
					t.Errorf("size %d: %d pieces took %v with %d workers, of which %d worked at once", size, count, took, workers, j.most.Load())
				}
			})
		}
	}
}

// Next is not called while the reader has enough to read.
func TestWhatIsInBetweenIsConfined(t *testing.T) {
	for _, size := range []int{0, 1, 100, inorder.FullBatch - 1, 200_000, 5 << 20} {
		for _, workers := range []int{1, 3} {
			synctest.Test(t, func(t *testing.T) {
				read, yielded, most := 0, 0, 0
				next := upTo(20_000, size, io.EOF)
				j := newJob(workers, func() ([]byte, int, error) {
					read++
					return next()
				}, name)
				err := j.run(t.Context(), func(*string) bool {
					synctest.Wait() // all that can be read has been
					most = max(most, read-yielded)
					yielded++
					return yielded < 4000/(1+size/100)
				})
				if err != nil {
					t.Fatal(err)
				}
				// A batch is begun when there is room, and it and the byte count may be
				// exceeded by one piece, and one more is read when there is none.
				batches := inorder.MostBatches * workers
				piecesPerBatch := min(inorder.MostPieces, inorder.FullBatch/max(size, 1)+1)
				limit := min(batches*piecesPerBatch, inorder.MostBytes*workers/max(size, 1)+piecesPerBatch) + 1
				if most > limit {
					t.Errorf("%d pieces of %d bytes are in between with %d workers, want at most %d", most, size, workers, limit)
				}
			})
		}
	}
}

// slow has pieces that take a second each, all in one batch.
func slow(workers int) *job {
	return newJob(workers, upTo(1000, 1, io.EOF), func(_ []byte, piece int) string {
		time.Sleep(time.Second)
		return fmt.Sprint(piece)
	})
}

func TestContextEndsWithinOnePiece(t *testing.T) {
	for _, workers := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10500*time.Millisecond)
			defer cancel()
			start := time.Now()
			j := slow(workers)
			err := j.run(ctx, func(*string) bool { return true })
			if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 11*time.Second || j.stopped.Load() != 1 {
				t.Errorf("%v after %v; Stop was called %d times", err, took, j.stopped.Load())
			}
		})
	}
}

func TestContextEndsWhileNothingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var j *job
		j = newJob(2, func() ([]byte, int, error) {
			<-j.stop
			return nil, 0, errors.New("stopped")
		}, name)
		start := time.Now()
		err := j.run(ctx, func(*string) bool { t.Error("a result of nothing"); return true })
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took != time.Hour {
			t.Errorf("%v after %v", err, took)
		}
	})
}

func TestContextThatHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		j := newJob(2, upTo(10, 10, io.EOF), name)
		err := j.run(ctx, func(*string) bool { t.Error("a result"); return true })
		if !errors.Is(err, context.Canceled) || j.stopped.Load() != 1 {
			t.Errorf("%v; Stop was called %d times", err, j.stopped.Load())
		}
	})
}

// No further result is handed on after the context has ended, of the same batch
// neither.
func TestContextEndsInYield(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		yielded := 0
		err := newJob(1, upTo(100, 10, io.EOF), name).run(ctx, func(*string) bool {
			if yielded++; yielded == 50 {
				cancel()
			}
			return true
		})
		if yielded != 50 || !errors.Is(err, context.Canceled) {
			t.Errorf("%d results, %v", yielded, err)
		}
	})
}

// Workers that are in the middle of something end within one piece too.
func TestYieldLeaves(t *testing.T) {
	for _, workers := range []int{1, 4} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			first := true
			j := newJob(workers, upTo(1<<20, 10, io.EOF), func([]byte, int) string {
				time.Sleep(time.Second)
				return ""
			})
			err := j.run(t.Context(), func(*string) bool {
				if !first {
					t.Error("a result after yield returned false")
				}
				first = false
				time.Sleep(500 * time.Millisecond)
				start = time.Now()
				return false
			})
			if took := time.Since(start); err != nil || took > time.Second || j.stopped.Load() != 1 {
				t.Errorf("%v after %v; Stop was called %d times", err, took, j.stopped.Load())
			}
		})
	}
}

func TestErrorOfNext(t *testing.T) {
	broken := errors.New("broken")
	for _, size := range []int{10, inorder.FullBatch} {
		synctest.Test(t, func(t *testing.T) {
			results := 0
			err := newJob(3, upTo(50, size, broken), func([]byte, int) string {
				time.Sleep(time.Second)
				return ""
			}).run(t.Context(), func(*string) bool { results++; return true })
			if results != 50 || err != broken {
				t.Errorf("%d results before %v, want 50", results, err)
			}
		})
	}
}

// A panic passes through, and so does the end of a test. Nothing is left behind.
func TestPanic(t *testing.T) {
	const why = "out of cheese"
	tests := map[string]struct {
		work  func([]byte, int) string
		yield func(*string) bool
	}{
		"of yield": {work: name, yield: func(*string) bool { panic(why) }},
		"of work":  {work: func([]byte, int) string { panic(why) }, yield: func(*string) bool { return true }},
	}
	for of, test := range tests {
		t.Run(of, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				j := newJob(1, upTo(10, 10, io.EOF), test.work)
				defer func() {
					if value := recover(); value != why || j.stopped.Load() != 1 {
						t.Errorf("recovered %v; Stop was called %d times", value, j.stopped.Load())
					}
				}()
				j.run(t.Context(), test.yield)
			})
		})
	}
}

// What is read has memory of its own until the work on it is done.
func TestPiecesAreCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newJob(2, upTo(200, 3000, io.EOF), func(bytes []byte, piece int) string {
			time.Sleep(time.Second)
			if slices.ContainsFunc(bytes, func(b byte) bool { return b != byte(piece) }) {
				t.Errorf("piece %d has the bytes of another one", piece)
			}
			if cap(bytes) != len(bytes) {
				t.Error("work could write into the next piece")
			}
			return ""
		}).run(t.Context(), func(*string) bool { return true })
	})
}
