// SPDX-License-Identifier: Apache-2.0

package informer

// Leaving returns how many names have left the set and are not gone yet.
func (inf *Informer[T]) Leaving() int {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return len(inf.territory.leaving)
}
