// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

func cachePromises() []promise {
	return []promise{
		{"G01_StatesOfAnObjectComeInOrder", statesComeInOrder},
		{"G03_NoReaderSeesHalfAList", noReaderSeesHalfAList},
		{"G04_CacheIsAheadOfHandlers", cacheIsAheadOfHandlers},
		{"G07_AbsentIsNotFound", absentIsNotFound},
		{"G39_WhatWasReadDoesNotChange", whatWasReadDoesNotChange},
	}
}

// Several writers change the same objects, on good days and bad ones. That
// versions only grow is checked by the ledger.
func statesComeInOrder(c *trial) {
	l := c.ledger()
	s := c.start(l)
	storm := c.storm()
	for _, badDay := range []func(){
		func() {},
		c.line.cut,
		func() { c.expireNext(); c.line.cut() },
		c.line.cut,
	} {
		badDay()
		storm.blow(4, 30)
		c.fence(l)
	}
	storm.wantServerStates(l)
	c.wantServerState(s, l)
}

// All objects change unseen, so that each list has either old states alone or
// new ones. Who looks is the handler, which is called as early as anybody hears of
// the list, and readers who are at work when the informer gets hold of its end.
func noReaderSeesHalfAList(c *trial) {
	const objects, readers, looks = 1000, 4, 50
	c.each(objects, func(i int) error {
		_, err := c.objects().Create(c.ctx, c.object(numbered(i), 0), metav1.CreateOptions{})
		return err
	})
	var torn atomic.Pointer[string]
	var s *subject
	look := func() {
		if found := tear(s.List(), objects); found != "" {
			torn.CompareAndSwap(nil, &found)
		}
	}
	var calls atomic.Int64
	l := c.ledger(func(told) {
		if calls.Add(1)%20 == 0 {
			look()
		}
	})
	s = c.subject(c.scope())
	s.add(l)
	s.run()
	s.sync()
	stop := c.besideLists(readers, func() {
		for range looks {
			look()
			runtime.Gosched() // or the informer does not get on
		}
	})
	defer stop()
	for round := range 2 {
		patch := fmt.Appendf(nil, `{"data":{"n":"%d"}}`, round+1)
		c.relist(func() {
			c.each(objects, func(i int) error {
				_, err := c.objects().Patch(c.ctx, numbered(i), types.MergePatchType, patch, metav1.PatchOptions{})
				return err
			})
		})
		c.fence(l)
	}
	stop()
	if found := torn.Load(); found != nil {
		c.Errorf("a reader has seen %s", *found)
	}
}

// each calls write for the numbers below n, several at a time.
func (c *trial) each(n int, write func(i int) error) {
	c.Helper()
	var group errgroup.Group
	group.SetLimit(8)
	for i := range n {
		group.Go(func() error { return write(i) })
	}
	if err := group.Wait(); err != nil {
		c.Fatalf("write to the server: %v", err)
	}
}

func numbered(i int) string { return fmt.Sprintf("object-%04d", i) }

// tear says what is wrong with a list that should be of one state.
func tear(list []*unstructured.Unstructured, objects int) string {
	states := map[string]int{} // how many objects are in it
	for _, object := range list {
		if strings.HasPrefix(object.GetName(), "object-") {
			states[size(object)]++
		}
	}
	for _, n := range states {
		if n != objects {
			return fmt.Sprintf("so many objects in each state: %v; want all %d in the same", states, objects)
		}
	}
	return ""
}

// besideLists calls f in several goroutines whenever the end of a list was read
// from the line, and before that is handed on.
func (c *trial) besideLists(goroutines int, f func()) (stop func()) {
	begin, begun, over := make(chan struct{}), make(chan struct{}), make(chan struct{})
	c.line.change(func() {
		c.line.listen = func() {
			for range goroutines {
				select {
				case begin <- struct{}{}:
					<-begun
				case <-over:
				}
			}
		}
	})
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for {
				select {
				case <-begin:
					begun <- struct{}{}
					f()
				case <-over:
					return
				}
			}
		})
	}
	return sync.OnceFunc(func() {
		close(over)
		group.Wait()
	})
}

// What a handler is told of is in the cache already, or is history there.
func cacheIsAheadOfHandlers(c *trial) {
	s := c.subject(c.scope())
	l := c.ledger()
	l.during = func(e told) {
		if behind := s.behind(e); behind != "" {
			l.change(func() { l.flaw("%v: when it was told, %s", e, behind) })
		}
	}
	for i := range 10 {
		c.create(fmt.Sprintf("early-%d", i), 1)
	}
	s.add(l)
	s.run()
	s.sync()
	for i := range 30 {
		c.create(fmt.Sprintf("lasting-%d", i), 1)
	}
	storm := c.storm()
	storm.blow(2, 50)
	c.fence(l)
	c.relist(func() { storm.blow(2, 20) })
	c.wantServerState(s, l)
}

// behind says how the cache is behind what a handler is told. That the cache does
// not have an object any more is all right only for those that storms delete.
func (s *subject) behind(e told) string {
	cached, err := s.Get(e.key())
	switch {
	case err != nil && (!apierrors.IsNotFound(err) || !isShared(e.object)) && e.what != "delete":
		return fmt.Sprintf("Get returned the error %v", err)
	case err == nil && e.what == "delete" && sameState(cached, e.object):
		return "the cache still had it"
	case err == nil && newer(e.object.GetResourceVersion(), cached.GetResourceVersion()):
		return "the cache had " + describeState(cached)
	}
	return ""
}

func absentIsNotFound(c *trial) {
	l, s := c.follow("a", "b")
	if got := s.get("a"); size(got) != "1" {
		c.Errorf("Get a: it is %v", got)
	}
	c.delete("b")
	c.fence(l)
	for _, key := range []store.Key{c.key("b"), c.key("never"), {Namespace: "elsewhere", Name: "a"}} {
		got, err := s.Get(key)
		if !apierrors.IsNotFound(err) {
			c.Errorf("Get %s returned %v and the error %v; want NotFound", key, got, err)
			continue
		}
		status, ok := err.(apierrors.APIStatus)
		if !ok {
			c.Errorf("Get %s: the error has no status: %v", key, err)
			continue
		}
		details := status.Status().Details
		if details == nil || details.Name != key.Name || details.Group != configMaps.Group || details.Kind != configMaps.Resource {
			c.Errorf("Get %s: the error is of %+v; want name, group and resource", key, details)
		}
	}
}

// Objects are shared, so nothing that is handed out may change.
func whatWasReadDoesNotChange(c *trial) {
	for _, name := range []string{"a", "b", "c"} {
		c.create(name, 1)
	}
	l := c.ledger()
	s := c.start(l)
	list := s.cached()
	var copies []*unstructured.Unstructured
	for _, object := range list {
		copies = append(copies, object.DeepCopy())
	}
	c.update("a", 2)
	c.delete("b")
	c.fence(l)
	c.relist(func() { c.update("c", 2) })
	c.fence(l)
	if diff := cmp.Diff(copies, list); diff != "" || len(list) != 3 {
		c.Errorf("a list of %d objects that was read before has changed (-then +now):\n%s", len(list), diff)
	}
}
