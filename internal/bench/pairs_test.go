// SPDX-License-Identifier: Apache-2.0

package main

import (
	"flag"
	"fmt"
	"os"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// TestMain makes the sets small where nobody has asked for a size and nothing
// is measured. In a process that is to be a server, it is that.
func TestMain(m *testing.M) {
	if serving, ok := os.LookupEnv(serverVariable); ok {
		if err := serveRest(serving, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "the server of pods:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Parse()
	sized := false
	flag.Visit(func(f *flag.Flag) { sized = sized || f.Name == "objects" || f.Name == "test.bench" })
	if !sized {
		*objects = 2_000
	}
	os.Exit(m.Run())
}

func TestPodsAreSpreadEvenly(t *testing.T) {
	const n = 20_000
	byNamespace, onNode := map[string]int{}, map[string]int{}
	for _, pod := range newPods(n) {
		byNamespace[pod.Namespace]++
		onNode[pod.Spec.NodeName]++
	}
	for namespace, count := range byNamespace {
		if count != podsPerNamespace {
			t.Errorf("%d pods in namespace %s", count, namespace)
		}
	}
	for node, count := range onNode {
		if count != podsPerNode {
			t.Errorf("%d pods on node %s", count, node)
		}
	}
}

// TestPairsSeeTheSame takes every implementation through a list, two bursts of
// updates and a burst of which half is new, and counts what its handlers get.
func TestPairsSeeTheSame(t *testing.T) {
	for _, name := range []string{ours, oursChannel, oursShared, oursBridged, peer} {
		t.Run(name, func(t *testing.T) {
			made := newPods(200)
			listed := made[:100]
			all := newTally(3)
			s := newScript(listed)
			all.expect(len(listed))
			synced, stop := starters[name](t, s, all.counters)
			defer stop()
			all.wait(t)
			<-synced
			for _, burst := range [][]*corev1.Pod{
				successors(listed, 2_000_000),
				successors(listed, 3_000_000),
				successors(made[50:150], 4_000_000),
			} {
				all.expect(len(burst))
				s.changes <- burst
				all.wait(t)
			}
			for _, c := range all.counters {
				if c.adds != 150 || c.updates != 250 || c.deletes != 0 {
					t.Errorf("%d adds, %d updates, %d deletes; want 150, 250 and none", c.adds, c.updates, c.deletes)
				}
			}
		})
	}
}

// TestG14_RelistDeliversOnlyChanges runs the comparison of relists once, in
// small; it fails if either side makes other calls than it is said to make.
func TestG14_RelistDeliversOnlyChanges(t *testing.T) {
	listed, _ := relisted(newPods(500), 0)
	if _, changed := relisted(listed, 1); changed != 5 {
		t.Fatalf("%d pods changed, want one in a hundred", changed)
	}
	for name, want := range map[string]int{ours: 5, peer: 500} {
		t.Run(name, func(t *testing.T) {
			all := newTally(1)
			s := newScript(listed)
			all.expect(len(listed))
			_, stop := starters[name](t, s, all.counters)
			defer stop()
			all.wait(t)
			again, _ := relisted(listed, 1)
			s.relist(again)
			all.expect(want)
			s.expire <- struct{}{}
			all.wait(t)
			all.expect(1)
			s.changes <- []*corev1.Pod{successor(listed[0], "9000000")}
			all.wait(t)
			if c := all.counters[0]; c.adds != 500 || c.updates != want+1 || c.deletes != 0 {
				t.Errorf("%d adds, %d updates, %d deletes; want 500, %d and none", c.adds, c.updates, c.deletes, want+1)
			}
		})
	}
}

// TestCachesAgree asks both caches the same.
func TestCachesAgree(t *testing.T) {
	all := pods()
	typed, clientGo := newTypedCache(t, all), newClientGoCache(t, all)
	for _, node := range nodeNames() {
		theirs, err := clientGo.indexer.ByIndex(nodeIndex, node)
		if err != nil || len(theirs) != podsPerNode || typed.byNode.Count(node) != podsPerNode {
			t.Errorf("node %s: %d and %d pods (%v), want %d", node, typed.byNode.Count(node), len(theirs), err, podsPerNode)
		}
	}
	for _, key := range keysOf(all) {
		mine, err := typed.lister.Namespace(key.Namespace).Get(key.Name)
		theirs, theirErr := clientGo.lister.Pods(key.Namespace).Get(key.Name)
		if mine != theirs || err != nil || theirErr != nil {
			t.Fatalf("%s: %p (%v) and %p (%v)", key, mine, err, theirs, theirErr)
		}
	}
}
