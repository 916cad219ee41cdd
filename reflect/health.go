// SPDX-License-Identifier: Apache-2.0

package reflect

import (
	"maps"
	"time"
)

// Stats count what a [Reflector] has asked of its source.
type Stats struct {
	Phase   Phase
	Lists   int // complete lists, streaming or paged
	Relists int // those after the first
	Watches int // requests to watch, streaming lists included
	Errors  int // failures of a list or a watch
}

// Health says how a [Reflector] gets on with its source.
type Health struct {
	Phase      Phase
	PhaseSince time.Time
	// Received is how many items of the list that is being read have come.
	Received int64
	// LastContact is when the source last served: brought a page, an item or an
	// event. It is zero before the first time. Of a watch only the beginning
	// counts here; who takes the events knows of the rest.
	LastContact time.Time
	// Failures is how many lists and watches have failed in a row; zero means
	// that all is well.
	Failures int
	// LastError is the last failure, a [*ListError], [*WatchError] or
	// [*StreamError]; it is kept when things are well again. LastErrorTime is
	// when that was.
	LastError     error
	LastErrorTime time.Time
	// Relists are the lists after the first by what made them necessary. The map
	// is the caller's.
	Relists map[Cause]int
}

// Stats returns the counts as they are now. Safe for concurrent use.
func (r *Reflector[T]) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Health returns the state as it is now. Safe for concurrent use.
func (r *Reflector[T]) Health() Health {
	r.mu.Lock()
	defer r.mu.Unlock()
	health := r.health
	health.Relists = maps.Clone(health.Relists)
	health.Received = r.received.Load()
	return health
}

// note changes what Stats and Health return.
func (r *Reflector[T]) note(change func(stats *Stats, health *Health)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.stats, &r.health)
}

// contact notes that the source has served.
func (r *Reflector[T]) contact() {
	r.note(func(_ *Stats, health *Health) { health.LastContact = time.Now() })
}
