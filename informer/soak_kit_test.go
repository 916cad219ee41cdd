// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/store"
)

const (
	// soakKeys are the keys that are used. An object that is there is deleted a
	// third of the times that it is chosen, so three of four keys are in use at any
	// time: some 10,000.
	soakKeys  = 13_334
	soakLimit = 100 // of handlers that coalesce

	// Of two objects the first is always written first.
	first, second = "first", "second"

	standingStill = "standing still"
)

func soakKey(i int) string { return "w-" + strconv.Itoa(i) }

// soak is an informer with much going on around it. The size of a widget is the
// time of its last write, in nanoseconds after the start.
type soak struct {
	server
	ctx      context.Context
	inf      *informer.Informer[*Widget]
	stop     func()
	busy     sync.WaitGroup // goroutines of stir
	expire   chan struct{}  // ends the watch
	start    time.Time
	fast     []*member
	slow     *member
	storming atomic.Bool
	measured atomic.Pointer[latencies] // nil while nothing is measured

	relists        int // that were asked for
	visits         int
	compared, gaps int
}

func newSoak(t *testing.T, most time.Duration) *soak {
	ctx, cancel := context.WithTimeout(t.Context(), most)
	s := &soak{
		// A short history is soon full: then it costs no more.
		server: server{fake.NewSource[*Widget](fake.Options{History: 4000}), t},
		ctx:    ctx, expire: make(chan struct{}), start: time.Now(),
	}
	s.inf = informer.New(restless{s.Source, s.expire}, informer.Options{
		Backoff: time.Millisecond, MaxBackoff: time.Millisecond, // a relist every second is to be one every second
		HistoryLimit: 4000, DetectMutations: 100, OnError: s.failed,
	})
	for i := range 8 {
		s.fast = append(s.fast, s.join(&member{fold: newFold(t), soak: s, fast: true}, fmt.Sprint("fast ", i),
			[]informer.Backlog{informer.EveryEvent(), informer.Coalesce(1000)}[i%2]))
	}
	s.slow = s.join(&member{fold: newFold(t), soak: s}, "slow", informer.Coalesce(soakLimit))
	ended := runOutside(t, s.inf)
	s.stop = func() {
		cancel() // who stands still goes on
		ended()
		s.busy.Wait()
	}
	return s
}

func (s *soak) join(m *member, name string, backlog informer.Backlog) *member {
	m.registration = addHandler(s.t, s.inf, informer.Handler[*Widget](m), informer.HandlerOptions[*Widget]{Name: name, Backlog: backlog})
	return m
}

// failed hears of the errors: a watch ends when it is told to, and handlers come
// that are too slow.
func (s *soak) failed(err error) {
	if _, slow := errors.AsType[*informer.BacklogError](err); !slow && !apierrors.IsResourceExpired(err) {
		s.t.Error(err)
	}
}

// all returns the handlers that stay, and some more.
func (s *soak) all(more ...*member) []*member { return slices.Concat(s.fast, []*member{s.slow}, more) }

func (s *soak) clock() time.Duration { return time.Since(s.start) }

func (s *soak) sleep(d time.Duration) {
	select {
	case <-time.After(d):
	case <-s.ctx.Done():
		s.t.Fatal("the soak takes far too long")
	}
}

// relist has the informer list again.
func (s *soak) relist() {
	select {
	case s.expire <- struct{}{}:
		s.relists++
	case <-s.ctx.Done():
		s.t.Fatal("nothing is read from the source")
	}
}

// stir lets everything go on but the relists: objects change, handlers come and
// go, two readers read, one takes snapshots. calm ends it.
func (s *soak) stir() (calm func()) {
	coming, comeNoMore := context.WithCancel(s.ctx)
	ctx, cancel := context.WithCancel(s.ctx)
	s.storming.Store(true)
	random := rand.New(rand.NewPCG(uint64(s.visits), 5))
	s.busy.Go(func() { every(ctx, 2*time.Millisecond, func() { s.write(random) }) })
	s.busy.Go(func() { every(ctx, 10*time.Millisecond, func() { s.read(s.inf.Reader().Items()) }) })
	s.busy.Go(func() { every(ctx, 10*time.Millisecond, func() { s.read(s.inf.Reader().Snapshot().Items()) }) })
	from := takeSnapshot(s.t, s.inf)
	s.busy.Go(func() { every(ctx, 100*time.Millisecond, func() { from = s.follow(from) }) })
	guests := host{t: s.t, inf: s.inf, random: rand.New(rand.NewPCG(uint64(s.visits), 6)), most: soakKeys}
	s.busy.Go(func() {
		defer cancel() // some go because of what they are told, so the storm lasts longer than they do
		every(coming, 50*time.Millisecond, func() { guests.visit(); s.visits++ })
	})
	return func() {
		comeNoMore()
		s.busy.Wait()
		s.storming.Store(false)
	}
}

// every calls f again and again, no more often than once a period.
func every(ctx context.Context, period time.Duration, f func()) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f()
		}
	}
}

// write changes some objects.
func (s *soak) write(random *rand.Rand) {
	now := int(s.clock())
	s.update(first, now)
	s.update(second, now)
	for range 8 {
		s.toss(random, soakKey(random.IntN(soakKeys)), int(s.clock()))
	}
}

// read reads a state: one in which the second has been written and the first has
// not is none.
func (s *soak) read(items iter.Seq2[store.Key, *Widget]) {
	var one, two int
	for key, w := range items {
		switch key.Name {
		case first:
			one = w.Size
		case second:
			two = w.Size
		}
	}
	if two > one {
		s.t.Errorf("a reader has seen the first object as of %v, the second as of %v", time.Duration(one), time.Duration(two))
	}
}

// follow takes a snapshot and checks that the changes since the one before lead to
// it.
func (s *soak) follow(from informer.Snapshot[*Widget]) informer.Snapshot[*Widget] {
	to := takeSnapshot(s.t, s.inf)
	f := newFold(s.t)
	for key, w := range from.Items() {
		f.state[key] = w
	}
	if from.Version() != to.Version() && !s.apply(f, from, to.Version()) {
		s.gaps++
		return to
	}
	s.compared++
	for key, w := range to.Items() {
		if f.state[key] != w {
			s.t.Errorf("the changes from version %s to %s lead to %v, the state is %v", from.Version(), to.Version(), f.state[key], w)
			return to
		}
	}
	if len(f.state) != to.Len() {
		s.t.Errorf("the changes from version %s to %s lead to %d objects, the state has %d", from.Version(), to.Version(), len(f.state), to.Len())
	}
	return to
}

// apply applies the changes since a snapshot up to a version. It returns false if
// they are not known any more.
func (s *soak) apply(f *fold, from informer.Snapshot[*Widget], version string) bool {
	for change, err := range from.Changes(s.ctx) {
		if gap := (*informer.GapError)(nil); errors.As(err, &gap) {
			return false
		}
		if err != nil {
			s.t.Error(err)
			return false
		}
		for _, event := range change.Events {
			f.hear(event)
		}
		if change.Version == version {
			return true
		}
	}
	s.t.Errorf("the changes of a snapshot end before version %s", version)
	return false
}

// member is a handler that stays.
type member struct {
	*fold
	soak         *soak
	registration *informer.Registration
	fast         bool
}

func (m *member) HandleAdd(w *Widget, initial bool) {
	if !initial {
		m.called(w)
	}
	m.fold.HandleAdd(w, initial)
}

func (m *member) HandleUpdate(old, w *Widget) {
	m.called(w)
	m.fold.HandleUpdate(old, w)
}

func (m *member) called(w *Widget) {
	if !m.fast {
		if m.soak.storming.Load() {
			<-time.After(time.Millisecond)
		}
		return
	}
	if l := m.soak.measured.Load(); l != nil {
		l.note(time.Duration(w.Size), m.soak.clock())
	}
}

// idler is a member that stands still in the first change that it is told of.
type idler struct {
	*member
	stands, gate chan struct{}
	once         sync.Once
}

// standStill returns when a new handler stands still.
func (s *soak) standStill() *idler {
	i := &idler{member: &member{fold: newFold(s.t), soak: s}, stands: make(chan struct{}), gate: make(chan struct{})}
	i.registration = addHandler(s.t, s.inf, informer.Handler[*Widget](informer.EventFunc[*Widget](i.hear)),
		informer.HandlerOptions[*Widget]{Name: standingStill, Backlog: informer.Coalesce(soakLimit)})
	select {
	case <-i.stands:
	case <-s.ctx.Done():
		s.t.Fatal("a handler is told of no change")
	}
	return i
}

func (i *idler) hear(event informer.Event[*Widget]) {
	if !event.Initial {
		i.once.Do(func() {
			close(i.stands)
			select {
			case <-i.gate:
			case <-i.soak.ctx.Done():
			}
		})
	}
	i.fold.hear(event)
}

func (i *idler) goOn() { close(i.gate) }

// drain ends the registration, and checks that it goes through what it has missed.
func (i *idler) drain() {
	if err := i.registration.Drain(i.soak.ctx); err != nil {
		i.soak.t.Error(err)
	}
}

// latencies counts how late handlers were told of what was written in a span of
// time. It allocates nothing, and many may count at once.
type latencies struct {
	from   time.Duration
	to     atomic.Int64 // 0 as long as the span lasts
	counts [64 << latencyBits]atomic.Uint32
}

// latencyBits is how many bits of a latency count, beside the highest: it is off
// by at most an eighth.
const latencyBits = 3

func (l *latencies) note(written, told time.Duration) {
	if to := time.Duration(l.to.Load()); written < l.from || to > 0 && written >= to {
		return
	}
	l.counts[bucketOf(told-written)].Add(1)
}

func bucketOf(d time.Duration) int {
	n := uint64(max(d, 1<<latencyBits))
	shift := bits.Len64(n) - 1 - latencyBits
	return shift<<latencyBits + int(n>>shift)
}

// quantile returns the latency that a share of what was counted is within.
func (l *latencies) quantile(share float64) time.Duration {
	total := 0.0
	for i := range l.counts {
		total += float64(l.counts[i].Load())
	}
	sum := 0.0
	for i := range l.counts {
		if sum += float64(l.counts[i].Load()); sum >= share*total {
			shift := max(0, i>>latencyBits-1)
			return time.Duration(i-shift<<latencyBits) << shift
		}
	}
	return 0
}
