// SPDX-License-Identifier: Apache-2.0

package fake

import (
	"fmt"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/typedinformer/typedinformer/store"
)

func eventPromises() []promise {
	return []promise{
		{"G08_CallsAreSerialAndInOrder", callsAreSerialAndInOrder},
		{"G08_SlowHandlerDelaysNobody", slowHandlerDelaysNobody},
		{"G09_CacheDecidesWhatIsNew", cacheDecidesWhatIsNew},
		{"G10_RepeatedDeletionReachesNobody", repeatedDeletionReachesNobody},
		{"G11_SeenDeletionIsFinal", seenDeletionIsFinal},
		{"G11_MissedDeletionIsNotFinal", missedDeletionIsNotFinal},
		{"G12_DeletionHasItsVersion", deletionHasItsVersion},
		{"G13_LabelSelector", labelSelector},
		{"G13_FieldSelector", fieldSelector},
		{"G13_Namespaces", acrossNamespaces},
		{"G14_RepeatedVersionReachesNobody", repeatedVersionReachesNobody},
	}
}

// That calls are serial is checked by the ledger, always.
func callsAreSerialAndInOrder(c *trial) {
	one, other := c.ledger(), c.ledger()
	c.start(one, other)
	var want []string
	for i := range 10 {
		name := fmt.Sprintf("object-%d", i)
		c.create(name, 1)
		c.update(name, 2)
		want = append(want, fmt.Sprintf("add %s=1", name), fmt.Sprintf("update %s=1→2", name))
	}
	for i := range 10 {
		name := fmt.Sprintf("object-%d", i)
		c.delete(name)
		want = append(want, fmt.Sprintf("delete %s=2", name))
	}
	c.wantTold(one, want...)
	c.wantTold(other, want...)
}

func slowHandlerDelaysNobody(c *trial) {
	gate := c.gate()
	slow, quick := c.ledger(func(told) { gate.pass() }), c.ledger()
	c.start(slow, quick)
	c.create("a", 1)
	c.await("the slow handler to be called", gate.reached)
	var want []string
	for i := range 20 {
		c.update("a", i+2)
		want = append(want, fmt.Sprintf("update a=%d→%d", i+1, i+2))
	}
	c.wantTold(quick, append([]string{"add a=1"}, want...)...)
	if lines := slow.lines(); len(lines) != 0 {
		c.Errorf("the slow handler has not returned from its first call, and from these: %v", lines)
	}
	gate.open()
	c.wantTold(slow, append([]string{"add a=1"}, want...)...)
}

// On the wire of a watch that follows a list, everything is what it was for the
// server; in a streaming list everything is an add. Neither is what counts.
func cacheDecidesWhatIsNew(c *trial) {
	l, _ := c.follow("changed", "recreated", "kept")
	c.relist(func() {
		c.update("changed", 2)
		c.delete("recreated")
		c.create("recreated", 2)
		c.create("new", 1)
	})
	c.wantToldInAnyOrder(l, "update changed=1→2", "add new=1", "update recreated=1→2")
	c.relist(func() {
		c.delete("new")
		c.update("changed", 3)
	})
	c.wantToldInAnyOrder(l, "gone new=1", "update changed=2→3")
}

func repeatedDeletionReachesNobody(c *trial) {
	l, _ := c.follow("a")
	c.line.repeat()
	c.delete("a")
	c.wantTold(l, "delete a=1")
	c.create("a", 2)
	c.delete("a")
	c.wantTold(l, "add a=2", "delete a=2")
}

func repeatedVersionReachesNobody(c *trial) {
	l, _ := c.follow("a")
	c.line.repeat()
	c.update("a", 2)
	c.create("b", 1)
	c.wantTold(l, "update a=1→2", "add b=1")
}

func seenDeletionIsFinal(c *trial) {
	l, _ := c.follow("a")
	c.update("a", 2)
	c.delete("a")
	c.wantTold(l, "update a=1→2", "delete a=2")
}

// What the object was when it was deleted was not seen, either.
func missedDeletionIsNotFinal(c *trial) {
	l, _ := c.follow("a")
	c.relist(func() {
		c.update("a", 2)
		c.delete("a")
	})
	c.wantTold(l, "gone a=1")
	c.create("a", 3)
	c.delete("a")
	c.wantTold(l, "add a=3", "delete a=3")
}

func deletionHasItsVersion(c *trial) {
	before := c.create("a", 1)
	l := c.ledger()
	c.start(l)
	c.delete("a")
	after := c.create("b", 1)
	c.fence(l)
	for _, e := range l.entries() {
		version := e.object.GetResourceVersion()
		if e.what == "delete" && (!newer(version, before.GetResourceVersion()) || !newer(after.GetResourceVersion(), version)) {
			c.Errorf("%v has version %s; want one between %s, which was deleted, and %s, which came after that",
				e, version, before.GetResourceVersion(), after.GetResourceVersion())
		}
	}
	if diff := cmp.Diff([]string{"initial a=1", "delete a=1", "add b=1"}, l.lines()); diff != "" {
		c.Errorf("the handler was told (-want +got):\n%s", diff)
	}
}

// An object that ceases to match was not deleted, so whether that is final is
// nothing to promise.
func labelSelector(c *trial) {
	c.create("leaves", 1)
	c.create("enters", 1)
	c.move("enters", 2, "right")
	c.create("never", 1)
	c.move("never", 2, "right")
	scope := c.scope()
	scope.LabelSelector = "side=left"
	l := c.ledger()
	s := c.startWithin(scope, l)
	c.wantTold(l, "initial leaves=1")
	c.move("enters", 3, "left")
	c.move("leaves", 2, "right")
	c.update("leaves", 3)
	c.delete("leaves")
	c.update("never", 3)
	c.update("enters", 4)
	c.fence(l)
	entries := l.entries()
	for i := range entries {
		entries[i].final = false
	}
	if diff := cmp.Diff([]string{"add enters=3", "gone leaves=1", "update enters=3→4"}, linesOf(entries)); diff != "" {
		c.Errorf("the handler was told (-want +got):\n%s", diff)
	}
	for _, e := range entries {
		if side := e.object.GetLabels()["side"]; side != "left" {
			c.Errorf("%v: its label says %q, and does not match", e, side)
		}
	}
	l.forget()
	c.relist(func() {
		c.move("enters", 5, "right")
		c.move("never", 4, "left")
	})
	c.wantToldInAnyOrder(l, "gone enters=4", "add never=4")
	if _, err := s.Get(c.key("enters")); err == nil {
		c.Error("the cache has an object that does not match")
	}
}

func fieldSelector(c *trial) {
	c.create("a", 1)
	c.create("b", 1)
	scope := c.scope()
	scope.FieldSelector = "metadata.name!=b"
	l := c.ledger()
	c.startWithin(scope, l)
	c.update("a", 2)
	c.update("b", 2)
	c.create("c", 1)
	c.delete("b")
	c.wantTold(l, "initial a=1", "update a=1→2", "add c=1")
}

// Two informers, of one namespace and of all, with objects of the same name.
func acrossNamespaces(c *trial) {
	second := c.newNamespace()
	elsewhere := c.client.Resource(configMaps).Namespace(second)
	create := func(name string, n int) {
		c.Helper()
		c.written(elsewhere.Create(c.ctx, c.object(name, n), metav1.CreateOptions{}))
	}
	c.create("a", 1)
	create("a", 2)
	everywhere := c.scope()
	everywhere.Namespace = ""
	one, all := c.ledger(), c.ledger()
	narrow := c.start(one)
	wide := c.startWithin(everywhere, all)
	create("b", 3)
	c.update("a", 4)
	if err := elsewhere.Delete(c.ctx, "a", metav1.DeleteOptions{}); err != nil {
		c.Fatal(err)
	}
	c.wantServerState(narrow, one)
	c.wantServerState(wide, all)
	if _, err := wide.Get(store.Key{Namespace: second, Name: "b"}); err != nil {
		c.Errorf("the cache of all namespaces lacks the second one: %v", err)
	}
	if object, err := narrow.Get(store.Key{Namespace: second, Name: "b"}); err == nil {
		c.Errorf("the cache of one namespace has something of another: %v", object)
	}
}
