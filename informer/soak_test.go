// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"maps"
	"slices"
	"testing"
	"time"
)

// TestSoak has everything happen at once, in real time: a storm of changes to
// 10,000 objects, a relist every second, fast handlers and a slow one, others
// that come and go, one that stands still, readers, snapshots and the changes
// since. In the end every handler folds to the state of the cache, that of the
// one that stood still included; what was allocated has been given back; and it
// made no difference to the fast ones that one stood still.
//
// SOAK_SECONDS says how long it takes (make soak SOAK=…), at least 4.
func TestSoak(t *testing.T) {
	seconds := int(setting(t, "SOAK_SECONDS", 5))
	if testing.Short() {
		seconds = 4
	}
	s := newSoak(t, time.Duration(seconds)*time.Second+2*time.Minute)
	defer s.stop()
	s.populate()
	s.play(0, 1) // what is allocated once, and what is kept of the past
	_, before := resident()
	pairs := max(1, seconds/3)
	alone, beside := s.play(pairs, max(1, seconds-1-2*pairs))
	_, after := resident()
	s.tell()
	t.Logf("%d KB on the heap at the start, %d KB in the end", before>>10, after>>10)
	if after > before+before/10 {
		t.Errorf("the heap has grown by more than a tenth")
	}
	checkLatency(t, alone, beside)
}

// checkLatency compares what the fast handlers were told of how late, with and
// without one that stood still. The latest changes of a second are those of its
// relist, beside which a wait for each batch does not show; it shows in the middle
// one. The two took turns, a second each, and medians of the seconds are compared:
// what disturbs the machine disturbs both alike, or few of many seconds. A handful of seconds proves nothing in a machine that does other
// things besides, so in a short soak the figures are shown and not judged; that
// nobody waits for the one that stands still, it has shown in any case (see
// measure).
func checkLatency(t *testing.T, alone, beside []*latencies) {
	for _, share := range []float64{0.5, 0.99} {
		without, with := medianOf(alone, share), medianOf(beside, share)
		t.Logf("%v of the changes reach a fast handler within %v, and beside one that stands still within %v", share, without, with)
		if len(alone) >= 10 && with > 2*without {
			t.Errorf("that is more than twice as late")
		}
	}
}

func medianOf(seconds []*latencies, share float64) time.Duration {
	var all []time.Duration
	for _, l := range seconds {
		all = append(all, l.quantile(share))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// populate makes the objects. Each key is used once, so that what handlers keep
// of keys is of all keys from the start.
func (s *soak) populate() {
	for i := range soakKeys {
		s.create(soakKey(i), 0)
	}
	for i := range soakKeys / 4 {
		s.delete(soakKey(4 * i))
	}
	s.create(first, 0)
	s.create(second, 0)
	s.arrive(s.all()...)
}

// play lets everything go on for a number of seconds: pairs of a second without
// and one with a handler that stands still, which are measured, and then some
// with one that does so to the end. Then it waits until all is quiet, and checks
// what there is.
func (s *soak) play(pairs, seconds int) (alone, beside []*latencies) {
	held := s.inf.Reader().Snapshot()
	was := maps.Collect(held.Items())
	calm := s.stir()
	for i := range pairs {
		early := i%2 == 0 // who comes second finds other things going on
		if early {
			alone = append(alone, s.measure())
		}
		beside = append(beside, s.measureBeside())
		if !early {
			alone = append(alone, s.measure())
		}
	}
	one := s.standStill()
	for range seconds {
		s.second()
	}
	s.checkKept()
	calm()
	one.goOn()
	s.arrive(s.all(one.member)...)
	wantAlike(s.t, "the server and the cache", s.state(), cached(s.inf))
	now := maps.Collect(s.inf.Reader().Items())
	for _, m := range s.all(one.member) {
		wantAlike(s.t, "the cache and the events of "+m.registration.Name(), now, m.state)
	}
	wantAlike(s.t, "a snapshot and itself later", was, maps.Collect(held.Items()))
	one.drain()
	if got, want := len(s.inf.Stats().Handlers), len(s.fast)+1; got != want {
		s.t.Errorf("%d handlers are left, want %d", got, want)
	}
	return alone, beside
}

// measure returns how late the fast handlers were told of what was written in a
// second. It waits until they have been: so it also shows that they wait for
// nobody who stands still.
func (s *soak) measure() *latencies {
	l := &latencies{from: s.clock()}
	s.measured.Store(l)
	s.second()
	l.to.Store(int64(s.clock()))
	s.arrive(s.fast...)
	s.measured.Store(nil)
	return l
}

// measureBeside is measure beside a handler that stands still meanwhile.
func (s *soak) measureBeside() *latencies {
	one := s.standStill()
	l := s.measure()
	s.checkKept()
	one.goOn()
	one.drain()
	return l
}

// second is one, with a relist in the middle.
func (s *soak) second() {
	s.sleep(500 * time.Millisecond)
	s.relist()
	s.sleep(500 * time.Millisecond)
}

// arrive waits until handlers have returned from all that is written.
func (s *soak) arrive(members ...*member) {
	s.t.Helper()
	version := s.Version()
	for _, m := range members {
		if err := m.registration.WaitForVersion(s.ctx, version); err != nil {
			s.t.Fatal(err)
		}
	}
}

// checkKept checks that no more is kept for the one that stands still than a
// change for each key and what is within its limit.
func (s *soak) checkKept() {
	s.t.Helper()
	for _, handler := range s.inf.Stats().Handlers {
		if handler.Name == standingStill && handler.Backlog > soakKeys+2+soakLimit {
			s.t.Errorf("%d changes are kept for a handler that stands still", handler.Backlog)
		}
	}
}

// tell logs how much has happened.
func (s *soak) tell() {
	stats := s.inf.Stats()
	s.t.Logf("%d objects, %d events, %d relists, %d handlers came and went, %d states were compared with the changes that led to them, %d could not",
		stats.Objects, stats.Events, stats.Source.Relists, s.visits, s.compared, s.gaps)
	if stats.Source.Relists < s.relists || s.visits == 0 || s.compared == 0 {
		s.t.Errorf("%d relists were asked for; there has to be some of everything", s.relists)
	}
}
