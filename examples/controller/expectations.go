// SPDX-License-Identifier: Apache-2.0

package main

import (
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

// expectFor is how long a write is waited for. The cache may never show it: a
// pod that comes and goes between two lists was never there.
const expectFor = 5 * time.Minute

// write is a pod that the controller has created or deleted.
type write struct {
	pod     store.Key
	deleted bool
}

// expectations remembers the writes that have not come back through the cache
// yet. A controller that looked at a cache without them would make them again.
type expectations struct {
	mu     sync.Mutex // guards writes
	writes map[types.UID]map[write]time.Time
}

func newExpectations() *expectations {
	return &expectations{writes: map[types.UID]map[write]time.Time{}}
}

// add expects a write for a ReplicaSet. It comes before the write itself, since
// the cache may be the first to tell of it.
func (e *expectations) add(set types.UID, w write) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.writes[set] == nil {
		e.writes[set] = map[write]time.Time{}
	}
	e.writes[set][w] = time.Now()
}

// remove notes that a write has come back, or has failed.
func (e *expectations) remove(set types.UID, w write) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.writes[set], w)
	if len(e.writes[set]) == 0 {
		delete(e.writes, set)
	}
}

// pending says whether writes for a ReplicaSet are still to come back.
func (e *expectations) pending(set types.UID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, since := range e.writes[set] {
		if time.Since(since) < expectFor {
			return true
		}
	}
	delete(e.writes, set)
	return false
}
