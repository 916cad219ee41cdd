// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/informer"
)

// journal prints what happens to three resources, one line after the other.
type journal struct {
	changes informer.Dispatcher
	lines   int // needs no lock: the handlers of a dispatcher are called one at a time
	printf  func(format string, args ...any)
	held    []interface{ Release() }
}

func newJournal(group *informer.Group, printf func(format string, args ...any)) (*journal, error) {
	j := &journal{printf: printf}
	return j, errors.Join(
		follow(j, group, "deployment", func(d *appsv1.Deployment) string { return fmt.Sprintf("%d pods are ready", d.Status.ReadyReplicas) }),
		follow(j, group, "replica set", func(*appsv1.ReplicaSet) string { return "is there" }),
		follow(j, group, "pod", func(p *corev1.Pod) string {
			if isReady(p) {
				return "ready"
			}
			return "not ready"
		}),
	)
}

func (j *journal) release() {
	for _, handle := range j.held {
		handle.Release()
	}
}

// follow adds one resource to the journal, and how its objects are.
func follow[T any](j *journal, group *informer.Group, kind string, state func(T) string) error {
	handle, err := informer.Get[T](group)
	if err != nil {
		return err
	}
	j.held = append(j.held, handle)
	return informer.Dispatch(&j.changes, handle, informer.EventFunc[T](func(event informer.Event[T]) {
		j.lines++
		text := state(event.Object)
		if event.Type == informer.Deleted {
			text = "gone"
		}
		j.printf("%2d %-11s %-12s %s", j.lines, kind, event.Key, text)
	}), informer.HandlerOptions[T]{Name: "journal"})
}
