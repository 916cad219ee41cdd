// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"fmt"
	"strings"

	"github.com/typedinformer/typedinformer/informer"
)

// subject is what tells one informer from all others.
type subject struct {
	single *single         // nil for one of a group
	group  *informer.Group // what follows is nothing for a single one
	scope  informer.Scope
	of     string // the type of its objects
	nth    int    // of those that agree in all above
}

// naming is the labels that all series of an informer have.
type naming struct{ resource, scope string }

// names gives informers labels that no two of them share at a time: two series
// with the same labels are an error that costs the whole scrape. Whoever has
// labels keeps them as long as it is there.
type names struct {
	wanted map[subject]naming
	given  map[subject]naming
	taken  map[naming]struct{}
}

func newNames() names {
	return names{map[subject]naming{}, map[subject]naming{}, map[naming]struct{}{}}
}

// of returns the labels of an informer: those that are wanted, or the same with a
// number in the scope.
func (n *names) of(s subject, wanted naming) naming {
	if held, known := n.given[s]; known {
		if n.wanted[s] == wanted {
			return held
		}
		n.forget(s)
	}
	name := wanted
	for i := 2; n.isTaken(name); i++ {
		name.scope = strings.TrimSpace(fmt.Sprintf("%s #%d", wanted.scope, i))
	}
	n.wanted[s], n.given[s], n.taken[name] = wanted, name, struct{}{}
	return name
}

// keep frees the labels of all but those that are there.
func (n *names) keep(there map[subject]bool) {
	for s := range n.given {
		if !there[s] {
			n.forget(s)
		}
	}
}

func (n *names) isTaken(name naming) bool {
	_, taken := n.taken[name]
	return taken
}

func (n *names) forget(s subject) {
	delete(n.taken, n.given[s])
	delete(n.given, s)
	delete(n.wanted, s)
}

// scopeLabel is what [Options].ScopeLabel is if nobody says otherwise: the text of
// the scope without the resource, which is a label of its own.
func scopeLabel(scope informer.Scope, _ string) string {
	everything := informer.Scope{}
	scope.Resource = everything.Resource
	return strings.TrimSpace(strings.TrimPrefix(scope.String(), everything.String()))
}
