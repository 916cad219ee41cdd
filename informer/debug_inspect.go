// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"github.com/typedinformer/typedinformer/index"
	"github.com/typedinformer/typedinformer/store"
)

// AnyInformer is an [Informer] of whatever type, for [DebugOptions]. Nothing else
// is one.
type AnyInformer interface {
	Stats() Stats
	Health() Health
	inspectable
}

// inspectable is what can be looked at without knowing T.
type inspectable interface {
	name() string   // what it is of
	ofType() string // T
	inspect(question inspectionQuestion) inspection
}

// inspectionQuestion says what is to be known of an informer.
type inspectionQuestion struct {
	details bool       // what costs more than a few microseconds
	key     *store.Key // of an object, if it is not nil
	bodies  bool       // that object itself
}

// inspection is the state of an informer at one moment, or nearly: what is asked in
// details is a moment younger.
type inspection struct {
	of       string // T
	stats    Stats
	health   Health // without Quarantined
	backlogs []Backlog
	life     life
	indexes  []index.Summary
	memory   debugMemory
	steps    int // that the history keeps; -1 if there is none

	// What follows is asked in details.
	recent      []recentError
	quarantined []Quarantined // some of them

	object *foundObject
}

const (
	shownValues      = 10  // of an index
	shownMemberships = 100 // of an object in an index
	shownQuarantined = 100
)

func (inf *Informer[T]) name() string   { return inf.resource }
func (inf *Informer[T]) ofType() string { return typeOf[T]().String() }

func (inf *Informer[T]) inspect(question inspectionQuestion) (found inspection) {
	found.of = inf.ofType()
	inf.inspectLocked(&found)
	largest := 0
	if question.details {
		largest = shownValues
		found.recent, found.quarantined = inf.recent.list(), inf.someQuarantined(shownQuarantined)
	}
	found.indexes = inf.indexer.Summaries(largest)
	found.memory = inf.estimateMemory(found.indexes)
	if question.key != nil {
		found.object = inf.findObject(*question.key, question.bodies)
	}
	return found
}

// inspectLocked fills in what is guarded by mu.
func (inf *Informer[T]) inspectLocked(found *inspection) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	found.stats, found.health, found.life = inf.stats(), inf.sourceHealth(), inf.life
	for _, s := range inf.sortedSubscribers() {
		found.backlogs = append(found.backlogs, s.options.Backlog)
	}
	found.steps = -1
	if inf.history != nil {
		found.steps = max(0, len(inf.history.marks)-1)
	}
}

// someQuarantined returns the first so many of what is in quarantine, by key.
func (inf *Informer[T]) someQuarantined(most int) (some []Quarantined) {
	keys := inf.quarantine.keys()
	for _, key := range keys[:min(len(keys), most)] {
		if entry, found := inf.Quarantined(key); found {
			some = append(some, entry)
		}
	}
	return some
}
