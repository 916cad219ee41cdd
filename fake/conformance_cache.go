// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"
	"sync/atomic"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
// new ones. There is a reader whenever the informer reads from its line.
func noReaderSeesHalfAList(c *trial) {
	const objects, rounds, looks = 60, 3, 500
	name := func(i int) string { return fmt.Sprintf("object-%d", i) }
	for i := range objects {
		c.create(name(i), 0)
	}
	l := c.ledger()
	s := c.start(l)
	var torn atomic.Pointer[string]
	watchReads := func() {
		for range looks {
			if found := tear(s.cached(), objects); found != "" {
				torn.CompareAndSwap(nil, &found)
			}
		}
	}
	for round := range rounds {
		stop := c.beside(watchReads)
		c.relist(func() {
			for i := range objects / 2 {
				c.update(name(2*i), round+1)
				c.delete(name(2*i + 1))
			}
			for i := range objects / 2 {
				c.create(name(2*i+1), round+1)
			}
		})
		c.fence(l)
		stop()
	}
	if found := torn.Load(); found != nil {
		c.Errorf("a reader has seen %s", *found)
	}
}

// tear says what is wrong with a list that should be of one state.
func tear(list []*unstructured.Unstructured, objects int) string {
	sizes := map[string]int{}
	for _, object := range list {
		if !isFence(object) {
			sizes[size(object)]++
		}
	}
	for size, n := range sizes {
		if len(sizes) > 1 || n != objects {
			return fmt.Sprintf("%d of %d objects in state %s; all states, with the number of objects: %v", n, objects, size, sizes)
		}
	}
	if len(sizes) == 0 {
		return "no objects at all"
	}
	return ""
}

// beside calls f in a goroutine whenever something was read from the line,
// until stop.
func (c *trial) beside(f func()) (stop func()) {
	token, over := make(chan struct{}, 1), make(chan struct{})
	c.line.change(func() {
		c.line.listen = func() {
			select {
			case token <- struct{}{}:
			default: // it is at work
			}
		}
	})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-token:
				f()
			case <-over:
				return
			case <-c.ctx.Done():
				return
			}
		}
	}()
	return func() {
		c.line.change(func() { c.line.listen = nil })
		close(over)
		<-ended
	}
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
	c.create("a", 1)
	c.create("b", 1)
	l := c.ledger()
	s := c.start(l)
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
