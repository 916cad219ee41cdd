// SPDX-License-Identifier: Apache-2.0

package informer

// Listeners returns how many inputs of views are woken by the informer.
func (inf *Informer[T]) Listeners() int {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return len(inf.listeners)
}
