// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// summarize makes of an inspection what is shown among all informers.
func (s *debugSubject) summarize(i *inspection) debugSummary {
	summary := debugSummary{
		ID: s.id, Resource: s.name, Type: i.of, Handles: s.handles,
		Problems: i.problems(s.flaw),
		Objects:  i.stats.Objects, Version: i.stats.Version, Queued: i.stats.Queued,
		Quarantined: i.stats.Quarantined, Events: i.stats.Events,
		Source:   sourceOf(i.health.SourceHealth, i.stats.Source, i.health.Synced, i.health.Staleness),
		Handlers: len(i.stats.Handlers),
		Memory:   i.memory,
	}
	summary.Level = worst(summary.Problems)
	if s.flaw != nil {
		summary.Source.LastError = clip(s.flaw.Error())
	}
	switch i.life {
	case created:
		summary.Source.Phase = "not started"
	case ended:
		summary.Source.Phase, summary.Source.RetryAt = "stopped", time.Time{}
	}
	for _, handler := range i.stats.Handlers {
		if lag := seconds(handler.Lag); lag > summary.WorstLag {
			summary.WorstLag, summary.WorstName = lag, handler.Name
		}
	}
	return summary
}

func sourceOf(health SourceHealth, stats SourceStats, synced bool, staleness time.Duration) debugSource {
	source := debugSource{
		Phase: health.Phase.String(), PhaseSince: health.PhaseSince, Synced: synced,
		LastContact: health.LastContact, Staleness: seconds(staleness),
		Failures: health.Failures, LastErrorTime: health.LastErrorTime,
		Lists: stats.Lists, Watches: stats.Watches, Errors: stats.Errors, Relists: stats.Relists,
	}
	if !synced {
		source.Received = health.Received
	}
	for cause, n := range health.Relists {
		if source.RelistCauses == nil {
			source.RelistCauses = map[string]int{}
		}
		source.RelistCauses[string(cause)] = n
	}
	if health.LastError == nil {
		return source
	}
	source.LastError = failureText(health.LastError)
	var failure *reflect.Failure
	if errors.As(health.LastError, &failure) && health.Phase == reflect.Waiting {
		source.RetryAt = health.LastErrorTime.Add(failure.Wait)
	}
	return source
}

// detail makes of an inspection all that is shown of one informer.
func (s *debugSubject) detail(i *inspection, options DebugOptions) debugDetails {
	details := debugDetails{
		Time:         time.Now(),
		debugSummary: s.summarize(i),
		Parts:        partsOf(i),
		HandlerList:  handlersOf(i),
		Indexes:      indexesOf(i, options),
		Quarantine:   []debugQuarantine{},
		Recent:       []debugError{},
		Asked:        debugAsked{Values: options.values()},
	}
	for n := range i.quarantined {
		details.Quarantine = append(details.Quarantine, quarantineOf(&i.quarantined[n], options))
	}
	for _, held := range i.recent {
		details.Recent = append(details.Recent, debugError{
			Kind: held.kind.what, About: held.kind.about, How: held.kind.how, Text: recentText(held.err, options.values()),
			Count: held.count, First: held.first, Last: held.last,
		})
	}
	if i.steps >= 0 {
		details.History = &i.steps
	}
	if i.object != nil {
		details.Asked.Key = i.object.key.String()
		details.Object = objectOf(i, options)
	}
	return details
}

func handlersOf(i *inspection) []debugSubscriber {
	handlers := []debugSubscriber{}
	for n, handler := range i.stats.Handlers {
		handlers = append(handlers, debugSubscriber{
			Name: handler.Name, Synced: handler.Synced, Delivered: handler.Delivered, Backlog: handler.Backlog,
			Limit: i.backlogs[n].String(), Coalesced: handler.Coalesced, Lag: seconds(handler.Lag), Panics: handler.Panics,
		})
	}
	return handlers
}

func indexesOf(i *inspection, options DebugOptions) []debugIndex {
	indexes := []debugIndex{}
	for _, index := range i.indexes {
		shown := debugIndex{Name: index.Name, Values: index.Values, Hidden: !index.ByKey && !options.values(), Largest: []debugValue{}}
		for _, value := range index.Largest {
			one := debugValue{Count: value.Count}
			if !shown.Hidden {
				one.Value = clip(value.Value)
			}
			shown.Largest = append(shown.Largest, one)
		}
		indexes = append(indexes, shown)
	}
	return indexes
}

// partsOf brings together what stats and health say of each part; both are of one
// moment. A view of several resources has parts in the stats alone.
func partsOf(i *inspection) (parts []debugPart) {
	for n, stats := range i.stats.Parts {
		var health PartHealth
		if n < len(i.health.Parts) {
			health = i.health.Parts[n]
		}
		part := debugPart{Name: stats.Name, Objects: stats.Objects, Version: stats.Version}
		part.Source = sourceOf(health.SourceHealth, stats.Source, stats.Synced, health.Staleness)
		if health.Phase == 0 {
			part.Source.Phase = ""
		}
		parts = append(parts, part)
	}
	return parts
}

func quarantineOf(entry *Quarantined, options DebugOptions) debugQuarantine {
	return debugQuarantine{
		Key: entry.Key.String(), Version: entry.Version, Stage: string(entry.Stage), Error: quoting(entry.Err, options.values()),
		Since: entry.Since, States: entry.States, Stale: entry.Stale,
	}
}

func objectOf(i *inspection, options DebugOptions) *debugObject {
	found := i.object
	object := &debugObject{
		Key: found.key.String(), Cached: found.cached, UID: string(found.uid), Version: found.version,
		Indexes: membershipsOf(i, options), Passed: found.passed, Body: found.body, BodyError: found.bodyError,
	}
	for name, value := range found.labels {
		if object.Labels == nil {
			object.Labels = map[string]string{}
		}
		object.Labels[clip(name)] = clip(value)
	}
	if found.quarantined != nil {
		entry := quarantineOf(found.quarantined, options)
		object.Quarantined = &entry
	}
	for _, change := range slices.Backward(found.changes) {
		object.Changes = append(object.Changes, debugChange{change.version, change.kind.String(), change.listed, change.final})
	}
	return object
}

// membershipsOf returns where the object is indexed, by the order of the indexes.
func membershipsOf(i *inspection, options DebugOptions) (memberships []debugMembership) {
	for _, index := range i.indexes {
		values := i.object.values[index.Name]
		if len(values) == 0 {
			continue
		}
		membership := debugMembership{Index: index.Name, Count: len(values)}
		if index.ByKey || options.values() {
			for _, value := range values[:min(len(values), shownMemberships)] {
				membership.Values = append(membership.Values, clip(value))
			}
		}
		memberships = append(memberships, membership)
	}
	return memberships
}

// Indented returns the object as it is to be read.
func (o *debugObject) Indented() string {
	var text bytes.Buffer
	if err := json.Indent(&text, o.Body, "", "  "); err != nil {
		return err.Error()
	}
	return text.String()
}

// Causes returns the causes of relists, sorted.
func (s debugSource) Causes() []string { return slices.Sorted(maps.Keys(s.RelistCauses)) }
