// SPDX-License-Identifier: Apache-2.0

package informer

import "github.com/typedinformer/typedinformer/reflect"

// Stats are the numbers of an informer at one moment.
type Stats struct {
	Resource string
	Synced   bool
	Objects  int    // in the cache
	Version  string // resource version that the cache reflects; "" if the source has none
	Queued   int    // changes received and not yet applied
	// Quarantined is how many objects are out of date in the cache, since their
	// newest state could not be used; see [Informer.Health].
	Quarantined int
	Events      uint64 // changes published to handlers since the first of them joined
	Source      SourceStats
	Handlers    []HandlerStats // in the order of registration
}

// SourceStats count what was asked of the source.
type SourceStats = reflect.Stats

// HandlerStats are the numbers of one handler.
type HandlerStats struct {
	Name      string
	Synced    bool   // it has returned from all its initial adds
	Delivered uint64 // events it has been through, those that its filter held back included
	Backlog   uint64 // changes published and not yet delivered, initial adds included
}

// Stats returns the numbers as they are now. It is cheap enough to be called for
// each scrape of a metrics system: O(handlers), and it waits for at most one
// batch to be applied.
func (inf *Informer[T]) Stats() Stats {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	stats := Stats{
		Resource:    inf.resource,
		Objects:     inf.store.Len(),
		Version:     inf.version,
		Queued:      inf.queue.Len(),
		Quarantined: inf.quarantine.len(),
		Events:      inf.log.End(),
		Source:      inf.reflector.Stats(),
	}
	select {
	case <-inf.synced:
		stats.Synced = true
	default:
	}
	for _, s := range inf.sortedSubscribers() {
		stats.Handlers = append(stats.Handlers, s.stats(stats.Events))
	}
	return stats
}

func (s *subscriber[T]) stats(events uint64) HandlerStats {
	stats := HandlerStats{Name: s.name, Delivered: s.delivered.Load()}
	if initial := s.initial.Load(); initial > 0 {
		stats.Backlog = uint64(initial)
	}
	if cursor := s.cursor.Load(); cursor != nil {
		stats.Backlog += events - min(events, cursor.Position())
	}
	select {
	case <-s.synced:
		stats.Synced = true
	default:
	}
	return stats
}
