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
	// SourceHealth is, for an informer over a [NameSet], that of the part that
	// is worst off: Parts have them all.
	SourceHealth
	// Staleness is how long ago the last sign of life of the source was, be it
	// a bookmark; the cache is that much out of date at most, as far as the
	// source is to be believed. API servers send a bookmark about every minute.
	// It is zero before the first sign.
	Staleness time.Duration
	// Quarantined are the objects whose newest state could not be used, by key.
	Quarantined []Quarantined
	// Parts say it of each namespace or cluster of an informer over a
	// [NameSet], by name.
	Parts []PartHealth
}

// PartHealth says whether what is cached of one namespace or cluster can be
// relied upon.
type PartHealth struct {
	Name   string
	Synced bool // its first list is in the cache
	SourceHealth
	Staleness time.Duration // as in [Health]
}

// Health returns the state as it is now. O(quarantined objects + parts); it waits
// for at most one batch to be applied.
func (inf *Informer[T]) Health() Health {
	quarantined := inf.allQuarantined()
	inf.mu.Lock()
	defer inf.mu.Unlock()
	health := inf.sourceHealth()
	health.Quarantined = quarantined
	return health
}

// sourceHealth returns the state without the objects in quarantine. mu is held.
func (inf *Informer[T]) sourceHealth() Health {
	health := Health{Resource: inf.resource, Synced: closed(inf.synced)}
	var worst PartHealth
	for i, p := range inf.current() {
		part := p.health()
		if i == 0 || part.worseThan(worst) {
			worst = part
		}
		if inf.territory != nil {
			health.Parts = append(health.Parts, part)
		}
	}
	health.SourceHealth, health.Staleness = worst.SourceHealth, worst.Staleness
	return health
}

// health returns the state of a part. informer.mu is held.
func (p *part[T]) health() PartHealth {
	health := PartHealth{Name: p.name, Synced: closed(p.synced), SourceHealth: p.feed.Health()}
	if p.contact.After(health.LastContact) {
		health.LastContact = p.contact
	}
	if !health.LastContact.IsZero() {
		health.Staleness = time.Since(health.LastContact)
	}
	return health
}

// worseThan puts those that fail first, then those that have nothing yet, and
// then those that have heard of the server longest ago.
func (p PartHealth) worseThan(other PartHealth) bool {
	switch {
	case p.Failures != other.Failures:
		return p.Failures > other.Failures
	case p.Synced != other.Synced:
		return other.Synced
	}
	return p.Staleness > other.Staleness
}
