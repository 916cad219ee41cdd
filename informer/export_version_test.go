// SPDX-License-Identifier: Apache-2.0

package informer

// Awaited returns how many versions of all parts are waited for, and how many
// events of all handlers.
func (inf *Informer[T]) Awaited() (n int) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	for _, p := range inf.parts {
		n += len(p.awaited.ahead)
	}
	for s := range inf.subscribers {
		s.progress.mu.Lock()
		n += len(s.progress.stones.ahead)
		s.progress.mu.Unlock()
	}
	return n
}

// Kept returns how many events the history holds.
func (inf *Informer[T]) Kept() (n int) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if inf.history == nil {
		return 0
	}
	for _, m := range inf.history.marks {
		n += len(m.Events)
	}
	return n
}
