// SPDX-License-Identifier: Apache-2.0

package informer

import (
	"time"

	"github.com/typedinformer/typedinformer/reflect"
)

// Stats are the numbers of an informer at one moment.
type Stats struct {
	Resource string
	Synced   bool
	Objects  int // in the cache
	// Version is the resource version that the cache reflects; "" if the source
	// has none, and for an informer over a [NameSet] and a view of several
	// resources, whose Parts have one each.
	Version string
	Queued  int // changes received and not yet applied
	// Quarantined is how many objects are out of date in the cache, since their
	// newest state could not be used; see [Informer.Health].
	Quarantined int
	Events      uint64 // changes published to handlers since the first of them joined
	Source      SourceStats
	Handlers    []HandlerStats // in the order of registration
	// Parts are the numbers of each namespace or cluster of an informer over a
	// [NameSet], by name. Source is the sum of theirs and of those of names that have
	// left the set, so its counts do not go back. Those of a view of several
	// resources, such as a [Join], say up to which version of each it has come.
	Parts []PartStats
}

// PartStats are the numbers of one namespace or cluster.
type PartStats struct {
	Name    string
	Synced  bool   // its first list is in the cache
	Objects int    // of it in the cache
	Version string // that the cache reflects of it
	Source  SourceStats
}

// SourceStats count what was asked of the source.
type SourceStats = reflect.Stats

// HandlerStats are the numbers of one handler.
type HandlerStats struct {
	Name      string
	Synced    bool   // it has returned from all its initial adds
	Delivered uint64 // events it has been through, those that its filter held back included
	// Backlog is how many changes are to be delivered yet, initial adds
	// included; those that were merged by [Coalesce] count once.
	Backlog uint64
	// Coalesced is how many changes were merged into others so far, rather than
	// being delivered.
	Coalesced uint64
	// Lag is how old the oldest change may be that is to be delivered yet: what
	// was published before that was delivered. Zero if there is none.
	Lag    time.Duration
	Panics uint64 // calls that panicked
}

// Stats returns the numbers as they are now. It is cheap enough to be called for
// each scrape of a metrics system: O(handlers), and it waits for at most one
// batch to be applied.
func (inf *Informer[T]) Stats() Stats {
	inf.mu.Lock()
	defer inf.mu.Unlock()
	return inf.stats()
}

// stats returns the numbers. mu is held.
func (inf *Informer[T]) stats() Stats {
	stats := Stats{
		Resource:    inf.resource,
		Objects:     inf.store.Len(),
		Queued:      inf.queue.Len(),
		Quarantined: inf.quarantine.len(),
		Events:      inf.log.End(),
		Synced:      closed(inf.synced),
	}
	inf.partStats(&stats)
	for _, s := range inf.sortedSubscribers() {
		stats.Handlers = append(stats.Handlers, s.stats())
	}
	return stats
}

// partStats fills in what the parts have to say. mu is held.
func (inf *Informer[T]) partStats(stats *Stats) {
	if inf.territory == nil {
		whole := inf.parts[0]
		stats.Version, stats.Source = whole.version, whole.feed.Stats()
		for i := 1; i < len(inf.parts); i++ { // of a view with several origins
			p := inf.parts[int32(i)]
			stats.Parts = append(stats.Parts, PartStats{Name: p.name, Synced: stats.Synced, Version: p.version})
		}
		return
	}
	for _, p := range inf.current() {
		part := PartStats{
			Name:    p.name,
			Synced:  closed(p.synced),
			Objects: inf.territory.objects.Count(p.name),
			Version: p.version,
			Source:  p.feed.Stats(),
		}
		stats.Parts = append(stats.Parts, part)
		addCounts(&stats.Source, part.Source)
	}
	addCounts(&stats.Source, inf.territory.past())
}

// past returns what was asked of the sources of names that have left. informer.mu
// is held.
func (l *territory[T]) past() SourceStats {
	past := l.dropped
	for _, p := range l.leaving {
		addCounts(&past, p.feed.Stats())
	}
	return past
}

// addCounts adds what was counted. The sum of several sources is in no phase.
func addCounts(sum *SourceStats, one SourceStats) {
	sum.Lists += one.Lists
	sum.Relists += one.Relists
	sum.Watches += one.Watches
	sum.Errors += one.Errors
}

func (s *subscriber[T]) stats() HandlerStats {
	behind, merged := s.reader.numbers()
	return HandlerStats{
		Name:      s.name,
		Synced:    closed(s.synced),
		Delivered: s.delivered.Load(),
		Backlog:   uint64(max(0, s.initial.Load())) + uint64(behind),
		Coalesced: merged,
		Lag:       s.lag.read(),
		Panics:    s.panics.Load(),
	}
}
