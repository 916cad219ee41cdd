// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/typedinformer/typedinformer/informer"
)

// series makes the metrics of one informer.
type series struct {
	collector *Collector
	subject   subject
	naming    naming
	metrics   []prometheus.Metric
}

func (s *series) reading(r reading) {
	if r.handles >= 0 {
		s.add(s.collector.families.handles, float64(r.handles))
	}
	s.cache(r)
	s.source(r)
	s.handlers(r.stats.Handlers)
	if s.collector.options.Parts {
		s.parts(r)
	}
}

func (s *series) cache(r reading) {
	f := s.collector.families
	s.add(f.objects, float64(r.stats.Objects))
	s.version(f.version, r.stats.Version)
	s.add(f.synced, number(r.stats.Synced))
	if stale, known := stalest(r.health); known {
		s.add(f.staleness, stale.Seconds())
	}
	s.add(f.quarantined, float64(r.stats.Quarantined))
	s.add(f.queued, float64(r.stats.Queued))
	s.add(f.events, float64(r.stats.Events))
}

func (s *series) source(r reading) {
	f := s.collector.families
	for _, phase := range s.collector.phases {
		s.add(f.phase, number(r.health.Phase == phase), phase.String())
	}
	s.add(f.failures, float64(r.health.Failures))
	s.add(f.lists, float64(r.stats.Source.Lists))
	s.add(f.watches, float64(r.stats.Source.Watches))
	s.add(f.errors, float64(r.stats.Source.Errors))
	for cause, relists := range relists(r) {
		s.add(f.relists, float64(relists), string(cause))
	}
}

// handlers sums up those that have the same name.
func (s *series) handlers(all []informer.HandlerStats) {
	f := s.collector.families
	var order []string
	named := map[string]informer.HandlerStats{}
	for _, h := range all {
		sum, several := named[h.Name]
		if !several {
			order = append(order, h.Name)
			sum.Synced = true
		}
		named[h.Name] = informer.HandlerStats{
			Synced:    sum.Synced && h.Synced,
			Delivered: sum.Delivered + h.Delivered,
			Backlog:   sum.Backlog + h.Backlog,
			Coalesced: sum.Coalesced + h.Coalesced,
			Lag:       max(sum.Lag, h.Lag),
			Panics:    sum.Panics + h.Panics,
		}
	}
	for _, name := range order {
		h := named[name]
		s.add(f.handlerSynced, number(h.Synced), name)
		s.add(f.delivered, float64(h.Delivered), name)
		s.add(f.backlog, float64(h.Backlog), name)
		s.add(f.lag, h.Lag.Seconds(), name)
		s.add(f.coalesced, float64(h.Coalesced), name)
		s.add(f.panics, float64(h.Panics), name)
	}
}

// parts are those of an informer over a set of names. What a view of several
// resources calls its parts has no health of its own.
func (s *series) parts(r reading) {
	f := s.collector.families
	held := map[string]informer.PartStats{}
	for _, part := range r.stats.Parts {
		held[part.Name] = part
	}
	for _, part := range r.health.Parts {
		stats, both := held[part.Name]
		if !both { // it was added just now
			continue
		}
		s.add(f.partObjects, float64(stats.Objects), part.Name)
		s.version(f.partVersion, stats.Version, part.Name)
		s.add(f.partSynced, number(part.Synced), part.Name)
		s.add(f.partFailures, float64(part.Failures), part.Name)
		if !part.LastContact.IsZero() {
			s.add(f.partStaleness, part.Staleness.Seconds(), part.Name)
		}
	}
}

func (s *series) version(f family, version string, label ...string) {
	if value, ok := versionNumber(version); ok {
		s.add(f, value, label...)
	}
}

// add adds a series of a family, with the label that it has beside those of the
// informer, if it has one.
func (s *series) add(f family, value float64, label ...string) {
	if f.kind == prometheus.CounterValue {
		value = s.collector.ratchets.up(counter{s.subject, f, strings.Join(label, "")}, value)
	}
	labels := append([]string{s.naming.resource, s.naming.scope}, label...)
	for i := range labels { // one that is not UTF-8 would cost the whole scrape
		labels[i] = strings.ToValidUTF8(labels[i], "\uFFFD")
	}
	s.metrics = append(s.metrics, prometheus.MustNewConstMetric(f.desc, f.kind, value, labels...))
}

// stalest returns the longest silence of a server, of all parts.
func stalest(health informer.Health) (silence time.Duration, known bool) {
	silence, known = health.Staleness, !health.LastContact.IsZero()
	for _, part := range health.Parts {
		silence, known = max(silence, part.Staleness), known || !part.LastContact.IsZero()
	}
	return silence, known
}

// relists counts by cause. The health of a view is that of an input, which counts
// for itself; that of several parts is that of one.
func relists(r reading) map[informer.Cause]int {
	switch {
	case r.stats.Source.Relists == 0:
		return nil
	case len(r.health.Parts) == 0:
		return r.health.Relists
	}
	sum := map[informer.Cause]int{}
	for _, part := range r.health.Parts {
		for cause, relists := range part.Relists {
			sum[cause] += relists
		}
	}
	return sum
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
