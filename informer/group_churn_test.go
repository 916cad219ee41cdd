// SPDX-License-Identifier: Apache-2.0

package informer_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/typedinformer/typedinformer/fake"
	"github.com/typedinformer/typedinformer/informer"
	"github.com/typedinformer/typedinformer/listwatch"
)

// churn acquires and releases informers of some namespaces of a source, from
// several goroutines at once.
type churn struct {
	t       *testing.T
	source  *fake.Source[*Widget]
	group   *informer.Group
	watches map[string]*gauge // by namespace
	lists   *gauge
}

const churnNamespaces, churners = 8, 16

func newChurn(t *testing.T) *churn {
	c := &churn{
		t:       t,
		source:  fake.NewSource[*Widget](fake.Options{}),
		group:   informer.NewGroup(informer.GroupOptions{}),
		watches: map[string]*gauge{},
		lists:   &gauge{},
	}
	for i := range churnNamespaces {
		namespace := fmt.Sprint("ns-", i)
		c.watches[namespace] = &gauge{}
		if _, err := c.source.Create(widget(namespace+"/a", 1)); err != nil {
			t.Fatal(err)
		}
	}
	informer.Provide(c.group, informer.Provider[*Widget]{Resource: widgets, Source: func(scope informer.Scope) listwatch.ListWatcher[*Widget] {
		return gauged{c.source.Namespace(scope.Namespace), c.lists, c.watches[scope.Namespace]}
	}})
	return c
}

// cycles runs so many acquisitions and releases.
func (c *churn) cycles(count int) {
	var running sync.WaitGroup
	for worker := range churners {
		running.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range count / churners {
				c.cycle(random)
			}
		})
	}
	running.Wait()
	synctest.Wait()
}

func (c *churn) cycle(random *rand.Rand) {
	handle, err := informer.Acquire[*Widget](c.group, informer.Scope{Namespace: fmt.Sprint("ns-", random.IntN(churnNamespaces))})
	if err != nil {
		c.t.Error(err)
		return
	}
	defer handle.Release()
	what := random.IntN(4)
	if what > 0 {
		if _, err := handle.AddHandler(informer.HandlerFuncs[*Widget]{}); err != nil {
			c.t.Error(err)
		}
	}
	if what > 1 {
		if err := handle.WaitForSync(c.t.Context()); err != nil || handle.Reader().Len() != 1 {
			c.t.Errorf("%d objects of %v, error %v", handle.Reader().Len(), handle.Scope(), err)
		}
	}
	if what > 2 {
		handle.Release()
		<-handle.Done()
	}
}

// resident returns how many goroutines there are and how much is on the heap.
func resident() (goroutines int, heap int64) {
	runtime.GC()
	runtime.GC() // what had a finalizer
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return runtime.NumGoroutine(), int64(memory.HeapAlloc)
}

func TestTenThousandCyclesOfAcquireAndReleaseLeaveNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChurn(t)
		stop := run(t, c.group)
		c.cycles(1_000) // what is allocated once
		goroutines, heap := resident()
		c.cycles(10_000)
		goroutinesAfter, heapAfter := resident()
		if goroutinesAfter != goroutines {
			t.Errorf("%d goroutines, before there were %d", goroutinesAfter, goroutines)
		}
		// A watch and its informer would be 10 KB a cycle.
		if grown := heapAfter - heap; grown > 1<<20 {
			t.Errorf("the heap has grown by %d KB", grown>>10)
		}
		for namespace, watches := range c.watches {
			now, most, ever := watches.read()
			if now != 0 || most != 1 || ever == 0 {
				t.Errorf("%s: %d watches are open, %d were at once, %d ever; want 0, 1 and some", namespace, now, most, ever)
			}
		}
		if now, _, _ := c.lists.read(); now != 0 {
			t.Errorf("%d lists are under way", now)
		}
		if stats := c.group.Stats(); len(stats) != 0 {
			t.Errorf("left in the group: %+v", stats)
		}
		stop()
	})
}
