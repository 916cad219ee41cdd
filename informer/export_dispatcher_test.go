// SPDX-License-Identifier: Apache-2.0

package informer

// Held returns how many registrations the dispatcher keeps.
func (d *Dispatcher) Held() int { return len(d.all()) }
