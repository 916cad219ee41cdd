// SPDX-License-Identifier: Apache-2.0

package fake

import "sync"

// clock numbers the writes of everything that shares it, as etcd does: the
// versions of all resources of a server are one sequence. Its lock guards the
// resources too, so that versions become visible in their order.
type clock struct {
	sync.Mutex
	now uint64 // the version of the last write; guarded by the lock
}

func newClock() *clock { return &clock{now: firstVersion} }

// version is for who does not hold the lock.
func (c *clock) version() uint64 {
	c.Lock()
	defer c.Unlock()
	return c.now
}
