// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"

	corev1 "k8s.io/api/core/v1"

	"github.com/typedinformer/typedinformer/store"
)

// expectations remembers the pods that were created and have not come back
// through the cache yet, so that a cache that is behind does not make the
// controller create them again.
type expectations struct {
	mu      sync.Mutex
	pods    map[string]store.Key // name of a pod to the set it is for
	waiting map[store.Key]int
}

func newExpectations() *expectations {
	return &expectations{pods: map[string]store.Key{}, waiting: map[store.Key]int{}}
}

// create creates a pod and expects it. The lock keeps the cache from reporting
// the pod before it is expected.
func (e *expectations) create(set store.Key, create func() (*corev1.Pod, error)) (*corev1.Pod, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	pod, err := create()
	if err == nil {
		e.pods[pod.Name] = set
		e.waiting[set]++
	}
	return pod, err
}

// seen notes that a pod has come through the cache.
func (e *expectations) seen(pod string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	set, expected := e.pods[pod]
	if !expected {
		return
	}
	delete(e.pods, pod)
	if e.waiting[set]--; e.waiting[set] == 0 {
		delete(e.waiting, set)
	}
}

// pending returns how many pods of a set are expected.
func (e *expectations) pending(set store.Key) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.waiting[set]
}
