// SPDX-License-Identifier: Apache-2.0

package eventlog_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/internal/eventlog"
)

func publish(l *eventlog.Log[int], events ...int) {
	for _, e := range events {
		l.Stage(e)
	}
	l.Publish()
}

func readAll(c *eventlog.Cursor[int]) (all []int) {
	for events := c.Next(); len(events) > 0; events = c.Next() {
		all = append(all, events...)
		c.Advance(len(events))
	}
	return all
}

func upTo(from, to int) (all []int) {
	for i := from; i < to; i++ {
		all = append(all, i)
	}
	return all
}

func TestReadersSeeWhatIsPublishedAfterTheyJoined(t *testing.T) {
	var l eventlog.Log[int]
	first := l.Join()
	publish(&l, 1, 2)
	second := l.Join()
	l.Stage(3)
	if got := readAll(first); !slices.Equal(got, []int{1, 2}) {
		t.Errorf("first read %v before the third was published", got)
	}
	l.Publish()
	if got := readAll(first); !slices.Equal(got, []int{3}) {
		t.Errorf("first read %v", got)
	}
	if got := readAll(second); !slices.Equal(got, []int{3}) {
		t.Errorf("second read %v", got)
	}
	if l.End() != 3 || first.Position() != 3 || second.Position() != 3 || l.Readers() != 2 {
		t.Errorf("end %d, positions %d and %d, %d readers", l.End(), first.Position(), second.Position(), l.Readers())
	}
}

func TestReadersThatWaitAreWoken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l eventlog.Log[int]
		var got [3][]int
		var readers sync.WaitGroup
		for i := range got {
			cursor := l.Join()
			readers.Go(func() {
				for len(got[i]) < 1000 {
					if events := cursor.Next(); len(events) > 0 {
						got[i] = append(got[i], events...)
						cursor.Advance(len(events))
						continue
					}
					<-cursor.Ready()
				}
				cursor.Leave()
			})
		}
		for at := 0; at < 1000; {
			synctest.Wait()
			next := min(at+1+rand.IntN(70), 1000)
			publish(&l, upTo(at, next)...)
			at = next
		}
		readers.Wait()
		for i := range got {
			if !slices.Equal(got[i], upTo(0, 1000)) {
				t.Errorf("reader %d read %v", i, got[i])
			}
		}
		if l.Readers() != 0 {
			t.Errorf("%d readers are left", l.Readers())
		}
	})
}

func TestReadyMayBeGivenUp(t *testing.T) {
	var l eventlog.Log[int]
	cursor := l.Join()
	for i := range 100 {
		cursor.Ready() // and then something else came up
		if got := cursor.Next(); len(got) != 0 {
			t.Fatalf("read %v", got)
		}
		cursor.Ready()
		publish(&l, i)
		if got := readAll(cursor); !slices.Equal(got, []int{i}) {
			t.Fatalf("read %v, want %d", got, i)
		}
	}
	publish(&l, 1)
	select {
	case <-cursor.Ready(): // there is something already
	default:
		t.Error("not ready")
	}
}

// What a reader has got from Next before it leaves is not written to, though the
// log goes on and is idle in between.
func TestWhatWasReadOutlivesTheReader(t *testing.T) {
	var l eventlog.Log[int]
	leaves, stays := l.Join(), l.Join()
	publish(&l, 1, 2)
	held := leaves.Next()
	leaves.Leave()
	for i := range 100 {
		if got := readAll(stays); i > 0 && !slices.Equal(got, []int{10 + i - 1}) {
			t.Fatalf("read %v", got)
		}
		stays.Ready() // so that the log is emptied
		publish(&l, 10+i)
	}
	if !slices.Equal(held, []int{1, 2}) {
		t.Errorf("held %v, want 1 and 2", held)
	}
}

// Somebody may read in the place of a reader that waits, which is woken still.
func TestPeekLeavesTheReaderToBeWoken(t *testing.T) {
	var l eventlog.Log[int]
	cursor := l.Join()
	ready := cursor.Ready()
	publish(&l, 1, 2, 3)
	if got := cursor.Peek(); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("peeked at %v", got)
	}
	cursor.Advance(3)
	select {
	case <-ready:
	default:
		t.Error("the reader has not been woken")
	}
	if got := readAll(cursor); len(got) > 0 {
		t.Errorf("read %v again", got)
	}
	select {
	case <-cursor.Ready():
		t.Error("ready without anything to read")
	default:
	}
}

// TestAnIdleLogKeepsNothingAlive holds that readers that have caught up do not
// keep the last events from being collected.
func TestAnIdleLogKeepsNothingAlive(t *testing.T) {
	type event [1 << 10]byte
	var l eventlog.Log[*event]
	first, second := l.Join(), l.Join()
	collected := make(chan struct{})
	func() {
		e := new(event)
		runtime.AddCleanup(e, func(int) { close(collected) }, 0)
		l.Stage(e)
		l.Publish()
	}()
	for _, cursor := range []*eventlog.Cursor[*event]{first, second} {
		cursor.Advance(len(cursor.Next()))
		if len(cursor.Next()) != 0 {
			t.Fatal("more than was published")
		}
		cursor.Ready()
	}
	for range 100 {
		runtime.GC()
		select {
		case <-collected:
			l.Stage(nil)
			l.Publish()
			if len(first.Next()) != 1 || len(second.Next()) != 1 {
				t.Error("the readers lost their place")
			}
			return
		default:
			runtime.Gosched()
		}
	}
	t.Error("the event is still reachable")
}

// TestModel lets readers come, read a little, wait, give up and go at random,
// and compares what each has read with what was published while it was there.
func TestModel(t *testing.T) {
	for seed := range uint64(50) {
		random := rand.New(rand.NewPCG(seed, 0))
		var l eventlog.Log[int]
		type reader struct {
			cursor *eventlog.Cursor[int]
			next   int
		}
		var readers []*reader
		published := 0
		for range 2000 {
			switch random.IntN(8) {
			case 0:
				readers = append(readers, &reader{l.Join(), published})
			case 1:
				if len(readers) > 0 {
					at := random.IntN(len(readers))
					readers[at].cursor.Leave()
					readers = slices.Delete(readers, at, at+1)
				}
			case 2, 3:
				n := random.IntN(40)
				publish(&l, upTo(published, published+n)...)
				published += n
			default:
				if len(readers) == 0 {
					continue
				}
				r := readers[random.IntN(len(readers))]
				events := r.cursor.Next()
				if len(events) == 0 {
					if r.next != published {
						t.Fatalf("seed %d: nothing to read at %d of %d", seed, r.next, published)
					}
					r.cursor.Ready()
					continue
				}
				n := 1 + random.IntN(len(events))
				if !slices.Equal(events[:n], upTo(r.next, r.next+n)) {
					t.Fatalf("seed %d: read %v at %d", seed, events[:n], r.next)
				}
				r.cursor.Advance(n)
				r.next += n
				if r.cursor.Position() != uint64(r.next) {
					t.Fatalf("seed %d: position %d, want %d", seed, r.cursor.Position(), r.next)
				}
			}
		}
	}
}

// TestConcurrentReaders is for the race detector.
func TestConcurrentReaders(t *testing.T) {
	const events = 20_000
	var l eventlog.Log[int]
	var readers sync.WaitGroup
	for i := range 8 {
		cursor := l.Join()
		readers.Go(func() {
			defer cursor.Leave()
			for next := 0; next < events; {
				got := cursor.Next()
				if len(got) == 0 {
					<-cursor.Ready()
					continue
				}
				n := min(len(got), 1+i*10)
				if got[0] != next || got[n-1] != next+n-1 {
					t.Errorf("reader %d read %d to %d, want %d on", i, got[0], got[n-1], next)
					return
				}
				cursor.Advance(n)
				next += n
			}
		})
	}
	for at := 0; at < events; {
		n := min(1+at%300, events-at)
		publish(&l, upTo(at, at+n)...)
		at += n
	}
	readers.Wait()
}

func BenchmarkPublish(b *testing.B) {
	for _, batch := range []int{1, 64} {
		b.Run(map[int]string{1: "batch=1", 64: "batch=64"}[batch], func(b *testing.B) {
			var l eventlog.Log[[7]uint64]
			cursor := l.Join()
			var event [7]uint64
			b.ReportAllocs()
			staged := 0
			for b.Loop() {
				l.Stage(event)
				if staged++; staged%batch == 0 {
					l.Publish()
					for events := cursor.Next(); len(events) > 0; events = cursor.Next() {
						cursor.Advance(len(events))
					}
				}
			}
		})
	}
}
