// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// SourceHealth says how an informer gets on with its source.
type SourceHealth = reflect.Health

// Phase is what an informer is doing with its source; its text is to be read in
// a sentence.
type Phase = reflect.Phase

// Cause is a failure of the source in a word, such as "expired".
type Cause = reflect.Cause

// Health says whether a cache can be relied upon (G36). The numbers of the
// ordinary day are in [Stats].
type Health struct {
	Resource string
	Synced   bool
	SourceHealth
	// Staleness is how long ago the last sign of life of the source was, be it
	// a bookmark; the cache is that much out of date at most, as far as the
	// source is to be believed. API servers send a bookmark about every minute.
	// It is zero before the first sign.
	Staleness time.Duration
	// Quarantined are the objects whose newest state could not be used, by key.
	Quarantined []Quarantined
}

// Health returns the state as it is now. O(quarantined objects); it waits for at
// most one batch to be applied.
func (inf *Informer[T]) Health() Health {
	health := Health{
		Resource:     inf.resource,
		SourceHealth: inf.reflector.Health(),
		Quarantined:  inf.allQuarantined(),
	}
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if inf.contact.After(health.LastContact) {
		health.LastContact = inf.contact
	}
	if !health.LastContact.IsZero() {
		health.Staleness = time.Since(health.LastContact)
	}
	select {
	case <-inf.synced:
		health.Synced = true
	default:
	}
	return health
}
