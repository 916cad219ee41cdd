// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
	"github.com/typedinformer/typedinformer/store"
)

var widgets = schema.GroupVersionResource{Group: "test.io", Version: "v1", Resource: "widgets"}

// TestChaos plays random schedules of faults to an informer while objects come
// and go. After the faults end, the cache equals the server, every handler's
// events fold to it, and no goroutine is left.
//
// CHAOS_N says how many schedules there are (make chaos N=…), CHAOS_SEED which
// is the first: a failure prints its own, and the script.
func TestChaos(t *testing.T) {
	schedules(t, 2000, func(t *testing.T, seed uint64) {
		c := newChaos(t, seed)
		c.storm(1 << 30)
		c.calm()
		c.check()
		c.stop()
	})
}

// TestStopDuringAnyFault ends Run somewhere in the same schedules.
func TestStopDuringAnyFault(t *testing.T) {
	schedules(t, 500, func(t *testing.T, seed uint64) {
		c := newChaos(t, seed)
		c.storm(c.random.IntN(30))
		time.Sleep(time.Duration(c.random.Int64N(int64(10 * time.Second))))
		c.stop()
	})
}

// schedules runs f in a bubble for each of n seeds, in a worker a processor.
func schedules(t *testing.T, n int, f func(t *testing.T, seed uint64)) {
	first := setting(t, "CHAOS_SEED", 1)
	n = int(setting(t, "CHAOS_N", uint64(n)))
	if testing.Short() {
		n /= 10
	}
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		t.Run(fmt.Sprint("worker=", worker), func(t *testing.T) {
			t.Parallel()
			for i := worker; i < n && !t.Failed(); i += workers {
				seed := first + uint64(i)
				synctest.Test(t, func(t *testing.T) { f(t, seed) })
				if t.Failed() {
					t.Logf("reproduce it with CHAOS_SEED=%d CHAOS_N=1; the faults are\n%v", seed, fake.RandomScript(seed))
				}
			}
		})
	}
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%s: %v", name, text, err)
	}
	return value
}

// chaos is one schedule.
type chaos struct {
	t       *testing.T
	random  *rand.Rand
	api     *fake.APIServer
	objects server // the test's own access, without faults
	inf     *informer.Informer[*Widget]
	bySize  *index.Index[int, *Widget]
	folds   []*fold
	trouble atomic.Bool // a transform and an index function fail on some objects
	stop    func()
}

func newChaos(t *testing.T, seed uint64) *chaos {
	c := &chaos{t: t, random: rand.New(rand.NewPCG(seed, 1))}
	c.api = fake.NewAPIServer(fake.Resource[*Widget](widgets.Group, widgets.Version, widgets.Resource))
	objects, err := fake.SourceOf[*Widget](c.api, widgets)
	if err != nil {
		t.Fatal(err)
	}
	c.objects = server{objects, t}
	for i := range c.random.IntN(10) {
		c.objects.create(fmt.Sprint("initial-", i), i)
	}
	c.api.Play(fake.RandomScript(seed))
	source := fake.ListWatcher[*Widget](c.api, widgets)
	if seed%8 == 0 { // it takes far longer: every object is encoded and decoded
		source = overHTTP(t, c.api)
	}
	c.trouble.Store(c.random.IntN(2) == 0)
	source = listwatch.Map(source, func(w *Widget) (*Widget, error) {
		if c.trouble.Load() && w.Size == 2 {
			return nil, errBroken
		}
		return w, nil
	})
	c.inf = informer.New(source, informer.Options{
		NoStreamingList: c.random.IntN(2) == 0,
		PageSize:        []int64{0, 1, 3}[c.random.IntN(3)],
		Consistency:     []informer.Consistency{informer.NotOlderThan, informer.MostRecent, informer.Any}[c.random.IntN(3)],
		QueueLimit:      []int{0, 1}[c.random.IntN(2)],
		OnError:         func(error) {},
	})
	c.bySize, err = index.Add(c.inf.Indexer(), "size", func(w *Widget) (int, bool) {
		if c.trouble.Load() && w.Size == 3 {
			panic("no index takes this")
		}
		return w.Size, true
	})
	if err != nil {
		t.Fatal(err)
	}
	c.handler()
	c.stop = c.run()
	return c
}

// run is run with a look at the clock: whatever the server does, the end takes
// less than 10 ms.
func (c *chaos) run() (stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.inf.Run(ctx) }()
	return func() {
		cancel()
		began := time.Now()
		if err := <-ended; err != nil {
			c.t.Errorf("Run: %v", err)
		}
		if took := time.Since(began); took >= 10*time.Millisecond {
			c.t.Errorf("stopping took %v", took)
		}
	}
}

func (c *chaos) handler() {
	f := newFold(c.t)
	c.folds = append(c.folds, f)
	addHandler(c.t, c.inf, f, informer.HandlerOptions[*Widget]{})
}

// storm lets objects come and go for some steps while the faults last.
func (c *chaos) storm(steps int) {
	for range min(steps, 20+c.random.IntN(40)) {
		switch c.random.IntN(12) {
		case 0:
			c.api.Compact()
		case 1:
			c.objects.Bookmark()
		case 2:
			c.handler()
		case 3:
			if c.random.IntN(10) == 0 { // a watch that is silent is found out
				time.Sleep(12 * time.Minute)
			}
		default:
			c.objects.toss(c.random, fmt.Sprint("w", c.random.IntN(8)), c.random.IntN(4))
		}
		if c.random.IntN(3) == 0 {
			time.Sleep(time.Duration(c.random.Int64N(int64(5 * time.Second))))
		}
	}
}

// calm ends the faults and waits until nothing more can come of them: the longest
// backoff, and a watch that is silent until after its time.
func (c *chaos) calm() {
	c.api.Play(fake.Script{})
	c.trouble.Store(false)
	time.Sleep(15 * time.Minute)
	synctest.Wait()
	// What was sent broken stays stale until its next state.
	stale := c.inf.Health().Quarantined
	state := c.objects.state()
	for _, entry := range stale {
		if _, there := state[entry.Key]; !there {
			c.t.Errorf("%v is in quarantine, and was deleted", entry.Key)
			continue
		}
		c.objects.update(entry.Key.Name, 5)
	}
	synctest.Wait()
}

func (c *chaos) check() {
	state := c.objects.state()
	if diff := cmp.Diff(state, cached(c.inf), cmp.Transformer("text", textKeys)); diff != "" {
		c.t.Errorf("the cache is not the server's state (-server +cache):\n%s", diff)
	}
	held := map[store.Key]*Widget{}
	sizes := map[int]int{}
	for key, w := range c.inf.Reader().Items() {
		held[key] = w
		sizes[w.Size]++
	}
	for i, f := range c.folds {
		if !maps.Equal(held, f.state) {
			c.t.Errorf("the events of handler %d fold to %v, the cache holds %v", i, f.state, held)
		}
	}
	if got := maps.Collect(c.bySize.Counts()); !maps.Equal(sizes, got) {
		c.t.Errorf("the index counts %v, want %v", got, sizes)
	}
	if health := c.inf.Health(); len(health.Quarantined) > 0 || !health.Synced || health.Failures > 0 {
		c.t.Errorf("the health in the end is %+v", health)
	}
}

// textKeys makes a state one that cmp can sort.
func textKeys(state map[store.Key]string) map[string]string {
	text := map[string]string{}
	for key, value := range state {
		text[key.String()] = value
	}
	return text
}
