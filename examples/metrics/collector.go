// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"slices"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/typedinformer/typedinformer/informer"
)

// Options are the options of a [Collector]. The zero value works.
type Options struct {
	// Parts adds series for each namespace or cluster of an informer over a
	// NameSet, with the label part. Without it there is one series for all of
	// them, of the one that is worst off.
	Parts bool
	// ScopeLabel says what the label scope of an informer of a group is, given
	// its scope and the type of its objects. Nil means the text of the scope
	// without the resource, such as "in shop with labels app=web", which is empty
	// for everything there is. Informers that would share their labels are
	// numbered: one that follows a set of namespaces may want a better name.
	ScopeLabel func(scope informer.Scope, of string) string
}

// Informer is what a [Collector] reads: an [*informer.Informer], views included,
// or an [*informer.Handle].
type Informer interface {
	Stats() informer.Stats
	Health() informer.Health
}

// Collector is a [prometheus.Collector] of informers, those of groups and others.
// The labels resource and scope tell them from each other.
//
// Informers may start and stop at any time. The series of one that is gone end
// with it; what a scrape sees is each informer at one moment, and not all of them
// at the same.
type Collector struct {
	options  Options
	families *families
	phases   []informer.Phase
	waits    *prometheus.HistogramVec

	mu       sync.Mutex // guards what follows; taken before the locks of groups and informers
	groups   []*informer.Group
	singles  []*single
	names    names
	ratchets ratchets
}

// single is an informer that was added by itself.
type single struct {
	scope    string
	informer Informer
}

// NewCollector returns a collector of no informers.
func NewCollector(options Options) *Collector {
	if options.ScopeLabel == nil {
		options.ScopeLabel = scopeLabel
	}
	return &Collector{
		options:  options,
		families: newFamilies(options.Parts),
		phases:   phases(),
		waits:    newWaits(),
		names:    newNames(),
	}
}

// AddGroup adds the informers of a group: those that it has at each scrape.
// Adding a group again does nothing.
func (c *Collector) AddGroup(group *informer.Group) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.groups, group) {
		c.groups = append(c.groups, group)
	}
}

// Add adds an informer that is in no group, until remove is called; it is to be
// called when the informer has ended, or its cache would count as one that is
// more and more out of date. scope is its label: what tells it from others of the
// same resource; empty is fine for the only one.
func (c *Collector) Add(scope string, inf Informer) (remove func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	added := &single{scope, inf}
	c.singles = append(c.singles, added)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.singles = slices.DeleteFunc(c.singles, func(other *single) bool { return other == added })
	}
}

// Describe implements [prometheus.Collector].
func (c *Collector) Describe(into chan<- *prometheus.Desc) {
	for _, desc := range c.families.all {
		into <- desc
	}
	c.waits.Describe(into)
}

// Collect implements [prometheus.Collector].
func (c *Collector) Collect(into chan<- prometheus.Metric) {
	for _, metric := range c.scrape() {
		into <- metric
	}
	c.waits.Collect(into)
}

// scrape reads all informers. The lock is not held while the metrics are sent, as
// nobody knows how fast they are received.
func (c *Collector) scrape() []prometheus.Metric {
	c.mu.Lock()
	defer c.mu.Unlock()
	readings := c.read()
	there := map[subject]bool{}
	for _, r := range readings {
		there[r.subject] = true
	}
	c.names.keep(there)
	c.ratchets.turn()
	var all []prometheus.Metric
	for _, r := range readings {
		s := series{collector: c, subject: r.subject, naming: c.names.of(r.subject, r.wanted)}
		s.reading(r)
		all = append(all, s.metrics...)
	}
	return all
}

// phases are all those that there are, which are those that have a text.
func phases() (all []informer.Phase) {
	unknown := informer.Phase(0).String()
	for phase := informer.Phase(1); phase.String() != unknown; phase++ {
		all = append(all, phase)
	}
	return all
}
