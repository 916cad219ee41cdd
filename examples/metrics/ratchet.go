// SPDX-License-Identifier: Apache-2.0

package metrics

// ratchets keep counters from going back while an informer goes on. The sum of the
// relists by cause of all namespaces of a set, or of what handlers of one name have
// had, is less when one of them has left. Prometheus would take that for a restart,
// and all the rest for an increase: an alert on relists would ring when somebody
// removes a namespace.
//
// What is lost instead is what was counted between two scrapes, the second of which
// sees that somebody has left. A counter that is not in a scrape begins anew.
type ratchets struct{ before, now map[counter]tally }

// counter is one counter of an informer. No family has more than one label beside
// those of the informer.
type counter struct {
	subject subject
	family  family
	label   string
}

// tally is what a counter was at the last scrape, and what it has gone back by.
type tally struct{ last, lost float64 }

// turn begins a scrape.
func (r *ratchets) turn() { r.before, r.now = r.now, map[counter]tally{} }

// up returns value, plus what it has gone back by so far.
func (r *ratchets) up(of counter, value float64) float64 {
	count := r.before[of]
	count.lost += max(0, count.last-value)
	count.last = value
	r.now[of] = count
	return value + count.lost
}
