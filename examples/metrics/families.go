// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"
)

// prefix begins the names of all metrics.
const prefix = "typedinformer_"

// A family is a metric by its name, with a series for each value of its labels.
type family struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
}

// families are all metrics but the histogram of waits.
type families struct {
	all []*prometheus.Desc

	objects, version, synced, staleness, quarantined, queued, events family
	phase, failures, lists, relists, watches, errors                 family
	handlerSynced, delivered, backlog, lag, coalesced, panics        family
	handles                                                          family

	partObjects, partVersion, partSynced, partStaleness, partFailures family
}

func newFamilies(parts bool) *families {
	f := &families{}
	f.ofCache()
	f.ofSource()
	f.ofHandlers()
	f.handles = f.gauge("informer_handles",
		"How many hold this informer of a group. Zero while it lingers or ends; one that never goes back is a handle that nobody releases.")
	if parts {
		f.ofParts()
	}
	return f
}

func (f *families) ofCache() {
	f.objects = f.gauge("cache_objects",
		"Objects in the cache. If it falls by much at once, compare with the server before controllers act on it.")
	f.version = f.gauge("cache_resource_version",
		"Resource version that the cache reflects, where it is a number that a float64 holds exactly. Compare it between replicas: one that is behind is stale.")
	f.synced = f.gauge("cache_synced",
		"1 once the first list is in the cache. While it is 0 the cache is not to be relied on; the phase and the log say what it waits for.")
	f.staleness = f.gauge("cache_staleness_seconds",
		"Time since the last sign of life of the server; the cache is out of date by that much at most. Absent before the first. API servers send one a minute.")
	f.quarantined = f.gauge("cache_quarantined_objects",
		"Objects that are out of date in the cache, as their newest state could not be used. The log and Informer.Health say which, and why.")
	f.queued = f.gauge("cache_queued_changes",
		"Changes received and not yet applied. If it grows, something holds up the cache: an index function, or too little CPU.")
	f.events = f.counter("cache_events_total",
		"Changes published to handlers since the first of them joined. Its rate is what each handler has to keep up with.")
}

func (f *families) ofSource() {
	f.phase = f.gauge("source_phase",
		"1 for what is being done with the server, 0 for all else. Watch is the ordinary state; much time in wait or in a list is not.", "phase")
	f.failures = f.gauge("source_failures",
		"Lists and watches that have failed in a row; 0 means that all is well. The log and Informer.Health say why.")
	f.lists = f.counter("source_lists_total",
		"Complete lists, the first one included. Each reads everything there is: more than a few a day are to be looked into.")
	f.relists = f.counter("source_relists_total",
		"Complete lists after the first, by what made them necessary. If it is expired, watches break off for longer than the server keeps its history.", "cause")
	f.watches = f.counter("source_watches_total",
		"Requests to watch, streaming lists included. One in 5 to 10 minutes is ordinary; more means that something between here and the server ends them.")
	f.errors = f.counter("source_errors_total",
		"Lists and watches that failed; each is tried again. The log says why.")
}

func (f *families) ofHandlers() {
	f.handlerSynced = f.gauge("handler_synced",
		"1 once the handler has returned from all its initial adds.", "handler")
	f.delivered = f.counter("handler_events_total",
		"Events that the handler has been through, those that its filter held back included.", "handler")
	f.backlog = f.gauge("handler_backlog_changes",
		"Changes that are yet to be delivered to the handler. They are kept in memory: if it grows, make the handler faster, or let it coalesce.", "handler")
	f.lag = f.gauge("handler_lag_seconds",
		"How old the oldest change may be that is yet to be delivered to the handler; 0 if there is none. One that grows with the clock is a handler that hangs.", "handler")
	f.coalesced = f.counter("handler_coalesced_total",
		"Changes that were merged into others, as the handler was too slow for each of them.", "handler")
	f.panics = f.counter("handler_panics_total",
		"Calls of the handler that panicked; what they were to do is not done. The log has the stack.", "handler")
}

func (f *families) ofParts() {
	f.partObjects = f.gauge("part_objects",
		"Objects of one namespace or cluster in the cache.", "part")
	f.partVersion = f.gauge("part_resource_version",
		"Resource version that the cache reflects of one namespace or cluster, as cache_resource_version.", "part")
	f.partSynced = f.gauge("part_synced",
		"1 once the first list of one namespace or cluster is in the cache.", "part")
	f.partStaleness = f.gauge("part_staleness_seconds",
		"Time since the last sign of life of the server of one namespace or cluster. Absent before the first.", "part")
	f.partFailures = f.gauge("part_failures",
		"Lists and watches of one namespace or cluster that have failed in a row; 0 means that all is well.", "part")
}

func (f *families) gauge(name, help string, labels ...string) family {
	return f.add(name, help, prometheus.GaugeValue, labels)
}

func (f *families) counter(name, help string, labels ...string) family {
	return f.add(name, help, prometheus.CounterValue, labels)
}

func (f *families) add(name, help string, kind prometheus.ValueType, labels []string) family {
	desc := prometheus.NewDesc(prefix+name, help, slices.Concat([]string{"resource", "scope"}, labels), nil)
	f.all = append(f.all, desc)
	return family{desc, kind}
}
