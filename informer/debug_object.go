// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/types"

	"github.com/typedinformer/typedinformer/store"
)

// foundObject is what an informer knows of one key.
type foundObject struct {
	key         store.Key
	cached      bool
	uid         types.UID
	version     string
	labels      map[string]string   // nil if it has none, or is of a type that has none
	values      map[string][]string // by index
	quarantined *Quarantined        // nil if it is not
	changes     []objectChange      // that the history has of it, the oldest first
	passed      bool                // the history went on faster than it was read
	body        json.RawMessage     // nil if nobody has asked for it
	bodyError   string              // why there is none
}

// objectChange is a change of an object in the history.
type objectChange struct {
	version string // of the step
	kind    EventType
	listed  bool // with others, by a list: states in between are not known
	final   bool // of a deletion: its state is the final one
}

// findObject looks for a key in the cache, the indexes, the quarantine and the
// history, if there is one: to begin with one now would be no mere looking.
func (inf *Informer[T]) findObject(key store.Key, body bool) *foundObject {
	found := &foundObject{key: key}
	item, cached := inf.store.Item(key)
	if cached {
		found.cached, found.uid, found.version = true, item.UID, item.Version
		found.labels, found.values = labelsOf(item.Object), inf.indexer.ValuesOf(key)
		if body {
			found.body, found.bodyError = bodyOf(item.Object)
		}
	}
	if entry, broken := inf.Quarantined(key); broken {
		found.quarantined = &entry
	}
	found.changes, found.passed = inf.changesOf(key)
	return found
}

// labelsOf returns the labels of an object that has some. The methods are those of
// the user's type, which may not expect to be called.
func labelsOf[T any](object T) (labels map[string]string) {
	defer func() {
		if recover() != nil {
			labels = nil
		}
	}()
	// Asserted, since T may be anything; once a search.
	if labelled, ok := any(object).(interface{ GetLabels() map[string]string }); ok {
		return labelled.GetLabels()
	}
	return nil
}

// largestBody is up to which size an object is shown, in bytes of JSON.
const largestBody = 1 << 20

// bodyOf returns an object as JSON.
func bodyOf[T any](object T) (body json.RawMessage, why string) {
	defer func() {
		if cause := recover(); cause != nil {
			body, why = nil, clip(fmt.Sprintf("making JSON of it panicked: %v", cause))
		}
	}()
	body, err := json.Marshal(object)
	switch {
	case err != nil:
		return nil, clip(err.Error())
	case len(body) > largestBody:
		return nil, fmt.Sprintf("it is too large to be shown: %d bytes of JSON", len(body))
	}
	return body, ""
}

// shownChanges is how many changes of an object are shown, the newest.
const shownChanges = 100

// changesOf returns what the history has of a key. It takes a few steps at a time, so
// that a long history does not hold up the informer.
func (inf *Informer[T]) changesOf(key store.Key) (changes []objectChange, passed bool) {
	var room [changesAtOnce]mark[T]
	number, end := uint64(0), inf.lastMark()
	for number < end && !passed {
		var steps []mark[T]
		steps, number, passed = inf.marksAfter(number, room[:0])
		for i := range steps {
			changes = append(changes, steps[i].changesOf(key)...)
		}
		changes = changes[max(0, len(changes)-shownChanges):]
	}
	return changes, passed
}

func (m *mark[T]) changesOf(key store.Key) (changes []objectChange) {
	for i := range m.Events {
		if event := &m.Events[i]; event.Key == key {
			changes = append(changes, objectChange{m.Version, event.Type, m.list, event.Final})
		}
	}
	return changes
}

// lastMark returns the number of the last mark of the history, 0 if there is none.
func (inf *Informer[T]) lastMark() uint64 {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	if history := inf.ongoingHistory(); history != nil {
		return history.last()
	}
	return 0
}

// marksAfter appends some of the marks that the history has behind one, and returns
// the number of the last of these. Number 0 is before all. passed says that there
// were others that are not kept any more.
func (inf *Informer[T]) marksAfter(number uint64, into []mark[T]) (marks []mark[T], last uint64, passed bool) {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	history := inf.history
	passed = number > 0 && number < history.first
	number = max(number, history.first)
	for number < history.last() && len(into) < cap(into) {
		number++
		into = append(into, history.marks[number-history.first])
	}
	return into, number, passed
}
