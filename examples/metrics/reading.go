// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"github.com/typedinformer/typedinformer/informer"
)

// reading is what an informer says of itself.
type reading struct {
	subject
	wanted  naming
	handles int // -1 for an informer of no group
	stats   informer.Stats
	health  informer.Health
}

// read asks all informers. mu is held.
func (c *Collector) read() (all []reading) {
	for _, added := range c.singles {
		stats, health := added.informer.Stats(), added.informer.Health()
		all = append(all, reading{
			subject: subject{single: added},
			wanted:  naming{stats.Resource, added.scope},
			handles: -1, stats: stats, health: health,
		})
	}
	for _, group := range c.groups {
		all = append(all, c.readGroup(group)...)
	}
	return all
}

// readGroup asks the informers of a group. One that comes or goes between the two
// questions is left out this time.
func (c *Collector) readGroup(group *informer.Group) (all []reading) {
	healths := map[subject]informer.Health{}
	for _, member := range group.Health() {
		healths[vacant(healths, subject{group: group, scope: member.Scope, of: member.Type})] = member.Health
	}
	seen := map[subject]bool{}
	for _, member := range group.Stats() {
		s := vacant(seen, subject{group: group, scope: member.Scope, of: member.Type})
		seen[s] = true
		health, both := healths[s]
		if !both {
			continue
		}
		all = append(all, reading{
			subject: s,
			wanted:  naming{member.Resource, c.options.ScopeLabel(member.Scope, member.Type)},
			handles: member.Handles, stats: member.Stats, health: health,
		})
	}
	return all
}

// vacant returns the first subject that is not there yet: the name of a type, which
// has no more of its package than the last word, need not be that of one only.
func vacant[V any](there map[subject]V, s subject) subject {
	for {
		if _, found := there[s]; !found {
			return s
		}
		s.nth++
	}
}
